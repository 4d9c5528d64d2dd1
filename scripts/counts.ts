/**
 * Explores every model whose numbers others have published or measured, and compares.
 *
 *   npm run counts                 all but those that take a minute or more
 *   npm run counts -- --all        all of them
 *   npm run counts -- paxos        those with this in their name
 *   npm run counts -- --workers 2  with so many threads; the numbers are the same
 *   npm run counts -- --exact      comparing whole states instead of fingerprints (needs memory)
 *
 * Prints a table; exit code 1 when a number differs. What is expected stands in packages/explore/test/counts/cases.ts.
 */
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import type { ExploreResult } from '../packages/explore/src/index.ts';
import {
  type CountCase,
  COUNT_CASES,
  differences,
  exploreCase,
} from '../packages/explore/test/counts/cases.ts';
import { memoryByDefault } from '../packages/holdfast/src/node/exploration/memory.ts';
import { exploreWithThreads } from '../packages/holdfast/src/node/exploration/threads.ts';

const CASES: string = join(import.meta.dirname, '../packages/explore/test/counts/cases.ts');

const HEADINGS = ['Model', 'States', 'Steps', 'Depth', 'CPU s', 'States/s', 'As', ''] as const;

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** A number of ours beside the one expected, when there is one and it differs. */
function beside(found: number, expected: number | undefined): string {
  return expected === undefined || expected === found
    ? grouped(found)
    : `${grouped(found)}, not ${grouped(expected)}`;
}

/** How cases are explored. */
interface How {
  readonly exact: boolean;
  readonly workers: number;
}

async function found(known: CountCase, { exact, workers }: How): Promise<ExploreResult> {
  if (workers === 1) return exploreCase(known, { exact });
  const { name, model, symmetry } = known;
  const bounds = model.bounds;
  return exploreWithThreads({
    model,
    reference: { kind: 'file', path: CASES, name },
    maxBytes: memoryByDefault(),
    options: { workers, bounds, symmetry, maxStates: Infinity, stopAtViolation: true },
  });
}

async function run(known: CountCase, how: How): Promise<{ row: string[]; wrong: string[] }> {
  const before = process.cpuUsage();
  const result = await found(known, how);
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const wrong = differences(known, result);
  const row = [
    known.name,
    beside(result.states, known.states),
    beside(result.generated, known.generated),
    beside(result.depth, known.depth),
    seconds.toFixed(2),
    grouped(Math.round(result.states / seconds)),
    known.judges,
    wrong.length === 0 ? 'same' : wrong.join('; '),
  ];
  return { row, wrong };
}

async function main(args: string[]): Promise<number> {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args,
    options: { all: flag, exact: flag, workers: { type: 'string', default: '1' } },
    allowPositionals: true,
  });
  const wanted = COUNT_CASES.filter(({ name, size }) => {
    if (positionals.length > 0)
      return positionals.some((text) => name.toLowerCase().includes(text.toLowerCase()));
    return values.all || size !== 'long';
  });
  if (wanted.length === 0) {
    console.error(`Cannot count ${positionals.join(', ')} as no model has that in its name`);
    return 2;
  }
  console.log(`| ${HEADINGS.join(' | ')} |`);
  console.log(`| --- |${' ---: |'.repeat(5)} --- | --- |`);
  const notes: string[] = [];
  let differing = 0;
  for (const known of wanted) {
    const { row, wrong } = await run(known, { exact: values.exact, workers: Number(values.workers) });
    if (wrong.length > 0) differing++;
    if (known.note !== undefined) notes.push(`${known.name}: ${known.note}`);
    console.log(`| ${row.join(' | ')} |`);
  }
  console.log(['', ...notes.map((note) => `- ${note}`)].join('\n'));
  console.log(`${wanted.length} models, ${differing} with a number that differs`);
  return differing === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
