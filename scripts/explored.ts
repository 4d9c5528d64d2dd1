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
import { RACE_HEADINGS, raceRow, RACES } from '../packages/explore/test/catalogue/races.ts';

const DOCUMENT: string = join(import.meta.dirname, '../docs/explored.md');

/** Under which heading each table stands. */
const RACES_SECTION = '## Bugs of real systems';
const MODELS_SECTION = '## Every model';

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function cellsOf(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function table(headings: readonly string[], rows: readonly string[]): string[] {
  return [line(headings), line(headings.map(() => '---')), ...rows];
}

/** The rows of the document as it is, by model. */
function knownRows(text: string): Map<string, string> {
  const from = text.indexOf(MODELS_SECTION);
  const rows = text
    .slice(from)
    .split('\n')
    .filter((row) => row.startsWith('| '));
  return new Map(rows.map((row) => [cellsOf(row)[0] ?? '', row]));
}

/** A text whose section under `heading` ends with these lines, in place of the table it had. */
function withTable(text: string, heading: string, lines: readonly string[]): string {
  const [before = '', rest = ''] = text.split(`${heading}\n`);
  const next = rest.indexOf('\n## ');
  const [section, after] = next < 0 ? [rest, ''] : [rest.slice(0, next), rest.slice(next)];
  const words = section.split('\n').filter((row) => !row.startsWith('|'));
  const said = words.join('\n').trim();
  const above = said === '' ? '' : `\n${said}\n`;
  return `${before}${heading}\n${above}\n${lines.join('\n')}\n${after}`;
}

/** Puts rows into the document, in the order of the lists. */
function write(found: ReadonlyMap<string, string>): void {
  const text = readFileSync(DOCUMENT, 'utf8');
  const rows = new Map([...knownRows(text), ...found]);
  const models = NAMED_MODELS.flatMap(({ name }) => rows.get(name) ?? []);
  const races = RACES.map((race) => line(raceRow(race, cellsOf(rows.get(race.model) ?? ''))));
  const whole = withTable(text, MODELS_SECTION, table([...HEADINGS, 'CPU s'], models));
  writeFileSync(DOCUMENT, withTable(whole, RACES_SECTION, table(RACE_HEADINGS, races)));
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
