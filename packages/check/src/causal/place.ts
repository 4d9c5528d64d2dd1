import { Edges } from './edges.ts';
import type { Registers } from './registers.ts';

/** What an order of nodes must respect beside the order of each session. */
export interface PlaceOptions {
  /** Further orders. */
  readonly edges?: Edges;
  /** The session whose reads alone come behind the writes they read from; all sessions unless told otherwise. */
  readonly onlyReadsOf?: number;
  /** Nodes of session `s` from `ends[s]` on are left out; no node that stays depends on them. */
  readonly ends?: Int32Array;
}

/** How far an order of nodes gets. */
export interface Placement {
  /** The nodes placed, in order. */
  readonly order: Int32Array;
  /** False when there is a cycle. */
  readonly complete: boolean;
  /** Of each session the first node not placed. */
  readonly heads: Int32Array;
  readonly steps: number;
}

/** One step around a cycle: `from` comes before `to`. */
export interface CycleStep {
  readonly from: number;
  readonly to: number;
  /** `session`: both are of one; `read`: `to` read what `from` wrote; `seen`: because of what `read` saw. */
  readonly kind: 'session' | 'read' | 'seen';
  /** The read behind a `seen` step; -1 for the others. */
  readonly read: number;
}

/** Orders nodes by sessions, sources of reads and further edges; among the possible orders one close to the history's. Linear. */
export function placeNodes(registers: Registers, options: PlaceOptions = {}): Placement {
  return new Placer(registers, options).run();
}

class Placer {
  private readonly registers: Registers;
  private readonly ends: Int32Array;
  /** Predecessors not placed yet, that of the session aside. */
  private readonly pending: Int32Array;
  private readonly firstAfter: Int32Array;
  private readonly after: Int32Array;
  private readonly heads: Int32Array;
  /** Of each session how far the history's order has come. */
  private readonly limits: Int32Array;
  private readonly order: Int32Array;
  private readonly awake: number[] = [];
  private placed = 0;

  constructor(registers: Registers, options: PlaceOptions) {
    const { count, sessions, sessionStart, sessionOf, source } = registers;
    const { edges = new Edges(), onlyReadsOf = -1 } = options;
    this.registers = registers;
    this.ends = options.ends ?? sessionStart.subarray(1);
    this.pending = new Int32Array(count);
    this.heads = sessionStart.slice(0, sessions);
    this.limits = this.heads.slice();
    this.order = new Int32Array(count);
    const reads = (v: number): boolean =>
      (source[v] as number) >= 0 && (onlyReadsOf === -1 || sessionOf[v] === onlyReadsOf);
    this.firstAfter = new Int32Array(count + 1);
    const { firstAfter, pending } = this;
    const tally = (from: number, to: number): void => {
      firstAfter[from + 1] = (firstAfter[from + 1] as number) + 1;
      pending[to] = (pending[to] as number) + 1;
    };
    for (let v = 0; v < count; v++) if (reads(v)) tally(source[v] as number, v);
    for (let e = 0; e < edges.length; e++) tally(edges.from[e] as number, edges.to[e] as number);
    for (let v = 0; v < count; v++)
      firstAfter[v + 1] = (firstAfter[v + 1] as number) + (firstAfter[v] as number);
    this.after = new Int32Array(firstAfter[count] as number);
    const next = firstAfter.slice();
    const link = (from: number, to: number): void => {
      const at = next[from] as number;
      next[from] = at + 1;
      this.after[at] = to;
    };
    for (let v = 0; v < count; v++) if (reads(v)) link(source[v] as number, v);
    for (let e = 0; e < edges.length; e++) link(edges.from[e] as number, edges.to[e] as number);
  }

  run(): Placement {
    const { inOrder, sessionOf, sessions, sessionStart } = this.registers;
    const { heads, limits, ends, awake } = this;
    for (const v of inOrder) {
      const s = sessionOf[v] as number;
      limits[s] = v + 1;
      if (heads[s] !== v) continue;
      this.goOn(s);
      for (let woken = awake.pop(); woken !== undefined; woken = awake.pop()) this.goOn(woken);
    }
    let wanted = 0;
    for (let s = 0; s < sessions; s++) wanted += (ends[s] as number) - (sessionStart[s] as number);
    return {
      order: this.order.subarray(0, this.placed),
      complete: this.placed === wanted,
      heads,
      steps: this.after.length + this.placed,
    };
  }

  /** Places what it can of a session. */
  private goOn(s: number): void {
    const { heads, pending, firstAfter, after, awake } = this;
    const { sessionOf } = this.registers;
    const end = Math.min(this.limits[s] as number, this.ends[s] as number);
    for (let v = heads[s] as number; v < end && pending[v] === 0; v++) {
      heads[s] = v + 1;
      this.order[this.placed++] = v;
      const last = firstAfter[v + 1] as number;
      for (let i = firstAfter[v] as number; i < last; i++) {
        const u = after[i] as number;
        pending[u] = (pending[u] as number) - 1;
        const other = sessionOf[u] as number;
        if (pending[u] === 0 && heads[other] === u && other !== s) awake.push(other);
      }
    }
  }
}

/** The positions of nodes in an order; -1 for nodes that are not in it. */
export function positions(order: Int32Array, count: number): Int32Array {
  const places = new Int32Array(count).fill(-1);
  for (let i = 0; i < order.length; i++) places[order[i] as number] = i;
  return places;
}

/** A cycle that kept a placement from being complete, as steps each beginning where the one before ended. */
export function findCycle(registers: Registers, options: PlaceOptions, placement: Placement): CycleStep[] {
  const { sessions, sessionOf, sessionStart, source } = registers;
  const { edges = new Edges(), onlyReadsOf = -1, ends = sessionStart.subarray(1) } = options;
  const { heads } = placement;
  const isOpen = (v: number): boolean => v >= (heads[sessionOf[v] as number] as number);
  const blockers = new Map<number, CycleStep>();
  for (let e = 0; e < edges.length; e++) {
    const [from, to, read] = [edges.from[e] as number, edges.to[e] as number, edges.read[e] as number];
    if (heads[sessionOf[to] as number] === to && isOpen(from))
      blockers.set(to, { from, to, kind: 'seen', read });
  }
  const blockerOf = (v: number): CycleStep | undefined => {
    const from = source[v] as number;
    const reads = from >= 0 && (onlyReadsOf === -1 || sessionOf[v] === onlyReadsOf);
    return reads && isOpen(from) ? { from, to: v, kind: 'read', read: -1 } : blockers.get(v);
  };
  let s = 0;
  while (s < sessions && (heads[s] as number) >= (ends[s] as number)) s++;
  const steps: CycleStep[] = [];
  const metAt = new Map<number, number>();
  // Backwards from head to head: each waits for something that the head of its session comes before.
  while (!metAt.has(s)) {
    metAt.set(s, steps.length);
    const blocker = blockerOf(heads[s] as number);
    if (blocker === undefined)
      throw new Error('Cannot find a cycle as nothing holds up the first node of a session');
    steps.push(blocker);
    s = sessionOf[blocker.from] as number;
    const head = heads[s] as number;
    if (head !== blocker.from) steps.push({ from: head, to: blocker.from, kind: 'session', read: -1 });
  }
  return steps.slice(metAt.get(s)).reverse();
}
