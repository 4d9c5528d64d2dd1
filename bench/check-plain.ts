import {
  checkBank,
  checkSetFull,
  checkTotalQueue,
  checkUniqueIds,
  counterBoundsChecker,
  type History,
  type Operation,
  type Verdict,
} from '@holdfast/check';
import { type Bench, compare } from './lib/bench.ts';

/** Operations of each history; a bare pass over them is what no checker can beat. */
const OPERATIONS = 50_000;
const CLIENTS = 10;

type Deed = Pick<Operation, 'f' | 'input' | 'output'>;

/** Ten clients in turn, each operation overlapping its neighbours. */
function historyOf(deed: (i: number) => Deed): History {
  const operations = Array.from({ length: OPERATIONS }, (_, i): Operation => {
    const times = { invokedAt: 10 * i, completedAt: 10 * (i + CLIENTS) - 1 };
    return { id: i, process: i % CLIENTS, key: undefined, outcome: 'ok', ...deed(i), ...times };
  });
  return { operations, timeUnit: 'us' };
}

const READ_EVERY = 5_000;
const added: number[] = [];

const unique = historyOf((i) => ({ f: 'generate', input: null, output: i }));
const queue = historyOf((i) =>
  i % 2 === 0 ? { f: 'enqueue', input: i, output: null } : { f: 'dequeue', input: null, output: i - 1 },
);
const set = historyOf((i) => {
  if (i % READ_EVERY !== READ_EVERY - 1) {
    added.push(i);
    return { f: 'add', input: i, output: null };
  }
  return { f: 'read', input: null, output: added.slice() };
});
const counter = historyOf((i) =>
  i % 2 === 0 ? { f: 'add', input: 1, output: null } : { f: 'read', input: null, output: (i + 1) / 2 },
);
const bank = historyOf((i) =>
  i % 2 === 0
    ? { f: 'transfer', input: { from: 0, to: 1, amount: 1 }, output: null }
    : { f: 'read', input: null, output: { 0: 100 - (i % 7), 1: 100 + (i % 7) } },
);

/** Runs a checker on a history that is right, and makes sure of it. */
function judged(history: History, check: (history: History) => Verdict): () => number {
  return () => {
    const { status, reason } = check(history);
    if (status !== 'holds') throw new Error(`Cannot measure a checker that says ${status}: ${reason}`);
    return history.operations.length;
  };
}

function barePass(): number {
  let latest = 0;
  for (const { completedAt, outcome } of unique.operations)
    if (outcome === 'ok') latest = Math.max(latest, completedAt);
  return latest > 0 ? OPERATIONS : 0;
}

const bench: Bench = {
  name: 'plain checkers',
  run: () =>
    compare({
      title: `Histories of ${OPERATIONS.toLocaleString('en')} operations that are right`,
      unit: 'operations',
      subjects: [
        { name: 'a bare pass over the operations', run: barePass },
        { name: 'unique-ids', run: judged(unique, checkUniqueIds) },
        { name: 'total-queue', run: judged(queue, checkTotalQueue) },
        { name: 'set-full, ten reads of the whole set', run: judged(set, checkSetFull) },
        { name: 'counter-bounds', run: judged(counter, (history) => counterBoundsChecker.check(history)) },
        { name: 'bank', run: judged(bank, (history) => checkBank(history)) },
      ],
      warmUps: 1,
      repeats: 5,
      clock: 'cpu',
    }),
};
export default bench;
