import { type Cycle, type CycleEdge, cycleOfEdges, isSimple } from './cycle.ts';
import { type DependencyGraph, PROCESS, RW, WR, WW } from './graph.ts';
import {
  anyOf,
  type Machine,
  nonAdjacent,
  orderMask,
  prefixed,
  shortestWalk,
  strongParts,
} from './machine.ts';
import type { CyclePattern, OrderLevel } from './models.ts';
import { type ReachHit, type ReachQuery, ReachSweep, topologicalRank } from './reach.ts';
import { TransactionShapes } from './shapes.ts';
import type { VersionedHistory } from './versions.ts';

/** Which cycles to look for, in order: those that rule out the weakest models first. */
export const PATTERN_SEARCHES: readonly (readonly [pattern: CyclePattern, levels: readonly OrderLevel[]])[] =
  [
    ['G0', ['none', 'process', 'realtime']],
    ['G1c', ['none', 'process', 'realtime']],
    ['observed-vanished', ['none']],
    ['lost-update', ['none']],
    ['fractured-read', ['none', 'process']],
    ['G-monotonic', ['none']],
    ['G-causal', ['process']],
    ['G-single', ['none', 'process', 'realtime']],
    ['G-prefix', ['process']],
    ['G-nonadjacent', ['none', 'process', 'realtime']],
    ['G-update', ['none']],
    ['G2-item', ['none', 'process', 'realtime']],
  ];

/** How a search for one pattern in one component ended. */
export type PatternResult = Cycle | 'spent' | undefined;

/** Tries this many starting points for a short cycle once one is known to exist. */
const SHORT_TRIES = 12;
/** As many examples as a search for orders takes at a time. */
const SEVERAL = 64;

/** Looks for each pattern in one strongly connected component; everything in it is linear but the batched sweeps. */
export class PatternSearch {
  steps = 0;
  private readonly history: VersionedHistory;
  private readonly graph: DependencyGraph;
  private readonly stepLimit: number;
  private readonly ranks = new Map<number, Int32Array | undefined>();
  private readonly shapes: TransactionShapes;

  constructor(history: VersionedHistory, graph: DependencyGraph, stepLimit: number) {
    this.history = history;
    this.graph = graph;
    this.stepLimit = stepLimit;
    this.shapes = new TransactionShapes(history, graph);
  }

  /** An example of the pattern, shortest as far as a few tries go. */
  find(pattern: CyclePattern, level: OrderLevel): PatternResult {
    const order = orderMask(level);
    switch (pattern) {
      case 'G0':
        return this.anyCycle(anyOf(WW | order));
      case 'G1c':
        return this.cycleThrough(WR, anyOf(WW | WR | order), 0, 1);
      case 'observed-vanished':
        return this.shapes.observedVanished();
      case 'lost-update':
        return this.shapes.lostUpdate();
      case 'fractured-read':
        return this.shapes.fracturedRead(level);
      case 'G-monotonic':
        return this.oneAntiDependency(level, true);
      case 'G-causal':
        return this.staleCausal();
      case 'G-single':
        return this.oneAntiDependency(level, false);
      case 'G-prefix':
        return this.anyCycle(prefixed(level));
      case 'G-nonadjacent':
        return this.cycleThrough(RW, nonAdjacent(level), 1, 0b01);
      case 'G-update':
        return this.fewReadersOnly();
      case 'G2-item':
        return this.writeSkew() ?? this.cycleThrough(RW, anyOf(WW | WR | RW | order), 0, 1);
    }
  }

  /** Several examples of the pattern, where more than one is at hand. */
  findSeveral(pattern: CyclePattern, level: OrderLevel): readonly Cycle[] | 'spent' {
    if (pattern === 'G-single' || pattern === 'G-monotonic') {
      return this.antiDependencies(level, pattern === 'G-monotonic', SEVERAL);
    }
    const found = this.find(pattern, level);
    if (found === 'spent') return found;
    return found === undefined ? [] : [found];
  }

  /** Two transactions that each overwrote what the other read: the smallest cycle of anti-dependencies. */
  writeSkew(): Cycle | undefined {
    const { graph } = this;
    const live = graph.transactions.length;
    const seen = new Map<number, number>();
    for (let edge = 0; edge < graph.from.length; edge++) {
      if (graph.kind[edge] !== RW) continue;
      const from = graph.from[edge] as number;
      const to = graph.to[edge] as number;
      this.steps++;
      if (to >= live) continue;
      const back = seen.get(to * live + from);
      if (back !== undefined) return cycleOfEdges(graph, [back, edge]);
      seen.set(from * live + to, edge);
    }
    return undefined;
  }

  /** A short cycle of a machine that has one. */
  private anyCycle(machine: Machine, allowed?: Uint8Array): Cycle | undefined {
    const parts = strongParts(this.graph, machine, allowed);
    this.steps += parts.steps;
    if (parts.count === 0) return undefined;
    let best: readonly number[] | undefined;
    let tries = 0;
    for (let place = 0; place < parts.part.length && tries < SHORT_TRIES; place++) {
      if ((parts.part[place] as number) < 0) continue;
      const node = (place / machine.states) | 0;
      if (node >= this.graph.transactions.length) continue;
      const state = place % machine.states;
      tries++;
      const walk = shortestWalk(this.graph, machine, node, state, node, 1 << state, allowed);
      this.steps += walk?.steps ?? 0;
      if (walk !== undefined && (best === undefined || walk.edges.length < best.length)) best = walk.edges;
    }
    return best === undefined ? undefined : cycleOfEdges(this.graph, best);
  }

  /**
   * A short cycle through an edge of one kind: after it the machine is in `state`, and it may close in any of the
   * `accepted` states. Simple cycles are preferred.
   */
  private cycleThrough(kind: number, machine: Machine, state: number, accepted: number): Cycle | undefined {
    const { graph } = this;
    const { states } = machine;
    const parts = strongParts(graph, machine);
    this.steps += parts.steps;
    if (parts.count === 0) return undefined;
    let best: Cycle | undefined;
    let tries = 0;
    for (let edge = 0; edge < graph.from.length && tries < SHORT_TRIES; edge++) {
      if (graph.kind[edge] !== kind) continue;
      const from = graph.from[edge] as number;
      const to = graph.to[edge] as number;
      const part = parts.part[to * states + state] as number;
      if (part < 0 || !this.partHas(parts.part, from, states, accepted, part)) continue;
      tries++;
      const walk = shortestWalk(graph, machine, to, state, from, accepted);
      if (walk === undefined) continue;
      this.steps += walk.steps;
      const cycle = cycleOfEdges(graph, [edge, ...walk.edges]);
      if (best === undefined || better(cycle, best)) best = cycle;
    }
    return best;
  }

  private partHas(part: Int32Array, node: number, states: number, accepted: number, wanted: number): boolean {
    for (let state = 0; state < states; state++) {
      if (((accepted >> state) & 1) === 1 && part[node * states + state] === wanted) return true;
    }
    return false;
  }

  private rank(kinds: number): Int32Array | undefined {
    if (!this.ranks.has(kinds)) this.ranks.set(kinds, topologicalRank(this.graph, kinds));
    return this.ranks.get(kinds);
  }

  /** Exactly one anti-dependency; with `monotonic`, entered at an event ahead of the read it leaves from. */
  private oneAntiDependency(level: OrderLevel, monotonic: boolean): PatternResult {
    const cycles = this.antiDependencies(level, monotonic, 1);
    return cycles === 'spent' ? cycles : cycles[0];
  }

  private antiDependencies(
    level: OrderLevel,
    monotonic: boolean,
    atMost: number,
  ): readonly Cycle[] | 'spent' {
    const { graph } = this;
    const kinds = WW | WR | orderMask(level);
    const rank = this.rank(kinds);
    if (rank === undefined) return [];
    const queries: (ReachQuery & { anti: number })[] = [];
    for (let anti = 0; anti < graph.from.length; anti++) {
      if (graph.kind[anti] !== RW) continue;
      const target = graph.from[anti] as number;
      const source = graph.to[anti] as number;
      if ((rank[source] as number) >= (rank[target] as number)) continue;
      const query = { sources: [source], target, anti };
      queries.push(monotonic ? { ...query, before: graph.fromOperation[anti] as number } : query);
    }
    const hits = this.sweep(kinds, rank, queries, atMost);
    if (hits === 'spent') return hits;
    return hits.map((hit) => cycleOfEdges(graph, [hit.query.anti, ...this.walkTo(hit, kinds)]));
  }

  private sweep<Q extends ReachQuery>(
    kinds: number,
    rank: Int32Array,
    queries: Q[],
    atMost = 1,
  ): readonly ReachHit<Q>[] | 'spent' {
    // Neighbouring targets share a window of the sweep.
    queries.sort((a, b) => (rank[a.target] as number) - (rank[b.target] as number));
    const sweep = new ReachSweep(this.graph, kinds, rank);
    const hits = sweep.answered(queries, this.stepLimit - this.steps, atMost);
    this.steps += sweep.steps;
    return hits;
  }

  /** A walk from one of the sources to the target that arrives by the edge that answered the question. */
  private walkTo(hit: ReachHit<ReachQuery>, kinds: number): readonly number[] {
    const last = this.graph.from[hit.edge] as number;
    if (hit.query.sources.includes(last)) return [hit.edge];
    let best: readonly number[] | undefined;
    for (const source of hit.query.sources) {
      const walk = shortestWalk(this.graph, anyOf(kinds), source, 0, last, 1);
      this.steps += walk?.steps ?? 0;
      if (walk !== undefined && (best === undefined || walk.edges.length < best.length)) best = walk.edges;
    }
    return [...(best ?? []), hit.edge];
  }

  /** A read of a version older than one in the reader's causal past. */
  private staleCausal(): PatternResult {
    const { graph } = this;
    const rank = this.rank(WW | WR | PROCESS);
    if (rank === undefined) return undefined;
    const hits = this.sweep(WR | PROCESS, rank, this.shapes.staleReads(rank));
    if (hits === 'spent') return hits;
    const [hit] = hits;
    if (hit === undefined) return undefined;
    const back = this.walkTo(hit, WR | PROCESS);
    const first = graph.from[back[0] as number] as number;
    const newer = hit.query.newer.find((each) => each.node === first);
    const skipped: CycleEdge = {
      from: graph.transactions[hit.query.target] as number,
      to: graph.transactions[first] as number,
      kind: RW,
      fromOperation: hit.query.operation,
      toOperation: newer?.operation ?? -1,
    };
    return [skipped, ...cycleOfEdges(graph, back)];
  }

  /** A cycle in which at most one transaction wrote nothing. */
  private fewReadersOnly(): PatternResult {
    const { graph } = this;
    const kinds = WW | WR | RW;
    const writers = this.shapes.writers();
    const among = this.anyCycle(anyOf(kinds), writers);
    if (among !== undefined) return among;
    const rank = topologicalRank(graph, kinds, writers);
    if (rank === undefined) return undefined;
    for (let node = 0; node < graph.nodes; node++) if (writers[node] === 0) rank[node] = graph.nodes;
    const queries = this.throughReaders(writers, rank);
    const direct = queries.find((query) => query.sources.includes(query.target));
    const hits = direct === undefined ? this.sweep(kinds, rank, queries) : [{ query: direct }];
    if (hits === 'spent') return hits;
    const [hit] = hits;
    if (hit === undefined) return undefined;
    const { reader } = hit.query;
    writers[reader] = 1;
    const walk = shortestWalk(graph, anyOf(kinds), reader, 0, reader, 1, writers);
    return walk === undefined ? undefined : cycleOfEdges(graph, walk.edges);
  }

  /** For each transaction that only read: does anything that overwrote its reads lead to anything it read from? */
  private throughReaders(writers: Uint8Array, rank: Int32Array): (ReachQuery & { reader: number })[] {
    const { graph } = this;
    const after = new Map<number, number[]>();
    const before: (readonly [writer: number, reader: number])[] = [];
    for (let edge = 0; edge < graph.from.length; edge++) {
      const from = graph.from[edge] as number;
      const to = graph.to[edge] as number;
      if (writers[from] === 0 && graph.kind[edge] === RW) after.set(from, [...(after.get(from) ?? []), to]);
      else if (writers[to] === 0 && graph.kind[edge] === WR) before.push([from, to]);
    }
    return before.flatMap(([target, reader]) => {
      const sources = (after.get(reader) ?? []).filter(
        (node) => (rank[node] as number) <= (rank[target] as number),
      );
      return sources.length === 0 ? [] : [{ sources, target, reader }];
    });
  }
}

function better(cycle: Cycle, best: Cycle): boolean {
  const simple = isSimple(cycle);
  if (simple !== isSimple(best)) return simple;
  return cycle.length < best.length;
}
