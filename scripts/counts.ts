/**
 * Explores every model whose numbers others have published or measured, and compares.
 *
 *   npm run counts                     all but those that take a minute or more
 *   npm run counts -- --all            all of them
 *   npm run counts -- paxos            those with this in their name
 *   npm run counts -- --workers 2      with so many threads
 *   npm run counts -- --workers 1,2,4  with each of these numbers of threads: states, steps and depth must be the same
 *   npm run counts -- --search depth   depth first: states and steps must be the same (one thread)
 *   npm run counts -- --exact          comparing whole states instead of fingerprints (needs memory; one thread)
 *
 * Prints a table; exit code 1 when a number differs. What is expected stands in packages/explore/test/counts/cases.ts.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ExploreOptions, ExploreResult } from '@holdfast/explore';
import { runExploration } from 'holdfast/node';
import {
  type CountCase,
  COUNT_CASES,
  differences,
  exploreCase,
} from '../packages/explore/test/counts/cases.ts';

const CASES: string = join(import.meta.dirname, '../packages/explore/test/counts/cases.ts');

const HEADINGS = ['Model', 'Threads', 'States', 'Steps', 'Depth', 'CPU s', 'States/s', 'As', ''] as const;

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** A number of ours beside the one expected, when there is one and it differs. */
function beside(found: number, expected: number | undefined): string {
  return expected === undefined || expected === found
    ? grouped(found)
    : `${grouped(found)}, not ${grouped(expected)}`;
}

/** What must not depend on the number of threads. */
type Numbers = Pick<ExploreResult, 'states' | 'generated' | 'depth' | 'status'>;

/** How the search goes about it. */
type How = Required<Pick<ExploreOptions, 'exact' | 'search'>>;

async function found(known: CountCase, workers: number, how: How): Promise<ExploreResult> {
  if (workers === 1) return exploreCase(known, how);
  const { name, model, symmetry } = known;
  const { result } = await runExploration({
    model,
    reference: { kind: 'file', path: CASES, name },
    bounds: model.bounds,
    workers,
    threadsAtOnce: true,
    symmetry,
    ...how,
    stopAtViolation: true,
  });
  return result;
}

/** What differs from the numbers that another number of threads gave. */
function unlike(first: Numbers, second: Numbers): string[] {
  const keys = ['states', 'generated', 'depth', 'status'] as const;
  return keys.filter((key) => first[key] !== second[key]).map((key) => `${key} ${first[key]} before`);
}

/** One case with one number of threads; `before` is what another number of threads gave. */
async function run(
  known: CountCase,
  workers: number,
  how: How,
  before: Numbers | undefined,
): Promise<{ readonly result: ExploreResult; readonly wrong: boolean }> {
  const start = process.cpuUsage();
  const result = await found(known, workers, how);
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  const wrong = [...differences(known, result), ...(before === undefined ? [] : unlike(before, result))];
  const row = [
    known.name,
    String(workers),
    beside(result.states, known.states),
    beside(result.generated, known.generated),
    beside(result.depth, known.depth),
    seconds.toFixed(2),
    grouped(Math.round(result.states / seconds)),
    known.judges,
    wrong.length === 0 ? 'same' : wrong.join('; '),
  ];
  console.log(`| ${row.join(' | ')} |`);
  return { result, wrong: wrong.length > 0 };
}

/** The numbers of threads that `--workers` asks for; undefined when it is not understood. */
function numbersOf(text: string): number[] | undefined {
  const numbers = text.split(',').map(Number);
  return numbers.every((n) => Number.isInteger(n) && n >= 1 && n <= 64) ? numbers : undefined;
}

async function main(args: string[]): Promise<number> {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args,
    options: {
      all: flag,
      exact: flag,
      workers: { type: 'string', default: '1' },
      search: { type: 'string', default: 'breadth' },
    },
    allowPositionals: true,
  });
  const { exact, search } = values;
  const workers = numbersOf(values.workers);
  const alone = exact || search === 'depth';
  if (workers === undefined || (alone && workers.some((n) => n > 1))) {
    const beside = `${exact ? ' --exact' : ''}${search === 'depth' ? ' --search depth' : ''}`;
    console.error(`Cannot count with --workers ${values.workers}${beside}: give ${alone ? '1' : '1 to 64'}`);
    return 2;
  }
  if (search !== 'breadth' && search !== 'depth') {
    console.error(`Cannot count with --search ${search}: give breadth or depth`);
    return 2;
  }
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
  console.log(`| --- |${' ---: |'.repeat(6)} --- | --- |`);
  const notes: string[] = [];
  let differing = 0;
  for (const known of wanted) {
    let before: Numbers | undefined;
    for (const n of workers) {
      const { result, wrong } = await run(known, n, { exact, search }, before);
      before = result;
      if (wrong) differing++;
    }
    if (known.note !== undefined) notes.push(`${known.name}: ${known.note}`);
  }
  console.log(['', ...notes.map((note) => `- ${note}`)].join('\n'));
  console.log(`${wanted.length} models, ${differing} with a number that differs`);
  return differing === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
