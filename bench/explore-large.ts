/**
 * Two-phase commit without symmetry in one process, far beyond what memory caches hold: states a second of processor time, bytes a state of
 * each table, and what went to disk, at marks on the way. 10 resource managers have 61,515,776 states; with an argument so many managers:
 *
 *   npx tsx -C holdfast:source bench/explore-large.ts 11
 *
 * Its two frontiers keep 256 MiB each in memory, the rest waits in the temporary folder. A plain script: what it prints is its result.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Exploration, explorable, type SpillFile, twoPhaseCommit } from '@holdfast/explore';
import { openSpillFile } from '../packages/holdfast/src/node/exploration/spillFile.ts';

const MANAGERS = Number(process.argv[2] ?? 10);
/** Published for 10 managers (the book of Stateright). */
const PUBLISHED: ReadonlyMap<number, number> = new Map([
  [9, 10_340_352],
  [10, 61_515_776],
]);
const RESIDENT_BYTES: number = 256 * 2 ** 20;
const MARKS: readonly number[] = [1e6, 1e7, 5e7, 1e8, 2e8, 3e8, Infinity];
const TURN = 20_000;

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
  spilling: { residentBytes: RESIDENT_BYTES, open },
});
const start = seconds();
let [markStates, markSeconds] = [0, start];

function row(): void {
  const { states, depth, queued, bytes, estimate } = exploration.progress();
  const now = seconds();
  const millions = (count: number): string => `${(count / 1e6).toFixed(1)} M`;
  const rate = (count: number, time: number): string => `${Math.round(count / time / 1e3)} k states/s`;
  const parts = [
    `${millions(states)} states`,
    `depth ${depth}`,
    rate(states, now - start),
    `${rate(states - markStates, now - markSeconds)} since`,
    `${(bytes / states).toFixed(1)} bytes a state`,
    `${millions(queued)} queued`,
    `${(spilt / 1e9).toFixed(1)} GB spilt`,
    `${Math.round(process.memoryUsage().rss / 1e6)} MB resident`,
    ...(estimate === undefined ? [] : [`about ${millions(estimate)} in all`]),
  ];
  console.log(parts.join('  '));
  [markStates, markSeconds] = [states, now];
}

try {
  for (let mark = 0; exploration.advance(TURN); )
    if (exploration.progress().states >= (MARKS[mark] as number)) {
      row();
      mark++;
    }
  row();
  const { states, generated, depth, collisionOdds, reason } = exploration.result();
  const expected = PUBLISHED.get(MANAGERS);
  if (expected !== undefined && states !== expected) throw new Error(`${states} states, not ${expected}`);
  console.log(
    `${reason}: ${states} states, ${generated} steps, depth ${depth}, odds ${collisionOdds.toExponential(1)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
