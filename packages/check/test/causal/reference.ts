import { equalPlain } from '@holdfast/plain';
import type { History, Operation } from '../../src/history/operation.ts';
import type { Model } from '../../src/models/model.ts';

/**
 * Consistency of reads and writes straight from the definitions, for a handful of operations: every assignment of sources to
 * reads, every order of writes. Shares nothing with the judges but the model's view of its operations.
 */
export interface Reference {
  readonly operations: readonly Operation[];
  /** By operation: -1 for a write, else the index of the write read from, or `operations.length` for the initial value. */
  readonly source: readonly number[];
  /** `before[a][b]`: a comes before b by sessions and reads, in one step or several. */
  readonly before: readonly (readonly boolean[])[];
  readonly keys: readonly string[];
}

/** True when some assignment of sources to reads makes `holds` true. */
export function someReading<S>(
  history: History,
  model: Model<S>,
  holds: (reading: Reference) => boolean,
): boolean {
  const view = model.register;
  if (view === undefined) throw new TypeError('Cannot read a model without registers');
  const all = history.operations.filter(
    (o) => o.outcome === 'ok' || (o.outcome === 'unknown' && view.kindOf(o) === 'write'),
  );
  const keys = all.map((o) => model.key?.(o) ?? '');
  const choices = all.map((o, i) => {
    if (view.kindOf(o) === 'write') return [-1];
    const value = view.valueOf(o);
    const writers = all.flatMap((w, j) =>
      view.kindOf(w) === 'write' &&
      keys[j] === keys[i] &&
      equalPlain(view.valueOf(w), value) &&
      !isOwnLater(w, o)
        ? [j]
        : [],
    );
    return equalPlain(value, view.initial) ? [...writers, all.length] : writers;
  });
  const attempt = (chosen: readonly number[]): boolean => {
    const options = choices[chosen.length];
    if (options === undefined) return holds(restrict(all, keys, chosen));
    return options.some((option) => attempt([...chosen, option]));
  };
  return attempt([]);
}

/** Nobody reads what they have yet to write. */
function isOwnLater(write: Operation, read: Operation): boolean {
  return write.process === read.process && write.id > read.id;
}

/** Leaves out writes of unknown outcome that nobody read: they need not have happened. */
function restrict(all: readonly Operation[], keys: readonly string[], source: readonly number[]): Reference {
  const stays = all.map((o, i) => o.outcome === 'ok' || source.includes(i));
  const index = new Map<number, number>();
  all.forEach((_, i) => {
    if (stays[i]) index.set(i, index.size);
  });
  const operations = all.filter((_, i) => stays[i]);
  const mapped = source
    .filter((_, i) => stays[i])
    .map((s) => (s === -1 ? -1 : s === all.length ? operations.length : (index.get(s) ?? -1)));
  return {
    operations,
    source: mapped,
    keys: keys.filter((_, i) => stays[i]),
    before: closure(operations, mapped),
  };
}

function closure(operations: readonly Operation[], source: readonly number[]): boolean[][] {
  const before = operations.map((a) => operations.map((b) => a.process === b.process && a.id < b.id));
  source.forEach((w, r) => {
    const row = before[w];
    if (row !== undefined) row[r] = true;
  });
  operations.forEach((_, k) => {
    for (const row of before) if (row[k]) before[k]?.forEach((reaches, j) => (row[j] ||= reaches));
  });
  return before;
}

/** True when the members can be put in an order that keeps `before` and in which each judged read sees its source. */
export function hasOrder(
  { source, keys }: Reference,
  members: readonly number[],
  before: (a: number, b: number) => boolean,
  isJudged: (read: number) => boolean,
): boolean {
  const initial = source.length;
  const place = (left: readonly number[], last: ReadonlyMap<string, number>): boolean => {
    if (left.length === 0) return true;
    return left.some((v) => {
      if (left.some((u) => u !== v && before(u, v))) return false;
      const key = keys[v] ?? '';
      const rest = left.filter((u) => u !== v);
      if (source[v] === -1) return place(rest, new Map(last).set(key, v));
      return (!isJudged(v) || (last.get(key) ?? initial) === source[v]) && place(rest, last);
    });
  };
  return place(members, new Map());
}

function indexes(reading: Reference): number[] {
  return reading.operations.map((_, i) => i);
}

function isAcyclic({ before }: Reference): boolean {
  return before.every((row, i) => !row[i]);
}

/** CC: each read is explained by some order of what comes before it. */
export function isCausal(reading: Reference): boolean {
  const { before } = reading;
  const comes = (a: number, b: number): boolean => before[a]?.[b] === true;
  return (
    isAcyclic(reading) &&
    indexes(reading).every((o) => {
      const past = indexes(reading).filter((v) => v === o || comes(v, o));
      return hasOrder(reading, past, comes, (read) => read === o);
    })
  );
}

/** CM: each operation's past has an order that explains all its session read up to it. */
export function isCausalMemory(reading: Reference): boolean {
  const { before, operations } = reading;
  const comes = (a: number, b: number): boolean => before[a]?.[b] === true;
  return (
    isAcyclic(reading) &&
    indexes(reading).every((o) => {
      const past = indexes(reading).filter((v) => v === o || comes(v, o));
      return hasOrder(
        reading,
        past,
        comes,
        (read) => operations[read]?.process === operations[o]?.process && read <= o,
      );
    })
  );
}

/** CCv: one order of all writes explains each read by the writes before it. */
export function isConverging(reading: Reference): boolean {
  const { before, source, keys } = reading;
  const writes = indexes(reading).filter((v) => source[v] === -1);
  const reads = indexes(reading).filter((v) => source[v] !== -1);
  const explains = (order: readonly number[]): boolean =>
    reads.every((r) => {
      const past = order.filter((w) => keys[w] === keys[r] && before[w]?.[r]);
      return (past.at(-1) ?? source.length) === source[r];
    });
  const extend = (order: readonly number[], left: readonly number[]): boolean => {
    if (left.length === 0) return explains(order);
    return left.some(
      (w) =>
        !left.some((u) => u !== w && before[u]?.[w]) &&
        extend(
          [...order, w],
          left.filter((u) => u !== w),
        ),
    );
  };
  return isAcyclic(reading) && extend([], writes);
}

/** PRAM: each session has an order of all writes and its own reads, true to every session. */
export function isPram(reading: Reference): boolean {
  const { operations, source } = reading;
  const inSession = (a: number, b: number): boolean =>
    operations[a]?.process === operations[b]?.process && a < b;
  return [...new Set(operations.map((o) => o.process))].every((process) =>
    hasOrder(
      reading,
      indexes(reading).filter((v) => source[v] === -1 || operations[v]?.process === process),
      inSession,
      () => true,
    ),
  );
}

/** One order of all operations, true to every session, in which each read sees its source. */
export function isSequential(reading: Reference): boolean {
  const { operations } = reading;
  const inSession = (a: number, b: number): boolean =>
    operations[a]?.process === operations[b]?.process && a < b;
  return hasOrder(reading, indexes(reading), inSession, () => true);
}
