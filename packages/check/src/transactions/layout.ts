import { PROCESS, REALTIME, RW, WR, WW } from './graph.ts';
import { Int32Column } from './growable.ts';
import { orderMask } from './machine.ts';
import type { OrderLevel } from './models.ts';
import { likelyTimes } from './likelyTimes.ts';
import type { OpenGroup, OrderProblem } from './orderProblem.ts';

/**
 * How a model becomes "no cycle" over nodes:
 *
 * - `serial`: one node per transaction, every dependency an edge.
 * - `snapshot`: a begin and a commit per transaction; dependencies lead from commit to begin, an anti-dependency from
 *   begin to commit (Tan et al., Viper, EuroSys 2023: BC-polygraphs), so that two of them in a row close nothing.
 * - `prefix`: the same, but writers of one key need only commit in order.
 * - `data`: one node per transaction, anti-dependencies left out: what is forbidden beyond must be looked for.
 * - `updates`: as `serial` among transactions that wrote something; those that only read are left out.
 */
export type Layout = 'serial' | 'snapshot' | 'prefix' | 'data' | 'updates';

/** An order of two writes of one key: chosen, the edges of its side hold. */
export interface PairChoice {
  readonly group: OpenGroup;
  /** Places in the group. */
  readonly first: number;
  readonly second: number;
}

/** A problem laid out as nodes, certain edges, and pairs to be ordered. */
export class ProblemLayout {
  readonly problem: OrderProblem;
  readonly layout: Layout;
  nodes: number;
  readonly from: Int32Column = new Int32Column();
  readonly to: Int32Column = new Int32Column();
  private readonly local = new Map<number, number>();
  private readonly split: boolean;
  private readonly wrote: ReadonlySet<number>;

  constructor(problem: OrderProblem, layout: Layout, level: OrderLevel) {
    this.problem = problem;
    this.layout = layout;
    this.split = layout === 'snapshot' || layout === 'prefix';
    problem.transactions.forEach((t, i) => this.local.set(t, i));
    this.nodes = problem.transactions.length * (this.split ? 2 : 1);
    this.wrote = layout === 'updates' ? writersOf(problem) : new Set();
    this.build(orderMask(level));
  }

  begin(transaction: number): number {
    const place = this.local.get(transaction) as number;
    return this.split ? 2 * place : place;
  }

  commit(transaction: number): number {
    const place = this.local.get(transaction) as number;
    return this.split ? 2 * place + 1 : place;
  }

  commitOf(op: number): number {
    return this.commit(this.problem.transactionOf[op] as number);
  }

  /** Edges that hold when one write of a group comes before another: pairs of nodes, the writers' own first. */
  private sideEdges(group: OpenGroup, before: number, after: number, out: number[]): void {
    const { transactionOf } = this.problem;
    const earlier = transactionOf[group.writes[before] as number] as number;
    const later = transactionOf[group.writes[after] as number] as number;
    out.push(this.commit(earlier), this.layout === 'prefix' ? this.commit(later) : this.begin(later));
    for (const read of group.readers[before] as readonly number[]) {
      const reader = transactionOf[read] as number;
      if (reader !== later && this.hasAnti(reader, later)) out.push(this.begin(reader), this.commit(later));
    }
  }

  /** The edges of a pair in the one order and in the other. */
  sides({ group, first, second }: PairChoice): [number[], number[]] {
    const forward: number[] = [];
    const backward: number[] = [];
    this.sideEdges(group, first, second, forward);
    this.sideEdges(group, second, first, backward);
    return [forward, backward];
  }

  /** The transaction of a node, or -1 for a helper. */
  transactionAt(node: number): number {
    return this.problem.transactions[this.split ? node >> 1 : node] ?? -1;
  }

  /**
   * A likely order of the nodes: transactions one after another, helpers as soon as they can be. Where a transaction begins and commits
   * apart, it begins as soon as what it saw, and what it overwrote, is there: the older its snapshot, the fewer contradict it.
   */
  turns(): Float64Array {
    const { columns, transactions } = this.problem;
    const likely = likelyTimes(columns);
    const turns = new Float64Array(this.nodes).fill(Number.NEGATIVE_INFINITY);
    const sorted = transactions.toSorted((a, b) => (likely[a] as number) - (likely[b] as number) || a - b);
    sorted.forEach((t, rank) => {
      turns[this.begin(t)] = rank;
      turns[this.commit(t)] = rank;
    });
    if (this.split) this.beginEarly(turns);
    return turns;
  }

  private beginEarly(turns: Float64Array): void {
    const { known, groups, transactionOf, transactions } = this.problem;
    for (const t of transactions) turns[this.begin(t)] = -1;
    const notBefore = (t: number, other: number): void => {
      const at = (turns[this.commit(other)] as number) + 0.5;
      if (at > (turns[this.begin(t)] as number) && at < (turns[this.commit(t)] as number))
        turns[this.begin(t)] = at;
    };
    for (let i = 0; i < known.kind.length; i++) {
      if (known.kind.data[i] === WR) notBefore(known.to.data[i] as number, known.from.data[i] as number);
    }
    if (this.layout === 'prefix') return;
    for (const { writes } of groups) {
      const writers = Array.from(writes, (op) => transactionOf[op] as number);
      writers.sort((a, b) => (turns[this.commit(a)] as number) - (turns[this.commit(b)] as number));
      for (let k = 1; k < writers.length; k++) notBefore(writers[k] as number, writers[k - 1] as number);
    }
  }

  /** Whether an anti-dependency between the two is an edge of this layout. */
  hasAnti(reader: number, writer: number): boolean {
    if (this.layout === 'data') return false;
    return this.layout !== 'updates' || (this.wrote.has(reader) && this.wrote.has(writer));
  }

  private edge(from: number, to: number): void {
    this.from.push(from);
    this.to.push(to);
  }

  private depend(kind: number, from: number, to: number): void {
    if (kind === RW) {
      if (this.hasAnti(from, to)) this.edge(this.begin(from), this.commit(to));
    } else if (kind === WW && this.layout === 'prefix') this.edge(this.commit(from), this.commit(to));
    else if (this.layout !== 'updates' || kind !== WR || this.wrote.has(to))
      this.edge(this.commit(from), this.begin(to));
  }

  private build(orders: number): void {
    const { transactions, known, groups } = this.problem;
    if (this.split) for (const t of transactions) this.edge(this.begin(t), this.commit(t));
    for (let i = 0; i < known.kind.length; i++) {
      this.depend(known.kind.data[i] as number, known.from.data[i] as number, known.to.data[i] as number);
    }
    for (const group of groups) this.rootEdges(group);
    if ((orders & PROCESS) !== 0) this.processEdges();
    if ((orders & REALTIME) !== 0) this.realtimeEdges();
  }

  /** Everything of the root comes before the open writes. Readers that write themselves get edges of their own. */
  private rootEdges(group: OpenGroup): void {
    const { transactionOf } = this.problem;
    const writers = Array.from(group.writes, (op) => transactionOf[op] as number);
    const isWriter = new Set(writers);
    if (group.rootWrite >= 0) {
      const root = transactionOf[group.rootWrite] as number;
      for (const writer of writers) if (writer !== root) this.depend(WW, root, writer);
    }
    const readers = [...new Set(group.rootReaders.map((op) => transactionOf[op] as number))];
    const outside = readers.filter((t) => !isWriter.has(t));
    for (const reader of readers.filter((t) => isWriter.has(t))) {
      for (const writer of writers) if (writer !== reader) this.depend(RW, reader, writer);
    }
    if (this.layout === 'data' || outside.length === 0) return;
    if (outside.length === 1 || writers.length === 1 || this.layout === 'updates') {
      for (const reader of outside) for (const writer of writers) this.depend(RW, reader, writer);
      return;
    }
    const helper = this.nodes++;
    for (const reader of outside) this.edge(this.begin(reader), helper);
    for (const writer of writers) this.edge(helper, this.commit(writer));
  }

  private processEdges(): void {
    const { transactions, columns } = this.problem;
    const last = new Map<number, number>();
    for (const t of transactions) {
      const session = columns.session[t] as number;
      const before = last.get(session);
      if (before !== undefined) this.edge(this.commit(before), this.begin(t));
      last.set(session, t);
    }
  }

  /** Real time through a line of helpers, in the order of invocations. */
  private realtimeEdges(): void {
    const { transactions, firstAfter } = this.problem;
    const line = this.nodes;
    this.nodes += transactions.length;
    let next = 0;
    transactions.forEach((t, i) => {
      this.edge(line + i, this.begin(t));
      if (i > 0) this.edge(line + i - 1, line + i);
    });
    for (const t of transactions) {
      const after = firstAfter[t] as number;
      next = firstAtLeast(transactions, after);
      if (next < transactions.length) this.edge(this.commit(t), line + next);
    }
  }
}

function firstAtLeast(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function writersOf(problem: OrderProblem): ReadonlySet<number> {
  const { columns } = problem;
  const wrote = new Set<number>();
  for (const t of problem.transactions) {
    for (let op = columns.start[t] as number; op < (columns.start[t + 1] as number); op++) {
      if (((columns.target[op] as number) & 1) === 0) wrote.add(t);
    }
  }
  return wrote;
}
