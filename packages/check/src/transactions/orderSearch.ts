import { Closure } from './closure.ts';
import { splitIntoComponents } from './components.ts';
import type { Cycle } from './cycle.ts';
import { buildGraph, RW, WW } from './graph.ts';
import { type Layout, type PairChoice, ProblemLayout } from './layout.ts';
import type { CyclePattern, OrderLevel } from './models.ts';
import type { OrderProblem } from './orderProblem.ts';
import { pruneOrders } from './prune.ts';
import { OrderSolver, type SolverResult } from './orderSolver.ts';
import { PatternSearch } from './patterns.ts';
import type { VersionedHistory } from './versions.ts';

/** Pairs of writes a search may hold in memory; a problem with more is not attempted. */
export const PAIR_LIMIT = 4_000_000;

/** What must hold of an order of versions. */
export interface OrderGoal {
  readonly layout: Layout;
  readonly level: OrderLevel;
  /** Patterns that the layout alone does not exclude and that are looked for once everything is in order. */
  readonly patterns: readonly CyclePattern[];
}

/** An order that reaches the goal. */
export interface FoundOrder {
  /** Transactions as they commit. */
  readonly order: readonly number[];
  /** Where transactions begin and commit apart: `~t` where t begins, `t` where it commits. */
  readonly events: readonly number[] | undefined;
}

/** How a search for an order of versions ended. */
export interface OrderResult {
  readonly result: SolverResult;
  readonly found: FoundOrder | undefined;
  /** Transactions that suffice to show that there is none, when pruning alone showed it; else empty. */
  readonly core: readonly number[];
  readonly steps: number;
}

/**
 * Decides whether some order of the open writes reaches the goal: every order that the certain dependencies exclude
 * is pruned to a fixpoint by reachability, the rest is searched with learning. Complete up to the step limit.
 */
export function searchOrders(problem: OrderProblem, goal: OrderGoal, stepLimit: number): OrderResult {
  return new OrderSearch(problem, goal, stepLimit).run();
}

class OrderSearch {
  private readonly problem: OrderProblem;
  private readonly goal: OrderGoal;
  private readonly stepLimit: number;
  private readonly layout: ProblemLayout;
  private steps = 0;
  /** Open pairs, and the search's choice for each by its two writes. */
  private open: PairChoice[] = [];
  private readonly choiceOf = new Map<number, number>();
  private gaveUp = false;
  private solver: OrderSolver;

  constructor(problem: OrderProblem, goal: OrderGoal, stepLimit: number) {
    this.problem = problem;
    this.goal = goal;
    this.stepLimit = stepLimit;
    this.layout = new ProblemLayout(problem, goal.layout, goal.level);
    this.solver = new OrderSolver(0);
  }

  run(): OrderResult {
    let pairs = 0;
    for (const { writes } of this.problem.groups) pairs += (writes.length * (writes.length - 1)) / 2;
    if (pairs > PAIR_LIMIT) return this.ended('spent');
    this.open = [...this.layout.pairs()];
    if (Closure.fits(this.layout.nodes)) {
      const pruned = pruneOrders(this.layout, this.open);
      this.steps += pruned.steps;
      if (pruned.core !== undefined) return this.ended('none', pruned.core);
      this.open = pruned.open;
    }
    this.solver = new OrderSolver(this.layout.nodes);
    for (let e = 0; e < this.layout.from.length; e++) {
      this.solver.certain(this.layout.from.data[e] as number, this.layout.to.data[e] as number);
    }
    const lazily = this.goal.patterns.length > 0;
    for (const pair of this.open) {
      const [first, second] = this.layout.sides(pair);
      const choice = this.solver.choice(first, second);
      const { writes } = pair.group;
      if (lazily)
        this.choiceOf.set(this.pairName(writes[pair.first] as number, writes[pair.second] as number), choice);
    }
    const result = this.solver.solve(
      this.stepLimit - this.steps,
      lazily ? () => this.refutations() : undefined,
    );
    this.steps += this.solver.steps;
    return this.ended(result === 'found' && this.gaveUp ? 'spent' : result);
  }

  private ended(result: SolverResult, core: readonly number[] = []): OrderResult {
    return { result, found: result === 'found' ? this.found() : undefined, core, steps: this.steps };
  }

  private found(): FoundOrder {
    const { layout } = this;
    const { place } = this.solver.order;
    const order = [...this.problem.transactions].sort(
      (a, b) => (place[layout.commit(a)] as number) - (place[layout.commit(b)] as number),
    );
    if (this.goal.layout !== 'snapshot') return { order, events: undefined };
    const placeOf = (event: number): number =>
      place[event < 0 ? layout.begin(~event) : layout.commit(event)] as number;
    return { order, events: [...order, ...order.map((t) => ~t)].sort((a, b) => placeOf(a) - placeOf(b)) };
  }

  private pairName(first: number, second: number): number {
    return first * this.problem.transactionOf.length + second;
  }

  private inOrder(): VersionedHistory {
    const { place } = this.solver.order;
    return this.problem.complete((write) => place[this.layout.commitOf(write)] as number);
  }

  /** Cycles that the order at hand does not exclude, as the choices that make them. */
  private refutations(): readonly (readonly number[])[] {
    const history = this.inOrder();
    const included = new Uint8Array(this.problem.columns.count);
    for (const t of this.problem.transactions) included[t] = 1;
    const refuted: number[][] = [];
    const components = splitIntoComponents(buildGraph(history, included));
    this.steps += components.steps;
    for (const graph of components.graphs) {
      const search = new PatternSearch(history, graph, this.stepLimit);
      for (const pattern of this.goal.patterns) {
        const cycle = search.find(pattern, this.goal.level);
        if (cycle === 'spent') this.gaveUp = true;
        else if (cycle !== undefined) refuted.push(this.literalsOf(history, cycle));
      }
      this.steps += search.steps;
    }
    return refuted;
  }

  private literalsOf(history: VersionedHistory, cycle: Cycle): number[] {
    const literals: number[] = [];
    for (const edge of cycle) {
      if (edge.kind !== WW && edge.kind !== RW) continue;
      const before = edge.kind === WW ? edge.fromOperation : versionRead(history, edge.fromOperation);
      if (before < 0) continue;
      const forward = this.choiceOf.get(this.pairName(before, edge.toOperation));
      const backward = this.choiceOf.get(this.pairName(edge.toOperation, before));
      if (forward !== undefined) literals.push(2 * forward);
      if (backward !== undefined) literals.push(2 * backward + 1);
    }
    return literals;
  }
}

/** The write of the version that a read returned, or -1 for the initial one. */
function versionRead(history: VersionedHistory, read: number): number {
  const key = (history.columns.target[read] as number) >> 1;
  const seen = history.position[read] as number;
  return seen === 0 ? -1 : (history.versionOperation[(history.keyStart[key] as number) + seen - 1] as number);
}
