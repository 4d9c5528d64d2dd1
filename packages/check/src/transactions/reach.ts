import { type DependencyGraph, PASS } from './graph.ts';

/** A place for every node such that edges of the given kinds lead forward, or undefined when those edges form a cycle. */
export function topologicalRank(
  graph: DependencyGraph,
  kinds: number,
  allowed?: Uint8Array,
): Int32Array | undefined {
  const mask = kinds | PASS;
  const waiting = new Int32Array(graph.nodes);
  const counts = (edge: number): boolean =>
    ((graph.kind[edge] as number) & mask) !== 0 &&
    (allowed === undefined ||
      (allowed[graph.from[edge] as number] === 1 && allowed[graph.to[edge] as number] === 1));
  for (let edge = 0; edge < graph.from.length; edge++) {
    if (!counts(edge)) continue;
    const to = graph.to[edge] as number;
    waiting[to] = (waiting[to] as number) + 1;
  }
  const order = new Int32Array(graph.nodes);
  let placed = 0;
  for (let node = 0; node < graph.nodes; node++) if (waiting[node] === 0) order[placed++] = node;
  const rank = new Int32Array(graph.nodes);
  for (let next = 0; next < placed; next++) {
    const node = order[next] as number;
    rank[node] = next;
    for (let at = graph.outStart[node] as number; at < (graph.outStart[node + 1] as number); at++) {
      const edge = graph.out[at] as number;
      if (!counts(edge)) continue;
      const to = graph.to[edge] as number;
      const left = (waiting[to] as number) - 1;
      waiting[to] = left;
      if (left === 0) order[placed++] = to;
    }
  }
  return placed === graph.nodes ? rank : undefined;
}

/** "Is `target` reachable from any of `sources`?" When `before` is given, only by an edge into a micro-operation ahead of it. */
export interface ReachQuery {
  readonly sources: readonly number[];
  readonly target: number;
  readonly before?: number;
}

/** A question answered yes, and the edge by which its target was reached. */
export interface ReachHit<Q extends ReachQuery> {
  readonly query: Q;
  readonly edge: number;
}

const BATCH = 32;

/**
 * Answers many reachability questions over the acyclic edges of some kinds: 32 at a time, one bit each, swept once in
 * topological order.
 */
export class ReachSweep {
  steps = 0;
  private readonly graph: DependencyGraph;
  private readonly mask: number;
  private readonly rank: Int32Array;
  private readonly nodeAt: Int32Array;
  private readonly bits: Int32Array;
  private readonly targetBits: Int32Array;

  constructor(graph: DependencyGraph, kinds: number, rank: Int32Array) {
    this.graph = graph;
    this.mask = kinds | PASS;
    this.rank = rank;
    this.nodeAt = new Int32Array(graph.nodes);
    for (let node = 0; node < graph.nodes; node++) this.nodeAt[rank[node] as number] = node;
    this.bits = new Int32Array(graph.nodes);
    this.targetBits = new Int32Array(graph.nodes);
  }

  /** Questions answered yes, one of a batch, at most so many; `'spent'` past the step limit with none. */
  answered<Q extends ReachQuery>(
    queries: readonly Q[],
    stepLimit: number,
    atMost: number,
  ): readonly ReachHit<Q>[] | 'spent' {
    const hits: ReachHit<Q>[] = [];
    for (let begin = 0; begin < queries.length && hits.length < atMost; begin += BATCH) {
      const hit = this.sweep(queries.slice(begin, begin + BATCH));
      if (hit !== undefined) hits.push(hit);
      if (this.steps > stepLimit) return hits.length === 0 ? 'spent' : hits;
    }
    return hits;
  }

  private sweep<Q extends ReachQuery>(batch: readonly Q[]): ReachHit<Q> | undefined {
    const { rank, bits, targetBits } = this;
    let low = this.graph.nodes;
    let high = -1;
    batch.forEach((query, i) => {
      targetBits[query.target] = (targetBits[query.target] as number) | (1 << i);
      high = Math.max(high, rank[query.target] as number);
      for (const source of query.sources) {
        bits[source] = (bits[source] as number) | (1 << i);
        low = Math.min(low, rank[source] as number);
      }
    });
    const hit = this.walk(batch, low, high);
    // Bits may have been set beyond the window; the whole array is cleared, since windows are short when few.
    bits.fill(0);
    for (const query of batch) targetBits[query.target] = 0;
    return hit;
  }

  private walk<Q extends ReachQuery>(
    batch: readonly Q[],
    low: number,
    high: number,
  ): ReachHit<Q> | undefined {
    const { graph, rank, bits, targetBits } = this;
    for (let place = low; place < high; place++) {
      const node = this.nodeAt[place] as number;
      const here = bits[node] as number;
      if (here === 0) continue;
      for (let at = graph.outStart[node] as number; at < (graph.outStart[node + 1] as number); at++) {
        const edge = graph.out[at] as number;
        this.steps++;
        if (((graph.kind[edge] as number) & this.mask) === 0) continue;
        const to = graph.to[edge] as number;
        if ((rank[to] as number) > high) continue;
        const hits = here & (targetBits[to] as number);
        if (hits !== 0) {
          const query = this.accept(batch, hits, edge);
          if (query !== undefined) return { query, edge };
        }
        bits[to] = (bits[to] as number) | here;
      }
    }
    return undefined;
  }

  private accept<Q extends ReachQuery>(batch: readonly Q[], hits: number, edge: number): Q | undefined {
    const at = this.graph.toOperation[edge] as number;
    return batch.find(
      (query, i) =>
        ((hits >>> i) & 1) === 1 && (query.before === undefined || (at >= 0 && at < query.before)),
    );
  }
}
