import { type DependencyGraph, PASS, PROCESS, REALTIME, RW, WR, WW } from './graph.ts';
import type { OrderLevel } from './models.ts';

const KINDS = 64;

/**
 * Which sequences of edges count: a small automaton over kinds of edges. A cycle is a walk that comes back to the
 * same node in the same state.
 */
export interface Machine {
  readonly states: number;
  /** `next[state * 64 + kind]`: the state after an edge of that kind, or -1. */
  readonly next: Int8Array;
}

function machine(
  states: number,
  rules: readonly (readonly [state: number, kinds: number, next: number])[],
): Machine {
  const next = new Int8Array(states * KINDS).fill(-1);
  for (const [state, kinds, to] of rules) {
    for (let kind = 1; kind < PASS; kind *= 2) if ((kinds & kind) !== 0) next[state * KINDS + kind] = to;
  }
  for (let state = 0; state < states; state++) next[state * KINDS + PASS] = state;
  return { states, next };
}

/** The orders beside the data that a level counts as dependencies. */
export function orderMask(level: OrderLevel): number {
  if (level === 'none') return 0;
  return level === 'process' ? PROCESS : PROCESS | REALTIME;
}

/** Any walk over edges of these kinds. */
export function anyOf(kinds: number): Machine {
  return machine(1, [[0, kinds, 0]]);
}

/** No two anti-dependencies in a row: state 1 says that the last edge was one. */
export function nonAdjacent(level: OrderLevel): Machine {
  const dependency = WW | WR | orderMask(level);
  return machine(2, [
    [0, dependency, 0],
    [1, dependency, 0],
    [0, RW, 1],
  ]);
}

/** An anti-dependency only right after a wr or an order: state 1 says that the last edge was one of those. */
export function prefixed(level: OrderLevel): Machine {
  const visible = WR | orderMask(level);
  return machine(2, [
    [0, WW, 0],
    [1, WW, 0],
    [0, visible, 1],
    [1, visible, 1],
    [1, RW, 0],
  ]);
}

/** Strongly connected parts of a graph walked by a machine: `part[node * states + state]`, parts of one node are -1. */
export interface Parts {
  readonly part: Int32Array;
  readonly count: number;
  readonly steps: number;
}

/** Tarjan's algorithm, iterative, over pairs of node and state; `allowed` leaves nodes out. */
export function strongParts(graph: DependencyGraph, machine: Machine, allowed?: Uint8Array): Parts {
  return new PartFinder(graph, machine, allowed).run();
}

class PartFinder {
  private readonly graph: DependencyGraph;
  private readonly machine: Machine;
  private readonly allowed: Uint8Array | undefined;
  private readonly index: Int32Array;
  private readonly low: Int32Array;
  private readonly cursor: Int32Array;
  private readonly part: Int32Array;
  private readonly stack: Int32Array;
  private readonly path: Int32Array;
  private readonly onStack: Uint8Array;
  private held = 0;
  private depth = 0;
  private clock = 0;
  private count = 0;
  private steps = 0;

  constructor(graph: DependencyGraph, machine: Machine, allowed: Uint8Array | undefined) {
    const size = graph.nodes * machine.states;
    this.graph = graph;
    this.machine = machine;
    this.allowed = allowed;
    this.index = new Int32Array(size).fill(-1);
    this.low = new Int32Array(size);
    this.cursor = new Int32Array(size);
    this.part = new Int32Array(size).fill(-1);
    this.stack = new Int32Array(size);
    this.path = new Int32Array(size);
    this.onStack = new Uint8Array(size);
  }

  run(): Parts {
    const { states } = this.machine;
    for (let node = 0; node < this.graph.nodes; node++) {
      if (this.allowed !== undefined && this.allowed[node] === 0) continue;
      for (let state = 0; state < states; state++) {
        if (this.index[node * states + state] === -1) this.explore(node * states + state);
      }
    }
    return { part: this.part, count: this.count, steps: this.steps };
  }

  private enter(place: number): void {
    this.index[place] = this.clock;
    this.low[place] = this.clock++;
    this.cursor[place] = this.graph.outStart[(place / this.machine.states) | 0] as number;
    this.stack[this.held++] = place;
    this.path[this.depth++] = place;
    this.onStack[place] = 1;
  }

  private explore(root: number): void {
    const { low } = this;
    this.enter(root);
    while (this.depth > 0) {
      const place = this.path[this.depth - 1] as number;
      const below = this.nextBelow(place);
      if (below >= 0) {
        this.enter(below);
        continue;
      }
      this.depth--;
      if (this.depth > 0) {
        const parent = this.path[this.depth - 1] as number;
        if ((low[place] as number) < (low[parent] as number)) low[parent] = low[place] as number;
      }
      if (low[place] === this.index[place]) this.close(place);
    }
  }

  /** The next place to enter from this one, or -1 when all its edges are done. */
  private nextBelow(place: number): number {
    const { graph, machine, index, low } = this;
    const { states, next } = machine;
    const node = (place / states) | 0;
    const row = (place % states) * KINDS;
    const end = graph.outStart[node + 1] as number;
    let cursor = this.cursor[place] as number;
    let below = -1;
    while (cursor < end && below < 0) {
      const edge = graph.out[cursor++] as number;
      this.steps++;
      const state = next[row + (graph.kind[edge] as number)] as number;
      const to = graph.to[edge] as number;
      if (state < 0 || (this.allowed !== undefined && this.allowed[to] === 0)) continue;
      const target = to * states + state;
      if (index[target] === -1) below = target;
      else if (this.onStack[target] === 1 && (index[target] as number) < (low[place] as number)) {
        low[place] = index[target] as number;
      }
    }
    this.cursor[place] = cursor;
    return below;
  }

  private close(root: number): void {
    const alone = this.stack[this.held - 1] === root;
    for (;;) {
      const place = this.stack[--this.held] as number;
      this.onStack[place] = 0;
      if (!alone) this.part[place] = this.count;
      if (place === root) break;
    }
    if (!alone) this.count++;
  }
}

/**
 * The shortest walk from a node in a state back to `target` in one of the `accepted` states (a bit mask), of at least
 * one edge; helper edges count nothing. Stays inside `parts` where given. Undefined when there is none.
 */
export function shortestWalk(
  graph: DependencyGraph,
  machine: Machine,
  from: number,
  fromState: number,
  target: number,
  accepted: number,
  allowed?: Uint8Array,
): { readonly edges: readonly number[]; readonly steps: number } | undefined {
  const { states, next } = machine;
  const reachedBy = new Map<number, number>();
  const cameFrom = new Map<number, number>();
  let level = [from * states + fromState];
  let steps = 0;
  while (level.length > 0) {
    const later: number[] = [];
    for (let i = 0; i < level.length; i++) {
      const place = level[i] as number;
      const node = (place / states) | 0;
      const row = (place % states) * KINDS;
      const end = graph.outStart[node + 1] as number;
      for (let at = graph.outStart[node] as number; at < end; at++) {
        const edge = graph.out[at] as number;
        const kind = graph.kind[edge] as number;
        const state = next[row + kind] as number;
        const to = graph.to[edge] as number;
        steps++;
        if (state < 0 || (allowed !== undefined && allowed[to] === 0)) continue;
        const place2 = to * states + state;
        if (reachedBy.has(place2)) continue;
        reachedBy.set(place2, edge);
        cameFrom.set(place2, place);
        if (to === target && ((accepted >> state) & 1) === 1) {
          return { edges: unwind(reachedBy, cameFrom, place2, from * states + fromState), steps };
        }
        (kind === PASS ? level : later).push(place2);
      }
    }
    level = later;
  }
  return undefined;
}

function unwind(
  reachedBy: ReadonlyMap<number, number>,
  cameFrom: ReadonlyMap<number, number>,
  end: number,
  start: number,
): readonly number[] {
  const edges: number[] = [];
  for (let place = end; ; ) {
    edges.push(reachedBy.get(place) as number);
    place = cameFrom.get(place) as number;
    if (place === start) return edges.reverse();
  }
}
