/**
 * Two-phase commit without symmetry in one process, far beyond what memory caches hold: states a second of processor time, bytes a state of
 * each table, and what went to disk, at marks on the way. 10 resource managers have 61,515,776 states; with an argument so many managers:
 *
 *   npx tsx -C holdfast:source bench/explore-large.ts 11
 *   npx tsx -C holdfast:source bench/explore-large.ts 12 --states 1e9
 *
 * `--states N` ends it once N states are found and prints their row: 12 managers have more than 10^9. Every half minute a line on standard
 * error says how far it is. Its two frontiers keep 256 MiB each in memory, the rest waits in the temporary folder. A plain script: what it
 * prints is its result.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Exploration, explorable, type SpillFile, twoPhaseCommit } from '@holdfast/explore';
import { openSpillFile } from '../packages/holdfast/src/node/exploration/spillFile.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { states: { type: 'string', default: 'Infinity' } },
});
const MANAGERS = Number(positionals[0] ?? 10);
const MOST_STATES = Number(values.states);
if (!(MOST_STATES >= 1))
  throw new RangeError(`Cannot stop at so many states as --states must be at least 1: ${values.states}`);
/** Published for 10 managers (the book of Stateright). */
const PUBLISHED: ReadonlyMap<number, number> = new Map([
  [9, 10_340_352],
  [10, 61_515_776],
]);
const RESIDENT_BYTES: number = 256 * 2 ** 20;
const MARKS: readonly number[] = [1e6, 1e7, 5e7, 1e8, 2e8, 3e8, 5e8, 7e8, 1e9, 2e9, Infinity];
const TURN = 20_000;
const PROGRESS_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-large-'));
let spilt = 0;

/** A file that counts what goes into it. */
function open(): SpillFile {
  const file = openSpillFile(folder);
  return {
    append: (words): number => {
      spilt += words.byteLength;
      return file.append(words);
    },
    read: (position, into) => file.read(position, into),
    clear: () => file.clear(),
  };
}

function seconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const exploration = new Exploration(explorable(twoPhaseCommit(MANAGERS)), undefined, {
  symmetry: false,
  maxStates: MOST_STATES,
  spilling: { residentBytes: RESIDENT_BYTES, open },
});
const start = seconds();
let [markStates, markSeconds] = [0, start];

function millions(count: number): string {
  return `${(count / 1e6).toFixed(1)} M`;
}

function thousands(count: number, time: number): string {
  return `${Math.round(count / time / 1e3)} k states/s`;
}

function row(): void {
  const { states, depth, queued, bytes, estimate } = exploration.progress();
  const now = seconds();
  const parts = [
    `${millions(states)} states`,
    `depth ${depth}`,
    thousands(states, now - start),
    `${thousands(states - markStates, now - markSeconds)} since`,
    `${(bytes / states).toFixed(1)} bytes a state`,
    `${millions(queued)} queued`,
    `${(spilt / 1e9).toFixed(1)} GB spilt`,
    `${Math.round(process.memoryUsage().rss / 1e6)} MB resident`,
    ...(estimate === undefined ? [] : [`about ${millions(estimate)} in all`]),
  ];
  console.log(parts.join('  '));
  [markStates, markSeconds] = [states, now];
}

/** How far it is, by the clock: for whoever waits. */
function say(): void {
  const { states, depth, queued } = exploration.progress();
  const passed = performance.now() / 1e3;
  const pace = `${thousands(states, passed)} by the clock`;
  const resident = `${Math.round(process.memoryUsage().rss / 1e6)} MB resident`;
  const far = `${millions(states)} states, depth ${depth}, ${millions(queued)} queued`;
  console.error(`after ${Math.round(passed)} s: ${far}, ${pace}, ${resident}`);
}

let said = performance.now();
try {
  for (let mark = 0; exploration.advance(TURN); )
    if (exploration.progress().states >= (MARKS[mark] as number)) {
      row();
      mark++;
    } else if (performance.now() - said > PROGRESS_MS) {
      say();
      said = performance.now();
    }
  row();
  const { states, generated, depth, collisionOdds, reason, end } = exploration.result();
  const expected = PUBLISHED.get(MANAGERS);
  if (end === 'complete' && expected !== undefined && states !== expected)
    throw new Error(`${states} states, not ${expected}`);
  console.log(
    `${reason}: ${states} states, ${generated} steps, depth ${depth}, odds ${collisionOdds.toExponential(1)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
