/**
 * Explores every model that comes with the explorer within its bounds, and prints what it found as a table.
 *
 *   npm run explored                  all but the long ones
 *   npm run explored -- --all         all of them
 *   npm run explored -- raft          those with this in their name
 *   npm run explored -- --write       also into docs/explored.md; rows of models left out stay as they are
 *
 * Exit code 1 when a correct model is not found to hold, or a broken one not violated where it must be. A test keeps the rows of
 * the short ones true.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NAMED_MODELS } from '@holdfast/explore';
import { exploredModel, exploredRow, HEADINGS } from '../packages/explore/test/catalogue/explored.ts';

const DOCUMENT: string = join(import.meta.dirname, '../docs/explored.md');

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The rows of the document as it is, by model. */
function knownRows(): Map<string, string> {
  const rows = readFileSync(DOCUMENT, 'utf8')
    .split('\n')
    .filter((text) => text.startsWith('| '));
  return new Map(rows.map((row) => [row.split('|')[1]?.trim() ?? '', row]));
}

/** Puts rows into the document, in the order of the list. */
function write(found: ReadonlyMap<string, string>): void {
  const rows = new Map([...knownRows(), ...found]);
  const table = NAMED_MODELS.flatMap(({ name }) => rows.get(name) ?? []);
  const text = readFileSync(DOCUMENT, 'utf8');
  const before = text.split('\n').filter((row) => !row.startsWith('|'));
  const head = [line([...HEADINGS, 'CPU s']), line([...HEADINGS, ''].map(() => '---'))];
  writeFileSync(DOCUMENT, `${before.join('\n').trimEnd()}\n\n${[...head, ...table].join('\n')}\n`);
}

function main(args: string[]): number {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args,
    options: { all: flag, write: flag },
    allowPositionals: true,
  });
  const wanted = NAMED_MODELS.filter(({ name, size }) =>
    positionals.length > 0 ? positionals.some((text) => name.includes(text)) : values.all || size !== 'long',
  );
  if (wanted.length === 0) {
    console.error(`Cannot explore ${positionals.join(', ')} as no model has that in its name`);
    return 2;
  }
  const found = new Map<string, string>();
  let unexpected = 0;
  console.log(line([...HEADINGS, 'CPU s']));
  for (const model of wanted) {
    const before = process.cpuUsage();
    const row = exploredRow(model, exploredModel(model));
    const { user, system } = process.cpuUsage(before);
    if (row.some((cell) => cell.startsWith('UNEXPECTED'))) unexpected++;
    found.set(model.name, line([...row, ((user + system) / 1e6).toFixed(2)]));
    console.log(found.get(model.name));
  }
  if (values.write) write(found);
  console.log(`${wanted.length} models, ${unexpected} not as they must be`);
  return unexpected === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
