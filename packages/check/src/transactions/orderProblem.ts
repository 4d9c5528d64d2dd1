import type { CertainOrder } from './certain.ts';
import type { TransactionColumns } from './columns.ts';
import { RW, WR, WW } from './graph.ts';
import { Int32Column } from './growable.ts';
import { INITIAL } from './registerReads.ts';
import { groupByKey, NO_POSITION, type VersionedHistory } from './versions.ts';

/** Writes of one key whose order is open. All of them come after the root: the initial version, or the last known one. */
export interface OpenGroup {
  readonly key: number;
  /** Writing micro-operations, one per transaction. */
  readonly writes: Int32Array;
  /** Reading micro-operations of other transactions that returned each write. */
  readonly readers: readonly (readonly number[])[];
  /** The last known version's write, or -1. */
  readonly rootWrite: number;
  /** Reads of the root. */
  readonly rootReaders: readonly number[];
}

/** Dependencies that no order of versions changes. */
export interface KnownDependencies {
  readonly kind: Int32Column;
  readonly from: Int32Column;
  readonly to: Int32Column;
}

/**
 * Transactions some of whose versions are in no known order: what is certain about them, and the groups of writes
 * that must be put in order.
 */
export interface OrderProblem {
  readonly columns: TransactionColumns;
  /** The transactions it is about, ascending. */
  readonly transactions: Int32Array;
  readonly transactionOf: Int32Array;
  readonly known: KnownDependencies;
  readonly groups: readonly OpenGroup[];
  readonly firstAfter: Int32Array;
  /** The history once every group is in order; `place` ascends along each key's versions. */
  complete(place: (write: number) => number): VersionedHistory;
}

/** The problem that registers pose: the writes of every key are open, the initial version is the root. */
export function registerProblem(certain: CertainOrder): OrderProblem {
  const { reads, firstAfter, nextInSession } = certain;
  const { columns, committed, source, transactionOf, final } = reads;
  const known: KnownDependencies = {
    kind: new Int32Column(),
    from: new Int32Column(),
    to: new Int32Column(),
  };
  const live = new Int32Column();
  for (let t = 0; t < columns.count; t++) {
    if (committed[t] === 0) continue;
    live.push(t);
    for (let i = certain.sourceStart[t] as number; i < (certain.sourceStart[t + 1] as number); i++) {
      known.kind.push(WR);
      known.from.push(certain.sources[i] as number);
      known.to.push(t);
    }
  }
  const writes = new Int32Column();
  const readersOf = new Map<number, number[]>();
  const initialReaders = new Map<number, number[]>();
  for (let op = 0; op < source.length; op++) {
    if (final[op] === 1 && committed[transactionOf[op] as number] === 1) writes.push(op);
    const from = source[op] as number;
    if (from < INITIAL) continue;
    const [lists, name] =
      from === INITIAL ? [initialReaders, (columns.target[op] as number) >> 1] : [readersOf, from];
    const list = lists.get(name);
    if (list === undefined) lists.set(name, [op]);
    else list.push(op);
  }
  const byKey = groupByKey(writes.values(), columns.target, columns.keys.length);
  const groups: OpenGroup[] = [];
  for (let key = 0; key < columns.keys.length; key++) {
    const own = byKey.items.subarray(byKey.start[key], byKey.start[key + 1]);
    if (own.length === 0) continue;
    groups.push({
      key,
      writes: own,
      readers: Array.from(own, (op) => readersOf.get(op) ?? []),
      rootWrite: -1,
      rootReaders: initialReaders.get(key) ?? [],
    });
  }
  const complete = (place: (write: number) => number): VersionedHistory => {
    const versionOperation = Int32Array.from(byKey.items);
    for (const { key } of groups) {
      versionOperation.subarray(byKey.start[key], byKey.start[key + 1]).sort((a, b) => place(a) - place(b));
    }
    return registerHistory(certain, byKey.start, versionOperation, nextInSession);
  };
  return { columns, transactions: live.values(), transactionOf, known, groups, firstAfter, complete };
}

/** Registers whose versions are in the order of `versionOperation`, grouped by key from `keyStart` on. */
export function registerHistory(
  certain: CertainOrder,
  keyStart: Int32Array,
  versionOperation: Int32Array,
  nextInSession: Int32Array,
): VersionedHistory {
  const { columns, committed, source, transactionOf } = certain.reads;
  const position = new Int32Array(columns.target.length).fill(NO_POSITION);
  for (let key = 0; key + 1 < keyStart.length; key++) {
    const first = keyStart[key] as number;
    for (let version = first; version < (keyStart[key + 1] as number); version++) {
      position[versionOperation[version] as number] = version - first;
    }
  }
  for (let op = 0; op < source.length; op++) {
    const from = source[op] as number;
    if (from >= INITIAL) position[op] = from === INITIAL ? 0 : (position[from] as number) + 1;
  }
  return {
    columns,
    committed,
    keyStart,
    versionOperation,
    versionWriter: versionOperation.map((op) => transactionOf[op] as number),
    position,
    tailStart: new Int32Array(keyStart.length),
    tailOperation: new Int32Array(0),
    transactionOf,
    nextInSession,
    firstAfter: certain.firstAfter,
  };
}

/**
 * The problem that some transactions on one another's cycles pose when several of them wrote what nobody saw to one
 * list. Undefined when no key has two such writes, and nothing is open.
 */
export function tailProblem(history: VersionedHistory, transactions: Int32Array): OrderProblem | undefined {
  const { columns, transactionOf, position, keyStart, versionOperation, tailStart, tailOperation } = history;
  const inside = new Set(transactions);
  const isInside = (op: number): boolean => inside.has(transactionOf[op] as number);
  const known: KnownDependencies = {
    kind: new Int32Column(),
    from: new Int32Column(),
    to: new Int32Column(),
  };
  const depend = (kind: number, from: number, to: number): void => {
    const [a, b] = [transactionOf[from] as number, transactionOf[to] as number];
    if (a === b || !inside.has(a) || !inside.has(b)) return;
    known.kind.push(kind);
    known.from.push(a);
    known.to.push(b);
  };
  const rootReaders = new Map<number, number[]>();
  const keys = new Set<number>();
  for (const t of transactions) {
    for (let op = columns.start[t] as number; op < (columns.start[t + 1] as number); op++) {
      const code = columns.target[op] as number;
      const key = code >> 1;
      keys.add(key);
      const seen = position[op] as number;
      if (seen === NO_POSITION) continue;
      const next = (keyStart[key] as number) + seen;
      if (seen > 0) depend((code & 1) === 1 ? WR : WW, versionOperation[next - 1] as number, op);
      if ((code & 1) === 0) continue;
      if (next < (keyStart[key + 1] as number)) depend(RW, op, versionOperation[next] as number);
      else rootReaders.set(key, [...(rootReaders.get(key) ?? []), op]);
    }
  }
  const groups: OpenGroup[] = [];
  for (const key of keys) {
    const writes = tailOperation.subarray(tailStart[key], tailStart[key + 1]).filter(isInside);
    if (writes.length === 0) continue;
    const end = keyStart[key + 1] as number;
    const last = end > (keyStart[key] as number) ? (versionOperation[end - 1] as number) : -1;
    const rootWrite = last >= 0 && isInside(last) ? last : -1;
    groups.push({
      key,
      writes,
      readers: Array.from(writes, () => []),
      rootWrite,
      rootReaders: rootReaders.get(key) ?? [],
    });
  }
  if (groups.every((group) => group.writes.length < 2)) return undefined;
  return {
    columns,
    transactions,
    transactionOf,
    known,
    groups,
    firstAfter: history.firstAfter,
    complete: (place) => withTails(history, groups, place),
  };
}

/** The history with the open writes appended to their keys' versions. */
function withTails(
  history: VersionedHistory,
  groups: readonly OpenGroup[],
  place: (write: number) => number,
): VersionedHistory {
  const tails = new Map(
    groups.map((group) => [group.key, [...group.writes].sort((a, b) => place(a) - place(b))]),
  );
  const keys = history.keyStart.length - 1;
  const keyStart = new Int32Array(keys + 1);
  const operations = new Int32Column();
  const position = history.position.slice();
  for (let key = 0; key < keys; key++) {
    for (
      let version = history.keyStart[key] as number;
      version < (history.keyStart[key + 1] as number);
      version++
    ) {
      operations.push(history.versionOperation[version] as number);
    }
    for (const op of tails.get(key) ?? []) {
      position[op] = operations.length - (keyStart[key] as number);
      operations.push(op);
    }
    keyStart[key + 1] = operations.length;
  }
  const versionOperation = operations.values();
  return {
    ...history,
    keyStart,
    versionOperation,
    versionWriter: versionOperation.map((op) => history.transactionOf[op] as number),
    position,
    tailStart: new Int32Array(keys + 1),
    tailOperation: new Int32Array(0),
  };
}
