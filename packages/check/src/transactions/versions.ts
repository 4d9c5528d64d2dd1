import { COMMITTED, type TransactionColumns } from './columns.ts';

/** What a position says of a micro-operation that takes no part in the order of versions. */
export const NO_POSITION = -1;

/**
 * Transactions whose versions are in order: everything a dependency can be read from. Key `k` has the versions
 * `keyStart[k]` to `keyStart[k + 1] - 1`, oldest first; all of them were written by committed transactions.
 */
export interface VersionedHistory {
  readonly columns: TransactionColumns;
  /** 1 for each transaction that certainly took effect: it said so, or somebody saw it. */
  readonly committed: Uint8Array;
  readonly keyStart: Int32Array;
  /** The micro-operation that wrote each version. */
  readonly versionOperation: Int32Array;
  /** The transaction that wrote each version. */
  readonly versionWriter: Int32Array;
  /**
   * Per micro-operation: a write's place among its key's versions, or the number of versions a read of another's
   * work saw; `NO_POSITION` for reads of own work, unusable reads and writes whose place nobody saw.
   */
  readonly position: Int32Array;
  /** Writes that nobody saw, known only to come after every version in order; one micro-operation per writer and key. */
  readonly tailStart: Int32Array;
  readonly tailOperation: Int32Array;
  /** The transaction of each micro-operation. */
  readonly transactionOf: Int32Array;
  /** The next committed transaction of the same process, or -1. */
  readonly nextInSession: Int32Array;
  /** The first transaction invoked after this one completed; `count` when there is none. */
  readonly firstAfter: Int32Array;
}

/** The transaction of each micro-operation. */
export function transactionOfOperations(columns: TransactionColumns): Int32Array {
  const result = new Int32Array(columns.target.length);
  for (let t = 0; t < columns.count; t++) {
    const end = columns.start[t + 1] as number;
    for (let op = columns.start[t] as number; op < end; op++) result[op] = t;
  }
  return result;
}

/** The next committed transaction of each one's process, or -1. */
export function sessionSuccessors(columns: TransactionColumns, committed: Uint8Array): Int32Array {
  const next = new Int32Array(columns.count).fill(-1);
  const last = new Int32Array(columns.sessions).fill(-1);
  for (let t = 0; t < columns.count; t++) {
    if (committed[t] === 0) continue;
    const session = columns.session[t] as number;
    const before = last[session] as number;
    if (before >= 0) next[before] = t;
    last[session] = t;
  }
  return next;
}

/** For each transaction the first one invoked strictly after it completed, by galloping from its own place. */
export function realtimeSuccessors(columns: TransactionColumns): Int32Array {
  const { count, invokedAt, completedAt, outcome } = columns;
  const first = new Int32Array(count);
  for (let t = 0; t < count; t++) {
    const done = completedAt[t] as number;
    if (!columns.realtime || outcome[t] !== COMMITTED || done === Number.POSITIVE_INFINITY) {
      first[t] = count;
      continue;
    }
    let low = t + 1;
    let step = 1;
    while (low + step <= count && (invokedAt[low + step - 1] as number) <= done) {
      low += step;
      step *= 2;
    }
    let high = Math.min(count, low + step);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((invokedAt[middle] as number) <= done) low = middle + 1;
      else high = middle;
    }
    first[t] = low;
  }
  return first;
}

/** Groups micro-operations by key into one flat array; `keyOf` says which key each belongs to. */
export function groupByKey(
  operations: Int32Array,
  target: Int32Array,
  keys: number,
): { readonly start: Int32Array; readonly items: Int32Array } {
  const start = new Int32Array(keys + 1);
  for (let i = 0; i < operations.length; i++) {
    const key = (target[operations[i] as number] as number) >> 1;
    start[key + 1] = (start[key + 1] as number) + 1;
  }
  for (let k = 0; k < keys; k++) start[k + 1] = (start[k + 1] as number) + (start[k] as number);
  const items = new Int32Array(operations.length);
  const next = start.slice(0, keys);
  for (let i = 0; i < operations.length; i++) {
    const op = operations[i] as number;
    const key = (target[op] as number) >> 1;
    const place = next[key] as number;
    items[place] = op;
    next[key] = place + 1;
  }
  return { start, items };
}
