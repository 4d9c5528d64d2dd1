import { Closure, topologicalOrder } from './closure.ts';
import { edgesByNode } from './graph.ts';
import type { PairChoice, ProblemLayout } from './layout.ts';

/** What pruning left. */
export interface Pruned {
  /** Pairs both of whose orders are still possible. */
  readonly open: PairChoice[];
  /** Transactions that suffice to show that no order will do; undefined when none was shown. */
  readonly core: readonly number[] | undefined;
  readonly steps: number;
}

/** Why an edge was added: the pair settled, and the edge of its other order that would have closed a cycle. */
interface Settlement {
  readonly pair: PairChoice;
  readonly closing: readonly [from: number, to: number];
}

/**
 * Settles every pair of writes one of whose orders would close a cycle with what is certain, adding the edges of the
 * other order to the layout, until nothing changes (Tan et al., Cobra, OSDI 2020, section 3.3).
 */
export function pruneOrders(layout: ProblemLayout, pairs: readonly PairChoice[]): Pruned {
  return new Pruner(layout, pairs).run();
}

class Pruner {
  private readonly layout: ProblemLayout;
  private readonly closure: Closure;
  private open: PairChoice[];
  private steps = 0;
  private readonly settlements: Settlement[] = [];
  /** Edges before this one are certain; after it, each has a settlement. */
  private readonly certainEdges: number;
  private readonly settlementOf: number[] = [];

  constructor(layout: ProblemLayout, pairs: readonly PairChoice[]) {
    this.layout = layout;
    this.open = [...pairs];
    this.closure = new Closure(layout.nodes);
    this.certainEdges = layout.from.length;
  }

  run(): Pruned {
    for (;;) {
      const { from, to } = this.layout;
      if (!this.closure.compute(from.values(), to.values())) return this.ended(this.coreOfCycle());
      const before = this.open.length;
      const left: PairChoice[] = [];
      for (const pair of this.open) {
        const [first, second] = this.layout.sides(pair);
        const firstCloses = this.closing(first);
        const secondCloses = this.closing(second);
        if (firstCloses !== undefined && secondCloses !== undefined) {
          const all = [firstCloses, secondCloses].map((closing): Settlement => ({ pair, closing }));
          return this.ended(this.coreOf(all));
        }
        if (firstCloses !== undefined) this.settle({ pair, closing: firstCloses }, second);
        else if (secondCloses !== undefined) this.settle({ pair, closing: secondCloses }, first);
        else left.push(pair);
      }
      this.open = left;
      if (left.length === before) return this.ended(undefined);
    }
  }

  private ended(core: readonly number[] | undefined): Pruned {
    return { open: this.open, core, steps: this.steps + this.closure.steps };
  }

  /** The first edge that would close a cycle. */
  private closing(edges: readonly number[]): readonly [number, number] | undefined {
    for (let i = 0; i < edges.length; i += 2) {
      const from = edges[i] as number;
      const to = edges[i + 1] as number;
      this.steps++;
      if (this.closure.reaches(to, from)) return [from, to];
    }
    return undefined;
  }

  private settle(settlement: Settlement, edges: readonly number[]): void {
    const number = this.settlements.push(settlement) - 1;
    for (let i = 0; i < edges.length; i += 2) {
      const from = edges[i] as number;
      const to = edges[i + 1] as number;
      if (this.closure.reaches(from, to)) continue;
      this.layout.from.push(from);
      this.layout.to.push(to);
      this.settlementOf.push(number);
    }
  }

  /** The transactions of a cycle among the edges: the shortest beginning of them that has one ends with its last edge. */
  private coreOfCycle(): readonly number[] {
    const from = this.layout.from.values();
    const to = this.layout.to.values();
    let acyclic = 0;
    let cyclic = from.length;
    while (cyclic - acyclic > 1) {
      const middle = (acyclic + cyclic) >>> 1;
      this.steps += middle;
      if (topologicalOrder(this.layout.nodes, from.subarray(0, middle), to) === undefined) cyclic = middle;
      else acyclic = middle;
    }
    const explorer = this.explorer();
    explorer.blameEdge(cyclic - 1);
    explorer.explain(to[cyclic - 1] as number, from[cyclic - 1] as number, cyclic - 1);
    return explorer.core();
  }

  private coreOf(settlements: readonly Settlement[]): readonly number[] {
    const explorer = this.explorer();
    for (const settlement of settlements) explorer.blame(settlement, this.layout.from.length);
    return explorer.core();
  }

  private explorer(): CoreExplorer {
    return new CoreExplorer(this.layout, this.certainEdges, this.settlements, this.settlementOf);
  }
}

/** Collects the transactions that a contradiction rests on: paths, and for each settled edge on them the reason it was settled. */
class CoreExplorer {
  private readonly layout: ProblemLayout;
  private readonly certainEdges: number;
  private readonly settlements: readonly Settlement[];
  private readonly settlementOf: readonly number[];
  private readonly transactions = new Set<number>();
  private readonly explained = new Set<number>();
  private readonly out: { start: Int32Array; edges: Int32Array };

  constructor(
    layout: ProblemLayout,
    certainEdges: number,
    settlements: readonly Settlement[],
    settlementOf: readonly number[],
  ) {
    this.layout = layout;
    this.certainEdges = certainEdges;
    this.settlements = settlements;
    this.settlementOf = settlementOf;
    this.out = edgesByNode(layout.nodes, layout.from.values());
  }

  core(): readonly number[] {
    return [...this.transactions];
  }

  blame({ pair, closing: [from, to] }: Settlement, before: number): void {
    const { transactionOf } = this.layout.problem;
    for (const place of [pair.first, pair.second]) {
      this.transactions.add(transactionOf[pair.group.writes[place] as number] as number);
    }
    this.explain(to, from, before);
  }

  blameEdge(edge: number): void {
    for (const node of [this.layout.from.data[edge] as number, this.layout.to.data[edge] as number]) {
      const t = this.layout.transactionAt(node);
      if (t >= 0) this.transactions.add(t);
    }
    const number = edge < this.certainEdges ? undefined : this.settlementOf[edge - this.certainEdges];
    if (number === undefined || this.explained.has(number)) return;
    this.explained.add(number);
    this.blame(this.settlements[number] as Settlement, edge);
  }

  /** Follows a path over edges older than `before` and blames each of them; false when there is none. */
  explain(from: number, to: number, before: number): boolean {
    const { layout, out } = this;
    const reachedBy = new Map<number, number>([[from, -1]]);
    const queue = [from];
    for (const node of queue) {
      if (node === to) break;
      for (let at = out.start[node] as number; at < (out.start[node + 1] as number); at++) {
        const edge = out.edges[at] as number;
        const next = layout.to.data[edge] as number;
        if (edge >= before || reachedBy.has(next)) continue;
        reachedBy.set(next, edge);
        queue.push(next);
      }
    }
    if (!reachedBy.has(to)) return false;
    for (let node = to; node !== from; ) {
      const edge = reachedBy.get(node) as number;
      this.blameEdge(edge);
      node = layout.from.data[edge] as number;
    }
    return true;
  }
}
