import type { Trace, TraceEvent } from '@holdfast/trace';
import type { RunModel } from './model.ts';

/** How one event stands to another: before it, after it, or neither can have influenced the other. */
export type Relation = 'past' | 'future' | 'concurrent';

/** Logical clocks of a run, one row per event. */
export interface Causality {
  readonly nodes: number;
  /** 1 where the event counts: a node's own step, a send, a delivery. What only describes (a state, a note) does not. */
  readonly ticks: Uint8Array;
  readonly lamport: Int32Array;
  /** `nodes` numbers for each event. */
  readonly vectors: Int32Array;
  /** Hybrid logical clock: whole milliseconds of the node's wall clock since the run began, and the counter within one. */
  readonly hybridMs: Float64Array;
  readonly hybridCount: Int32Array;
}

/** Events that count on a node's logical clocks. */
const TICKING: ReadonlySet<string> = new Set([
  'boot',
  'send',
  'deliver',
  'timer',
  'store',
  'stored',
  'crash',
  'restart',
  'invoke',
  'ok',
  'fail',
  'unknown',
]);

/** More numbers than this are not kept: cones and vector stamps are then left out, which is said. */
export const MAX_VECTOR_CELLS = 40_000_000;

const known = new WeakMap<RunModel, Causality | undefined>();

/** The logical clocks of a run, computed once; undefined for a run too large for vectors. */
export function causalityOf(model: RunModel): Causality | undefined {
  if (!known.has(model)) {
    const { trace } = model;
    const cells = trace.events.length * trace.nodes.length;
    known.set(model, cells > MAX_VECTOR_CELLS ? undefined : computeCausality(trace));
  }
  return known.get(model);
}

/**
 * Stamps every event. Rules: an event that counts adds 1 to its node's entry; a delivery first takes the greater of its own
 * and the sender's, entry by entry; a lost message only reaches its sender's stamp. Lamport 1978; Fidge and Mattern 1988;
 * Kulkarni and others 2014.
 */
export function computeCausality(trace: Trace): Causality {
  const size = trace.events.length;
  const nodes = trace.nodes.length;
  const made = {
    nodes,
    ticks: new Uint8Array(size),
    lamport: new Int32Array(size),
    vectors: new Int32Array(size * nodes),
    hybridMs: new Float64Array(size),
    hybridCount: new Int32Array(size),
  };
  const latest = new Int32Array(nodes).fill(-1);
  const clocks = new WallClocks(trace);
  for (const event of trace.events) {
    const { id, node, kind } = event;
    if (node < 0 || node >= nodes) continue;
    const sent = kind === 'deliver' || kind === 'drop' ? sendOf(trace, event) : -1;
    if (kind === 'drop') {
      copy(made, sent, id);
      continue;
    }
    copy(made, latest[node] ?? -1, id);
    const counts = TICKING.has(kind);
    if (counts) {
      if (sent >= 0) merge(made, sent, id);
      made.ticks[id] = 1;
      made.lamport[id] = (made.lamport[id] ?? 0) + 1;
      const cell = id * nodes + node;
      made.vectors[cell] = (made.vectors[cell] ?? 0) + 1;
      tickHybrid(made, latest[node] ?? -1, sent, id, Math.floor(clocks.at(event) / 1000));
    }
    latest[node] = id;
  }
  return made;
}

function sendOf(trace: Trace, event: TraceEvent): number {
  const cause = trace.events[event.cause];
  return cause?.kind === 'send' && cause.message === event.message ? cause.id : -1;
}

function copy(made: Causality, from: number, to: number): void {
  if (from < 0) return;
  const { nodes, vectors } = made;
  made.lamport[to] = made.lamport[from] ?? 0;
  made.hybridMs[to] = made.hybridMs[from] ?? 0;
  made.hybridCount[to] = made.hybridCount[from] ?? 0;
  vectors.copyWithin(to * nodes, from * nodes, (from + 1) * nodes);
}

function merge(made: Causality, sent: number, id: number): void {
  const { nodes, vectors, lamport } = made;
  lamport[id] = Math.max(lamport[id] ?? 0, lamport[sent] ?? 0);
  for (let i = 0; i < nodes; i++) {
    const heard = vectors[sent * nodes + i] ?? 0;
    if (heard > (vectors[id * nodes + i] ?? 0)) vectors[id * nodes + i] = heard;
  }
}

/** The paper's rules: figure 5. */
function tickHybrid(made: Causality, before: number, sent: number, id: number, physical: number): void {
  const { hybridMs, hybridCount } = made;
  const own = before < 0 ? 0 : (hybridMs[before] ?? 0);
  const heard = sent < 0 ? Number.NEGATIVE_INFINITY : (hybridMs[sent] ?? 0);
  const l = Math.max(own, heard, physical);
  let c = 0;
  if (l === own && before >= 0) c = (hybridCount[before] ?? 0) + 1;
  else if (l === own) c = 1;
  if (l === heard) c = Math.max(c, (hybridCount[sent] ?? 0) + 1);
  hybridMs[id] = l;
  hybridCount[id] = c;
}

/** What the wall clocks of the nodes show, since the start of the run; asked in order of time. */
class WallClocks {
  private readonly readings: NonNullable<Trace['clocks']>;
  private readonly skews = new Map<number, number>();
  private next = 0;

  constructor(trace: Trace) {
    this.readings = trace.clocks ?? [];
  }

  at({ at, node }: TraceEvent): number {
    for (;;) {
      const reading = this.readings[this.next];
      if (reading === undefined || reading.at > at) break;
      this.skews.set(reading.node, reading.skewUs);
      this.next++;
    }
    return at + (this.skews.get(node) ?? 0);
  }
}

/** How `other` stands to `event`; undefined for one and the same, and for what happens at no node. */
export function relationOf(
  model: RunModel,
  causality: Causality,
  event: number,
  other: number,
): Relation | undefined {
  const a = model.trace.events[event];
  const b = model.trace.events[other];
  if (a === undefined || b === undefined || event === other || a.node < 0 || b.node < 0) return undefined;
  if (before(causality, model.trace, b, a)) return 'past';
  return before(causality, model.trace, a, b) ? 'future' : 'concurrent';
}

/** Whether `first` can have influenced `second`. */
function before(causality: Causality, trace: Trace, first: TraceEvent, second: TraceEvent): boolean {
  // A loss is felt by nobody.
  if (first.kind === 'drop') return false;
  if (second.kind === 'drop') {
    const sent = trace.events[second.cause];
    return sent !== undefined && (sent.id === first.id || before(causality, trace, first, sent));
  }
  if (first.node === second.node) return first.id < second.id;
  const { nodes, vectors, ticks } = causality;
  const own = vectors[first.id * nodes + first.node] ?? 0;
  const heard = vectors[second.id * nodes + first.node] ?? 0;
  return ticks[first.id] === 1 ? own > 0 && heard >= own : heard > own;
}

/** How many events stand how to one. */
export function coneSizes(
  model: RunModel,
  causality: Causality,
  event: number,
): Readonly<Record<Relation, number>> {
  const sizes = { past: 0, future: 0, concurrent: 0 };
  const { trace } = model;
  const own = trace.events[event];
  if (own === undefined || own.node < 0) return sizes;
  for (const other of trace.events) {
    if (other.node < 0 || other.id === event) continue;
    // An event is never before one with a smaller number.
    if (other.id < event ? before(causality, trace, other, own) : before(causality, trace, own, other)) {
      if (other.id < event) sizes.past++;
      else sizes.future++;
    } else sizes.concurrent++;
  }
  return sizes;
}

/** The kinds of stamps that can be drawn. */
export type StampKind = 'lamport' | 'vector' | 'hybrid';

/** One event's stamp: `17`, `[3 0 5]` in the order of the nodes, `12.0`; empty for what has none. */
export function stampText(causality: Causality, kind: StampKind, event: TraceEvent): string {
  if (event.node < 0) return '';
  const { nodes, vectors, lamport, hybridMs, hybridCount } = causality;
  if (kind === 'lamport') return String(lamport[event.id] ?? 0);
  if (kind === 'hybrid') return `${hybridMs[event.id] ?? 0}.${hybridCount[event.id] ?? 0}`;
  return `[${vectors.slice(event.id * nodes, (event.id + 1) * nodes).join(' ')}]`;
}

/** What a kind of stamp is called, and its rule in a sentence. */
export const STAMP_RULES: Readonly<Record<StampKind, string>> = {
  lamport:
    'Lamport stamps: every step adds 1; a receipt takes the greater of its own and the sent one first.',
  vector:
    'Vector stamps, in the order of the nodes: every step adds 1 to its own entry; a receipt takes the greater, entry by entry, first.',
  hybrid:
    'Hybrid logical stamps, milliseconds of the wall clock and a counter: never behind the own wall clock nor behind what was heard.',
};
