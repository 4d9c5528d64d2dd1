import type { Edges } from './edges.ts';

/**
 * Why each node came to lie before a read: every time one got nearer to it, by way of which step. Steps are never changed, so
 * that a reason found once stays free of circles.
 */
export class Trail {
  private readonly nodes: number[] = [];
  private readonly vias: number[] = [];
  private readonly overs: number[] = [];
  /** The latest step of each node. */
  private readonly latest = new Map<number, number>();
  /** For each forced order the step that explained where it comes from. */
  private readonly reasons: number[] = [];

  /** Node `v` comes before what step `via` is about (-1: it is a read itself), over the forced order `over` (-1: none). Returns the step. */
  step(v: number, via: number, over: number): number {
    const step = this.nodes.push(v) - 1;
    this.vias.push(via);
    this.overs.push(over);
    this.latest.set(v, step);
    return step;
  }

  /** The latest step of a node, or -1. */
  at(v: number): number {
    return this.latest.get(v) ?? -1;
  }

  /** The next forced order comes from this node. */
  edge(from: number): void {
    this.reasons.push(this.at(from));
  }

  /** Adds the nodes behind a forced order, found by its ends and its read. */
  collectEdge(
    step: { readonly from: number; readonly to: number; readonly read: number },
    edges: Edges,
    core: Set<number>,
  ): void {
    for (let e = 0; e < edges.length; e++) {
      if (edges.from[e] !== step.from || edges.to[e] !== step.to || edges.read[e] !== step.read) continue;
      core.add(step.from).add(step.to).add(step.read);
      this.collect(this.reasons[e] as number, edges, core);
      return;
    }
  }

  /** Adds the nodes behind a step: the way to the read, and what forced the orders on it. */
  collect(first: number, edges: Edges, core: Set<number>): void {
    const seen = new Set<number>();
    const open = [first];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      if (step === -1 || seen.has(step)) continue;
      seen.add(step);
      core.add(this.nodes[step] as number);
      open.push(this.vias[step] as number);
      const over = this.overs[step] as number;
      if (over === -1) continue;
      core
        .add(edges.from[over] as number)
        .add(edges.to[over] as number)
        .add(edges.read[over] as number);
      open.push(this.reasons[over] as number);
    }
  }
}
