import type { Operation } from '../../../src/index.ts';
import type { TransactionModel } from '../../../src/index.ts';

/**
 * The definitions of the models, read out loud: every way the versions of each key may be ordered (and every way
 * transactions of unknown outcome may have ended) is tried, relations are matrices, and each model is a sentence about them. Only
 * for a handful of transactions. Shares no code with the checker.
 */

type Micro = readonly [f: string, key: string | number, value: unknown];
type Matrix = boolean[][];

interface Write {
  readonly t: number;
  readonly at: number;
  readonly value: number;
}

interface Read {
  readonly t: number;
  readonly at: number;
  readonly key: string;
  /** Number of versions seen. */
  readonly seen: number;
}

interface Execution {
  readonly n: number;
  readonly chains: ReadonlyMap<string, readonly Write[]>;
  readonly reads: readonly Read[];
  readonly session: Matrix;
  readonly realtime: Matrix;
}

/** What is wrong with a history whatever the order of versions, or the executions that explain its reads. */
interface Reading {
  readonly executions: readonly Execution[];
  /** An aborted or intermediate read, or an update on top of an aborted one. */
  readonly uncommitted: boolean;
}

const matrix = (n: number, entry: (i: number, j: number) => boolean): Matrix =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => entry(i, j)));
const union = (...all: Matrix[]): Matrix =>
  matrix(all[0]?.length ?? 0, (i, j) => all.some((m) => m[i]?.[j] === true));
const compose = (a: Matrix, b: Matrix): Matrix =>
  matrix(a.length, (i, j) => a.some((_, k) => a[i]?.[k] === true && b[k]?.[j] === true));
const cyclic = (m: Matrix): boolean => closure(m).some((row, i) => row[i] === true);

function closure(m: Matrix): Matrix {
  const c = m.map((row) => row.slice());
  for (let k = 0; k < c.length; k++) {
    for (let i = 0; i < c.length; i++) {
      if (c[i]?.[k] !== true) continue;
      for (let j = 0; j < c.length; j++) if (c[k]?.[j] === true) (c[i] as boolean[])[j] = true;
    }
  }
  return c;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

const steps = (operation: Operation): readonly Micro[] =>
  (operation.outcome === 'ok' ? operation.output : operation.input) as readonly Micro[];

/** Every execution that explains the reads, for lists or registers. */
export function readHistory(
  operations: readonly Operation[],
  workload: 'list-append' | 'rw-register',
): Reading {
  const unknown = operations.filter((operation) => operation.outcome === 'unknown');
  const executions: Execution[] = [];
  let uncommitted = false;
  for (let choice = 0; choice < 2 ** unknown.length; choice++) {
    const took = (operation: Operation): boolean =>
      operation.outcome === 'ok' ||
      (operation.outcome === 'unknown' && ((choice >> unknown.indexOf(operation)) & 1) === 1);
    const committed = operations.filter(took);
    const result =
      workload === 'list-append'
        ? listExecutions(operations, committed)
        : registerExecutions(operations, committed);
    executions.push(...result.executions);
    if (result.executions.length > 0) uncommitted = result.uncommitted;
  }
  return { executions, uncommitted };
}

function orders(committed: readonly Operation[]): { session: Matrix; realtime: Matrix } {
  const n = committed.length;
  const at = (i: number): Operation => committed[i] as Operation;
  return {
    session: matrix(n, (i, j) => at(i).process === at(j).process && at(i).id < at(j).id),
    realtime: matrix(n, (i, j) => at(i).completedAt < at(j).invokedAt),
  };
}

function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((head) => list.map((item) => [...head, item])), [[]]);
}

function listExecutions(all: readonly Operation[], committed: readonly Operation[]): Reading {
  const writes = new Map<string, Write[]>();
  committed.forEach((operation, t) =>
    steps(operation).forEach(([f, key, value], at) => {
      if (f !== 'append') return;
      writes.set(String(key), [...(writes.get(String(key)) ?? []), { t, at, value: value as number }]);
    }),
  );
  const keys = [...new Set(all.flatMap((o) => steps(o).map(([, key]) => String(key))))];
  const doomed = new Set(
    all
      .filter((o) => o.outcome === 'fail')
      .flatMap((o) =>
        steps(o)
          .filter(([f]) => f === 'append')
          .map(([, key, value]) => `${key} ${value as number}`),
      ),
  );
  const choices = keys.map((key) => chainsOf(writes.get(key) ?? [], longestRead(committed, key, doomed)));
  const executions: Execution[] = [];
  let uncommitted = false;
  for (const chosen of product(choices)) {
    const chains = new Map(keys.map((key, i) => [key, chosen[i] as Write[]]));
    const result = listReads(committed, chains, doomed);
    if (result === undefined) continue;
    uncommitted = result.uncommitted;
    executions.push({ n: committed.length, chains, reads: result.reads, ...orders(committed) });
  }
  return { executions, uncommitted };
}

/** Every order of a key's appends that begins with what was read and keeps each transaction's own order. */
function chainsOf(writes: readonly Write[], read: readonly number[]): Write[][] {
  const seen = read.flatMap((value) => writes.filter((w) => w.value === value));
  if (seen.length !== read.length || new Set(read).size !== read.length) return [];
  return permutations(writes.filter((w) => !read.includes(w.value)))
    .map((rest) => [...seen, ...rest])
    .filter((chain) =>
      chain.every((w, i) => chain.slice(0, i).every((earlier) => earlier.t !== w.t || earlier.at < w.at)),
    );
}

/** The longest read of a key that no aborted transaction had a part in; every such read must be a prefix of the order. */
function longestRead(
  committed: readonly Operation[],
  key: string,
  doomed: ReadonlySet<string>,
): readonly number[] {
  const lists = committed.flatMap((o) =>
    o.outcome === 'ok'
      ? steps(o)
          .filter(([f, k]) => f === 'r' && String(k) === key)
          .map(([, , v]) => (v ?? []) as number[])
      : [],
  );
  const clean = lists.filter((list) => !list.some((item) => doomed.has(`${key} ${item}`)));
  return clean.reduce((longest, list) => (list.length > longest.length ? list : longest), []);
}

/** The reads as numbers of versions, or undefined when these chains do not explain them. */
function listReads(
  committed: readonly Operation[],
  chains: ReadonlyMap<string, readonly Write[]>,
  doomed: ReadonlySet<string>,
): { reads: Read[]; uncommitted: boolean } | undefined {
  const reads: Read[] = [];
  let uncommitted = false;
  for (const [t, operation] of committed.entries()) {
    if (operation.outcome !== 'ok') continue;
    for (const [at, [f, rawKey, value]] of steps(operation).entries()) {
      if (f !== 'r') continue;
      const key = String(rawKey);
      const chain = chains.get(key) as readonly Write[];
      const list = (value ?? []) as number[];
      if (list.some((item) => doomed.has(`${key} ${item}`))) {
        uncommitted = true;
        continue;
      }
      if (list.length > chain.length || list.some((item, i) => chain[i]?.value !== item)) return undefined;
      const own = chain.findLastIndex((w) => w.t === t && w.at < at);
      const future = chain.findIndex((w) => w.t === t && w.at > at);
      if (own >= 0 && list.length !== own + 1) return undefined;
      if (own < 0 && future >= 0 && future < list.length) return undefined;
      if (own >= 0) continue;
      const writer = chain[list.length - 1];
      if (writer !== undefined && chain.some((w) => w.t === writer.t && w.at > writer.at)) uncommitted = true;
      else reads.push({ t, at, key, seen: list.length });
    }
  }
  return { reads, uncommitted };
}

function registerExecutions(all: readonly Operation[], committed: readonly Operation[]): Reading {
  const keys = [...new Set(all.flatMap((o) => steps(o).map(([, key]) => String(key))))];
  const finals = new Map<string, Write[]>(keys.map((key) => [key, []]));
  const halfway = new Set<string>();
  committed.forEach((operation, t) => {
    const last = new Map<string, Write>();
    steps(operation).forEach(([f, key, value], at) => {
      if (f !== 'w') return;
      const before = last.get(String(key));
      if (before !== undefined) halfway.add(`${key} ${before.value}`);
      last.set(String(key), { t, at, value: value as number });
    });
    for (const [key, write] of last) finals.get(key)?.push(write);
  });
  const doomed = new Set(
    all
      .filter((o) => o.outcome === 'fail')
      .flatMap((o) =>
        steps(o)
          .filter(([f]) => f === 'w')
          .map(([, key, value]) => `${key} ${value as number}`),
      ),
  );
  const executions: Execution[] = [];
  let uncommitted = false;
  for (const chosen of product(keys.map((key) => permutations(finals.get(key) as Write[])))) {
    const chains = new Map(keys.map((key, i) => [key, chosen[i] as Write[]]));
    const result = registerReads(committed, chains, doomed, halfway);
    if (result === undefined) return { executions: [], uncommitted: false };
    uncommitted = result.uncommitted;
    executions.push({ n: committed.length, chains, reads: result.reads, ...orders(committed) });
  }
  return { executions, uncommitted };
}

function registerReads(
  committed: readonly Operation[],
  chains: ReadonlyMap<string, readonly Write[]>,
  doomed: ReadonlySet<string>,
  halfway: ReadonlySet<string>,
): { reads: Read[]; uncommitted: boolean } | undefined {
  const reads: Read[] = [];
  let uncommitted = false;
  for (const [t, operation] of committed.entries()) {
    if (operation.outcome !== 'ok') continue;
    const own = new Map<string, unknown>();
    for (const [at, [f, rawKey, value]] of steps(operation).entries()) {
      const key = String(rawKey);
      if (f === 'w') own.set(key, value);
      else if (own.has(key)) {
        if (own.get(key) !== value) return undefined;
      } else {
        const chain = chains.get(key) as readonly Write[];
        const seen = value === null ? 0 : chain.findIndex((w) => w.value === value) + 1;
        const later = steps(operation)
          .slice(at)
          .some(([g, k, v]) => g === 'w' && String(k) === key && v === value);
        if (later) return undefined;
        if (value !== null && seen === 0) {
          if (!doomed.has(`${key} ${value as number}`) && !halfway.has(`${key} ${value as number}`))
            return undefined;
          uncommitted = true;
        } else reads.push({ t, at, key, seen });
      }
    }
  }
  return { reads, uncommitted };
}

interface Relations {
  readonly ww: Matrix;
  readonly wr: Matrix;
  /** To every later writer. */
  readonly rw: Matrix;
}

function relationsOf(e: Execution): Relations {
  const empty = (): Matrix => matrix(e.n, () => false);
  const ww = empty();
  const wr = empty();
  const rw = empty();
  const mark = (m: Matrix, i: number, j: number): void => {
    if (i !== j) (m[i] as boolean[])[j] = true;
  };
  for (const chain of e.chains.values()) {
    chain.forEach((w, i) => chain.slice(i + 1).forEach((later) => mark(ww, w.t, later.t)));
  }
  for (const read of e.reads) {
    const chain = e.chains.get(read.key) as readonly Write[];
    const writer = chain[read.seen - 1];
    if (writer !== undefined) mark(wr, writer.t, read.t);
    for (const later of chain.slice(read.seen)) mark(rw, read.t, later.t);
  }
  return { ww, wr, rw };
}

/** Every read of `t` with every later version of its key by somebody else. */
function missed(e: Execution): { read: Read; write: Write; place: number }[] {
  return e.reads.flatMap((read) =>
    (e.chains.get(read.key) as readonly Write[])
      .map((write, place) => ({ read, write, place }))
      .filter(({ write, place }) => place >= read.seen && write.t !== read.t),
  );
}

function sees(e: Execution, t: number, writer: number, before: number): boolean {
  return e.reads.some(
    (read) =>
      read.t === t &&
      read.at < before &&
      (e.chains.get(read.key) as readonly Write[])[read.seen - 1]?.t === writer,
  );
}

function lostUpdate(e: Execution): boolean {
  return missed(e).some(({ read, place }) => {
    const chain = e.chains.get(read.key) as readonly Write[];
    return chain.findIndex((w) => w.t === read.t) > place;
  });
}

function gMonotonic(e: Execution, d: Matrix, r: Relations): boolean {
  const reach = closure(d);
  return missed(e).some(({ read, write }) => {
    const from = matrix(1, () => false);
    from.length = 0;
    const comesFrom = (p: number): boolean => p === write.t || reach[write.t]?.[p] === true;
    const throughRead = e.reads.some((entry) => {
      const writer = (e.chains.get(entry.key) as readonly Write[])[entry.seen - 1];
      return (
        entry.t === read.t &&
        entry.at < read.at &&
        writer !== undefined &&
        writer.t !== read.t &&
        comesFrom(writer.t)
      );
    });
    const throughWrite = [...e.chains.values()].some((chain) =>
      chain.some(
        (own, i) =>
          own.t === read.t &&
          own.at < read.at &&
          chain.slice(0, i).some((w) => w.t !== own.t && comesFrom(w.t)),
      ),
    );
    return throughRead || (throughWrite && r.ww.length > 0);
  });
}

function gUpdate(e: Execution, r: Relations): boolean {
  const writes = new Set([...e.chains.values()].flatMap((chain) => chain.map((w) => w.t)));
  const all = union(r.ww, r.wr, r.rw);
  return Array.from({ length: e.n }, (_, t) => t).some((t) =>
    cyclic(matrix(e.n, (i, j) => all[i]?.[j] === true && [i, j].every((x) => x === t || writes.has(x)))),
  );
}

/** Whether one execution satisfies a model. */
export function satisfies(e: Execution, model: TransactionModel): boolean {
  const r = relationsOf(e);
  const none = matrix(e.n, () => false);
  const strong =
    model.startsWith('strict-') || (model.startsWith('strong-') && !model.startsWith('strong-session-'));
  const session =
    strong ||
    model.startsWith('strong-session-') ||
    ['causal', 'prefix', 'parallel-snapshot-isolation'].includes(model);
  const order = union(none, session ? e.session : none, strong ? e.realtime : none);
  const d = union(r.ww, r.wr, order);
  const base = model.replace(/^(strong-session-|strong-|strict-)/, '');
  if (base === 'read-uncommitted') return !cyclic(union(r.ww, order));
  if (cyclic(d)) return false;
  switch (base) {
    case 'read-committed':
      return true;
    case 'monotonic-atomic-view':
      return !missed(e).some(({ read, write }) => sees(e, read.t, write.t, read.at));
    case 'read-atomic':
      return !missed(e).some(
        ({ read, write }) => sees(e, read.t, write.t, Infinity) || order[write.t]?.[read.t] === true,
      );
    case 'monotonic-view':
      return !gMonotonic(e, d, r);
    case 'cursor-stability':
      return !lostUpdate(e);
    case 'causal': {
      const past = closure(union(r.wr, order));
      return !missed(e).some(({ read, write }) => past[write.t]?.[read.t] === true);
    }
    case 'consistent-view':
    case 'parallel-snapshot-isolation': {
      const reach = closure(d);
      return !missed(e).some(({ read, write }) => reach[write.t]?.[read.t] === true);
    }
    case 'prefix': {
      const visible = union(r.wr, order);
      return !cyclic(union(visible, compose(visible, r.rw), r.ww));
    }
    case 'snapshot-isolation':
      return !cyclic(union(d, compose(d, r.rw)));
    case 'update-serializable':
      return !gUpdate(e, r);
    case 'repeatable-read':
    case 'serializable':
      return !cyclic(union(d, r.rw));
    default:
      throw new Error(`no definition of ${model}`);
  }
}

/** Whether any explanation of the history satisfies the model. */
export function referenceHolds(reading: Reading, model: TransactionModel): boolean {
  const readUncommitted = model.endsWith('read-uncommitted');
  if (reading.uncommitted && !readUncommitted) return false;
  return reading.executions.some((execution) => satisfies(execution, model));
}
