import {
  checkConsistency,
  type ConsistencyName,
  HistoryBuilder,
  type Operation,
  registerModel,
  type Verdict,
} from '@holdfast/check';
import { machine } from './lib/bench.ts';

/**
 * The causal family and the session guarantees on histories of a store with causal, slow replication, one replica a session: seconds of wall time for
 * each model, reading the history included, in one cold process; then the same with one stale read in the middle, explained.
 * Run by `npx tsx --conditions=holdfast:source bench/check-causal.ts [operations] [sessions] [keys]`.
 */

const OPERATIONS = Number(process.argv[2] ?? 1_000_000);
const SESSIONS = Number(process.argv[3] ?? 50);
const KEYS = Number(process.argv[4] ?? 1_000);
/** How many writes a replica may be behind. */
const LAG = 2_000;

type History = ReturnType<HistoryBuilder['finish']>;

/** A fixed sequence of 32-bit numbers. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0 > 0 ? ((t ^ (t >>> 14)) >>> 0) % below : 0;
  };
}

/**
 * Each session has a replica that applies the log of all writes in order, at its own pace, and its own writes at once: the
 * newest in the log wins. That is causal convergence, and neither linearizable nor sequential.
 */
function causalHistory(): History {
  const random = randomNumbers(7);
  const builder = new HistoryBuilder();
  const replicas = Array.from({ length: SESSIONS }, () => new Int32Array(KEYS).fill(-1));
  const applied = new Int32Array(SESSIONS);
  const log: number[] = [];
  for (let i = 0; i < OPERATIONS; i++) {
    const s = random(SESSIONS);
    const replica = replicas[s] as Int32Array;
    const behind = log.length - (applied[s] as number);
    const until = (applied[s] as number) + Math.max(behind - LAG, random(behind + 1));
    for (let w = applied[s] as number; w < until; w++) {
      const key = log[w] as number;
      if (w > (replica[key] as number)) replica[key] = w;
    }
    applied[s] = until;
    const key = random(KEYS);
    if (i % 2 === 0) {
      replica[key] = log.push(key) - 1;
      builder.complete(
        builder.invoke(s, 'write', replica[key], i * 10, { key: `k${key}` }),
        'ok',
        null,
        i * 10 + 5,
      );
    } else {
      const seen = replica[key] as number;
      const id = builder.invoke(s, 'read', null, i * 10, { key: `k${key}` });
      builder.complete(id, 'ok', seen === -1 ? null : seen, i * 10 + 5);
    }
  }
  return builder.finish(OPERATIONS * 10);
}

function timed(name: string, run: () => Verdict): void {
  const start = performance.now();
  const { status, evidence } = run();
  const seconds = (performance.now() - start) / 1000;
  const rate = Math.round(OPERATIONS / seconds).toLocaleString('en');
  console.log(
    `${name.padEnd(22)}${status.padEnd(10)}${seconds.toFixed(2).padStart(8)} s${rate.padStart(14)} operations/s  ` +
      `${evidence.steps.toLocaleString('en')} steps`,
  );
}

const history = causalHistory();
console.log(`${OPERATIONS} operations, ${SESSIONS} sessions, ${KEYS} keys; ${machine()}`);
const model = registerModel();
const MODELS: readonly ConsistencyName[] = [
  'causal',
  'causal-convergence',
  'causal-memory',
  'pram',
  'read-your-writes',
  'monotonic-reads',
  'monotonic-writes',
  'writes-follow-reads',
];
for (const name of MODELS) timed(name, () => checkConsistency(history, name, model));

/** The read in the middle returns the first value its key ever had. */
function withStaleRead(): History {
  const middle = OPERATIONS / 2 + 1;
  const stale = history.operations[middle];
  const first = history.operations.find((o) => o.f === 'write' && o.key === stale?.key);
  const operations = history.operations.map(
    (operation): Operation =>
      operation === stale ? { ...operation, output: first?.input ?? null } : operation,
  );
  return { ...history, operations };
}

const violated = withStaleRead();
console.log('\nthe same with one stale read in the middle, explained');
for (const name of MODELS) timed(name, () => checkConsistency(violated, name, model));
console.log(`${Math.round(process.memoryUsage.rss() / 1e6)} MB resident at the end`);
