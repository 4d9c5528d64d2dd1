import { PROCESS, WR } from './graph.ts';
import { isInterleaved } from './likelyTimes.ts';
import type { RegisterReads } from './registerReads.ts';
import { realtimeSuccessors, sessionSuccessors } from './versions.ts';

/**
 * What is certain of registers before any order of versions is chosen: who read from whom, process order, real time.
 * Transactions read from are listed once per reader.
 */
export interface CertainOrder {
  readonly reads: RegisterReads;
  /** Transaction `t` read from `sources[sourceStart[t]]` up to `sources[sourceStart[t + 1] - 1]`. */
  readonly sourceStart: Int32Array;
  readonly sources: Int32Array;
  /** The reading micro-operation that shows each source. */
  readonly sourceRead: Int32Array;
  readonly nextInSession: Int32Array;
  readonly previousInSession: Int32Array;
  readonly firstAfter: Int32Array;
}

/** Collects what is certain. Linear. */
export function certainOrder(reads: RegisterReads): CertainOrder {
  const { columns, committed, source, transactionOf } = reads;
  const { count, start } = columns;
  const sourceStart = new Int32Array(count + 1);
  const sources = new Int32Array(source.length);
  const sourceRead = new Int32Array(source.length);
  let used = 0;
  for (let t = 0; t < count; t++) {
    sourceStart[t] = used;
    if (committed[t] === 0) continue;
    const first = used;
    for (let op = start[t] as number; op < (start[t + 1] as number); op++) {
      const from = source[op] as number;
      if (from < 0) continue;
      const writer = transactionOf[from] as number;
      let known = first;
      while (known < used && sources[known] !== writer) known++;
      if (known < used) continue;
      sources[used] = writer;
      sourceRead[used++] = op;
    }
  }
  sourceStart[count] = used;
  const nextInSession = sessionSuccessors(columns, committed);
  const previousInSession = new Int32Array(count).fill(-1);
  for (let t = 0; t < count; t++) {
    const next = nextInSession[t] as number;
    if (next >= 0) previousInSession[next] = t;
  }
  return {
    reads,
    sourceStart,
    sources: sources.slice(0, used),
    sourceRead: sourceRead.slice(0, used),
    nextInSession,
    previousInSession,
    firstAfter: realtimeSuccessors(columns),
  };
}

/** Edges beside the certain ones, such as forced orders of versions: `from[i]` before `to[i]`. */
export interface ExtraEdges {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

const NO_EDGES: ExtraEdges = { from: new Int32Array(0), to: new Int32Array(0) };

/** A topological order of the certain dependencies of some kinds and of extra edges; `complete` unless they form a cycle. */
export interface CertainPlacement {
  readonly order: Int32Array;
  readonly complete: boolean;
}

/**
 * Orders the committed transactions by reads-from (`WR` in `kinds`), process order (`PROCESS`), real time where
 * `realtime` is true, and extra edges, staying as near to the order `near` as they allow. Without it, those invoked earlier
 * come first as far as possible, but where the history lists one process after another all advance side by side.
 */
export function placeCertain(
  certain: CertainOrder,
  kinds: number,
  realtime: boolean,
  extra: ExtraEdges = NO_EDGES,
  near?: Int32Array,
): CertainPlacement {
  const { reads, sourceStart, sources, previousInSession, nextInSession, firstAfter } = certain;
  const { columns, committed } = reads;
  const { count } = columns;
  const waiting = new Int32Array(count);
  const out = outgoing(count, sourceStart, sources, extra, (kinds & WR) !== 0);
  for (let i = 0; i < out.to.length; i++)
    waiting[out.to[i] as number] = (waiting[out.to[i] as number] as number) + 1;
  const sessions = (kinds & PROCESS) !== 0;
  const blockers = new Int32Array(count + 1);
  for (let t = 0; t < count; t++) {
    if (committed[t] === 0) continue;
    if (sessions && (previousInSession[t] as number) >= 0) waiting[t] = (waiting[t] as number) + 1;
    if (realtime) blockers[firstAfter[t] as number] = (blockers[firstAfter[t] as number] as number) + 1;
  }
  const order = new Int32Array(count);
  let live = 0;
  for (let t = 0; t < count; t++) live += committed[t] as number;
  let placed = 0;
  let limit = -1;
  const turns = near?.length ?? count;
  const turnOf = near && turnsOf(near, count);
  const mayAdvance = (): boolean => limit + 1 < turns && (near !== undefined || blockers[limit + 1] === 0);
  const advance = (): void => {
    const t = near === undefined ? ++limit : (near[++limit] as number);
    if (committed[t] === 1 && waiting[t] === 0) order[placed++] = t;
  };
  if (near === undefined && !columns.realtime && !isInterleaved(columns)) while (mayAdvance()) advance();
  const release = (to: number): void => {
    const left = (waiting[to] as number) - 1;
    waiting[to] = left;
    if (left === 0 && (turnOf === undefined ? to : (turnOf[to] as number)) <= limit) order[placed++] = to;
  };
  for (let next = 0; ; next++) {
    while (next === placed && mayAdvance()) advance();
    if (next === placed) break;
    const t = order[next] as number;
    for (let i = out.start[t] as number; i < (out.start[t + 1] as number); i++) release(out.to[i] as number);
    if (sessions && (nextInSession[t] as number) >= 0) release(nextInSession[t] as number);
    if (realtime) blockers[firstAfter[t] as number] = (blockers[firstAfter[t] as number] as number) - 1;
  }
  return { order: order.subarray(0, placed), complete: placed === live };
}

/** Where each transaction stands in an order. */
function turnsOf(order: Int32Array, count: number): Int32Array {
  const turn = new Int32Array(count);
  order.forEach((t, i) => {
    turn[t] = i;
  });
  return turn;
}

/** Successors by reads-from and extra edges. */
function outgoing(
  count: number,
  sourceStart: Int32Array,
  sources: Int32Array,
  extra: ExtraEdges,
  readsFrom: boolean,
): { start: Int32Array; to: Int32Array } {
  const start = new Int32Array(count + 1);
  const edges = readsFrom ? sources.length : 0;
  for (let i = 0; i < edges; i++)
    start[(sources[i] as number) + 1] = (start[(sources[i] as number) + 1] as number) + 1;
  for (let i = 0; i < extra.from.length; i++) {
    start[(extra.from[i] as number) + 1] = (start[(extra.from[i] as number) + 1] as number) + 1;
  }
  for (let t = 0; t < count; t++) start[t + 1] = (start[t + 1] as number) + (start[t] as number);
  const next = start.slice(0, count);
  const to = new Int32Array(edges + extra.from.length);
  const put = (from: number, target: number): void => {
    const place = next[from] as number;
    to[place] = target;
    next[from] = place + 1;
  };
  if (readsFrom) {
    for (let t = 0; t < count; t++) {
      for (let i = sourceStart[t] as number; i < (sourceStart[t + 1] as number); i++)
        put(sources[i] as number, t);
    }
  }
  for (let i = 0; i < extra.from.length; i++) put(extra.from[i] as number, extra.to[i] as number);
  return { start, to };
}
