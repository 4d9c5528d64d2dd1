import { edgesByNode } from './graph.ts';

/** Words of reachability a closure may take; beyond that pruning is left to the search. */
export const CLOSURE_WORD_LIMIT: number = 2 ** 26;

/** Which nodes an acyclic graph's nodes lead to: one bit per pair. */
export class Closure {
  /** Words looked at. */
  steps = 0;
  private readonly words: number;
  private readonly nodes: number;
  private readonly rows: Int32Array;

  constructor(nodes: number) {
    this.nodes = nodes;
    this.words = (nodes + 31) >> 5;
    this.rows = new Int32Array(nodes * this.words);
  }

  static fits(nodes: number): boolean {
    return nodes * ((nodes + 31) >> 5) <= CLOSURE_WORD_LIMIT;
  }

  /** Computes all rows from the edges; false when they form a cycle. */
  compute(from: Int32Array, to: Int32Array): boolean {
    const { nodes, words, rows } = this;
    const order = topologicalOrder(nodes, from, to);
    if (order === undefined) return false;
    const out = edgesByNode(nodes, from);
    rows.fill(0);
    for (let i = nodes - 1; i >= 0; i--) {
      const node = order[i] as number;
      const base = node * words;
      for (let at = out.start[node] as number; at < (out.start[node + 1] as number); at++) {
        const next = to[out.edges[at] as number] as number;
        const word = base + (next >> 5);
        // Reached already, and with it everything behind it.
        if ((((rows[word] as number) >>> (next & 31)) & 1) === 1) continue;
        const other = next * words;
        for (let w = 0; w < words; w++)
          rows[base + w] = (rows[base + w] as number) | (rows[other + w] as number);
        rows[word] = (rows[word] as number) | (1 << (next & 31));
        this.steps += words;
      }
    }
    return true;
  }

  reaches(from: number, to: number): boolean {
    return (((this.rows[from * this.words + (to >> 5)] as number) >>> (to & 31)) & 1) === 1;
  }
}

/** The nodes such that edges lead forward, or undefined when they form a cycle. Edges beyond `from` are ignored. */
export function topologicalOrder(nodes: number, from: Int32Array, to: Int32Array): Int32Array | undefined {
  const out = edgesByNode(nodes, from);
  const waiting = new Int32Array(nodes);
  for (let e = 0; e < from.length; e++) waiting[to[e] as number] = (waiting[to[e] as number] as number) + 1;
  const order = new Int32Array(nodes);
  let placed = 0;
  for (let node = 0; node < nodes; node++) if (waiting[node] === 0) order[placed++] = node;
  for (let next = 0; next < placed; next++) {
    const node = order[next] as number;
    for (let at = out.start[node] as number; at < (out.start[node + 1] as number); at++) {
      const target = to[out.edges[at] as number] as number;
      const left = (waiting[target] as number) - 1;
      waiting[target] = left;
      if (left === 0) order[placed++] = target;
    }
  }
  return placed === nodes ? order : undefined;
}
