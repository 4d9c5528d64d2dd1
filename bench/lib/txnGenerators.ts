import {
  type History,
  type Operation,
  TransactionColumnsBuilder,
  type TransactionColumns,
} from '@holdfast/check';

/** A small seeded generator (xorshift128), so that every run measures the same histories. */
export class BenchRandom {
  private a: number;
  private b = 0x6c078965;
  private c = 0x2545f491;
  private d = 0x9e3779b9;

  constructor(seed: number) {
    this.a = (seed | 0) ^ 0x1234567;
    for (let i = 0; i < 16; i++) this.bits();
  }

  private bits(): number {
    let t = this.d;
    const s = this.a;
    this.d = this.c;
    this.c = this.b;
    this.b = s;
    t ^= t << 11;
    t ^= t >>> 8;
    this.a = t ^ s ^ (s >>> 19);
    return this.a >>> 0;
  }

  /** A whole number in [0, among). */
  below(among: number): number {
    return Math.floor((this.bits() / 0x1_0000_0000) * among);
  }
}

type ListMicro = ['append', number, number] | ['r', number, number[]];
type RegisterMicro = ['w', number, number] | ['r', number, number | null];

/** Shape of a list-append workload. */
export interface ListWorkload {
  readonly transactions: number;
  readonly processes: number;
  /** Keys in use at one time; a key is retired after `writesPerKey` appends. */
  readonly activeKeys: number;
  readonly writesPerKey: number;
  readonly longest: number;
  readonly seed: number;
}

/** A strict serializable list-append history: transactions take effect one after another, each within its interval. */
export function strictListHistory(shape: ListWorkload): History {
  const random = new BenchRandom(shape.seed);
  const clock = new ProcessClock(shape.processes, random);
  const lists = new Map<number, number[]>();
  let nextKey = 0;
  const active = Array.from({ length: shape.activeKeys }, () => nextKey++);
  const operations: Operation[] = [];
  for (let i = 0; i < shape.transactions; i++) {
    const output: ListMicro[] = [];
    for (let left = 1 + random.below(shape.longest); left > 0; left--) {
      const place = random.below(active.length);
      const key = active[place] as number;
      const list = lists.get(key) ?? [];
      if (random.below(2) === 0) {
        output.push(['r', key, list.slice()]);
        continue;
      }
      lists.set(key, list);
      list.push(list.length + 1);
      output.push(['append', key, list.length]);
      if (list.length < shape.writesPerKey) continue;
      lists.delete(key);
      active[place] = nextKey++;
    }
    operations.push(operation(i, clock.next(i), output));
  }
  return inOrder(operations);
}

interface Interval {
  readonly process: number;
  readonly invokedAt: number;
  readonly completedAt: number;
}

/** Gives transactions that commit one after another intervals that overlap, and processes that are free. */
class ProcessClock {
  private readonly free: Int32Array;
  private readonly random: BenchRandom;

  constructor(processes: number, random: BenchRandom) {
    this.free = new Int32Array(processes).fill(-1);
    this.random = random;
  }

  next(commit: number): Interval {
    const at = commit * 10;
    const process = commit % this.free.length;
    const earliest = (this.free[process] as number) + 1;
    const invokedAt = Math.max(earliest, at - this.random.below(5 * this.free.length));
    const completedAt = at + 1 + this.random.below(4 * this.free.length);
    this.free[process] = completedAt;
    return { process, invokedAt: Math.min(invokedAt, at + 1), completedAt };
  }
}

function operation(
  id: number,
  interval: Interval,
  output: readonly (ListMicro | RegisterMicro)[],
): Operation {
  const input = output.map(([f, key, value]) => [f, key, f === 'r' ? null : value]);
  return { id, f: 'txn', input, outcome: 'ok', output, ...interval };
}

function inOrder(operations: Operation[]): History {
  operations.sort((a, b) => a.invokedAt - b.invokedAt);
  return { operations: operations.map((each, id) => ({ ...each, id })), timeUnit: 'us' };
}

/** Shape of a read-write register workload. */
export interface RegisterWorkload {
  readonly transactions: number;
  readonly sessions: number;
  readonly keys: number;
  readonly operations: number;
  /** Per cent of the micro-operations that read. */
  readonly readPercent: number;
  readonly seed: number;
}

/**
 * A causally consistent history in columns, which is not serializable: every process reads from a prefix of one log that
 * lags behind, and always sees its own writes.
 */
export function causalColumns(shape: RegisterWorkload): TransactionColumns {
  const random = new BenchRandom(shape.seed);
  const builder = new TransactionColumnsBuilder('rw-register', { realtime: false });
  const writesOf: { at: number; session: number; value: number }[][] = Array.from(
    { length: shape.keys },
    () => [],
  );
  const prefix = new Int32Array(shape.sessions);
  let value = 1;
  for (let at = 0; at < shape.transactions; at++) {
    const session = at % shape.sessions;
    prefix[session] = Math.max(prefix[session] as number, at - random.below(shape.sessions * 4));
    builder.begin(at, session, at, at, 'ok');
    for (let left = shape.operations; left > 0; left--) {
      const key = random.below(shape.keys);
      const writes = writesOf[key] as { at: number; session: number; value: number }[];
      if (random.below(100) < shape.readPercent) {
        const seen = writes.findLast((w) => w.session === session || w.at < (prefix[session] as number));
        builder.read(key, seen?.value ?? null);
      } else {
        builder.write(key, value);
        writes.push({ at, session, value: value++ });
      }
    }
  }
  return builder.finish();
}

/** How the store of `registerHistory` isolates transactions. */
export type Isolation = 'serializable' | 'snapshot';

/**
 * A history of registers from a store that is serializable, or takes snapshots and refuses concurrent writes of one key; with
 * `flaw`, one pair of transactions in the middle breaks it (lost update).
 */
export function registerHistory(shape: RegisterWorkload, isolation: Isolation, flaw = false): History {
  const random = new BenchRandom(shape.seed);
  const clock = new ProcessClock(shape.sessions, random);
  const state = new Map<number, { value: number; at: number }>();
  const past: Map<number, number | null>[] = [];
  const operations: Operation[] = [];
  let value = 1;
  for (let at = 0; at < shape.transactions; at++) {
    const lag = isolation === 'snapshot' ? random.below(Math.min(shape.sessions, at + 1)) : 0;
    const snapshot = (key: number): number | null => {
      let seen = state.get(key)?.value ?? null;
      for (let back = 1; back <= lag; back++) {
        const before = past[at - back]?.get(key);
        if (before !== undefined) seen = before;
      }
      return seen;
    };
    const output: RegisterMicro[] = [];
    const own = new Map<number, number>();
    for (let left = shape.operations; left > 0; left--) {
      const key = random.below(shape.keys);
      const conflicts = (state.get(key)?.at ?? -1) >= at - lag;
      if (random.below(100) < shape.readPercent || (isolation === 'snapshot' && conflicts)) {
        output.push(['r', key, own.get(key) ?? snapshot(key)]);
      } else {
        own.set(key, value);
        output.push(['w', key, value++]);
      }
    }
    if (flaw && (at === shape.transactions >> 1 || at === (shape.transactions >> 1) + 1)) {
      output.push(['r', -1, null], ['w', -1, value++]);
    }
    const before = new Map<number, number | null>();
    for (const [key, written] of own) {
      before.set(key, state.get(key)?.value ?? null);
      state.set(key, { value: written, at });
    }
    past.push(before);
    operations.push(operation(at, clock.next(at), output));
  }
  return inOrder(operations);
}
