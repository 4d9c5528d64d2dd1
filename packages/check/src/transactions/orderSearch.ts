import { Closure } from './closure.ts';
import { splitIntoComponents } from './components.ts';
import type { Cycle } from './cycle.ts';
import { buildGraph, RW, WW } from './graph.ts';
import { type Layout, type PairChoice, ProblemLayout } from './layout.ts';
import type { CyclePattern, OrderLevel } from './models.ts';
import type { OpenGroup, OrderProblem } from './orderProblem.ts';
import { pruneOrders } from './prune.ts';
import { type Extension, OrderSolver, type SolverResult } from './orderSolver.ts';
import { PatternSearch } from './patterns.ts';
import type { VersionedHistory } from './versions.ts';
import { violatedPairs } from './violatedPairs.ts';

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
 * Decides whether some order of the open writes reaches the goal. The transactions are arranged as the certain
 * dependencies allow, near a likely order; pairs of writes that the arrangement leaves inconsistent become alternatives, and
 * are searched with learning until an arrangement has none. Complete up to the step limit.
 */
export function searchOrders(problem: OrderProblem, goal: OrderGoal, stepLimit: number): OrderResult {
  return new OrderSearch(problem, goal, stepLimit).run();
}

class OrderSearch {
  private readonly problem: OrderProblem;
  private readonly goal: OrderGoal;
  private readonly stepLimit: number;
  private readonly layout: ProblemLayout;
  private readonly solver: OrderSolver;
  private steps = 0;
  /** Pairs under search, and the number of each by its two writes. */
  private readonly pairs: PairChoice[] = [];
  private readonly choiceOf = new Map<number, number>();
  private gaveUp = false;

  constructor(problem: OrderProblem, goal: OrderGoal, stepLimit: number) {
    this.problem = problem;
    this.goal = goal;
    this.stepLimit = stepLimit;
    this.layout = new ProblemLayout(problem, goal.layout, goal.level);
    this.solver = new OrderSolver(this.layout.nodes, this.layout.turns());
  }

  run(): OrderResult {
    const { from, to } = this.layout;
    for (let e = 0; e < from.length; e++) this.solver.certain(from.data[e] as number, to.data[e] as number);
    const solved = this.solver.solve(this.stepLimit, () => this.extend());
    this.steps += this.solver.steps;
    const result = solved === 'found' && this.gaveUp ? 'spent' : solved;
    return {
      result,
      found: result === 'found' ? this.found() : undefined,
      core: result === 'none' ? this.core() : [],
      steps: this.steps,
    };
  }

  /** Transactions that suffice to show that there is no order, or those whose writes were compared. */
  private core(): readonly number[] {
    if (Closure.fits(this.layout.nodes)) {
      const { core } = pruneOrders(this.layout, this.pairs);
      if (core !== undefined) return core;
    }
    return [];
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

  private extend(): Extension {
    const before = this.pairs.length;
    this.steps += this.problem.transactions.length;
    if (this.steps > this.stepLimit) {
      this.gaveUp = true;
      return { added: false, refuted: [] };
    }
    for (const pair of violatedPairs(this.layout, this.solver.order.place)) this.choiceFor(pair);
    if (this.pairs.length > before || this.goal.patterns.length === 0) {
      return { added: this.pairs.length > before, refuted: [] };
    }
    return { added: false, refuted: this.refutations() };
  }

  private choiceFor(pair: PairChoice): number {
    const { writes } = pair.group;
    const name = this.pairName(writes[pair.first] as number, writes[pair.second] as number);
    const known = this.choiceOf.get(name);
    if (known !== undefined) return known;
    const [first, second] = this.layout.sides(pair);
    const choice = this.solver.choice(first, second);
    this.pairs.push(pair);
    this.choiceOf.set(name, choice);
    return choice;
  }

  private pairName(first: number, second: number): number {
    return first * this.problem.transactionOf.length + second;
  }

  /** Cycles that the arrangement at hand does not exclude, as the choices that make them. */
  private refutations(): readonly (readonly number[])[] {
    const { place } = this.solver.order;
    const history = this.problem.complete((write) => place[this.layout.commitOf(write)] as number);
    const included = new Uint8Array(this.problem.columns.count);
    for (const t of this.problem.transactions) included[t] = 1;
    const refuted: number[][] = [];
    const components = splitIntoComponents(buildGraph(history, included));
    this.steps += components.steps;
    for (const graph of components.graphs) {
      const search = new PatternSearch(history, graph, this.stepLimit);
      for (const pattern of this.goal.patterns) {
        const cycles = search.findSeveral(pattern, this.goal.level);
        if (cycles === 'spent') this.gaveUp = true;
        else for (const cycle of cycles) refuted.push(this.literalsOf(history, cycle));
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
      const literal = before < 0 ? undefined : this.literalOf(before, edge.toOperation);
      if (literal !== undefined) literals.push(literal);
    }
    return literals;
  }

  /** The literal that says that one open write comes before another of its key; undefined when that is certain. */
  private literalOf(before: number, after: number): number | undefined {
    const places = this.placesInGroup();
    const first = places.get(before);
    const second = places.get(after);
    if (first === undefined || second === undefined) return undefined;
    const { group } = first;
    const forward = first.place < second.place;
    const pair = {
      group,
      first: Math.min(first.place, second.place),
      second: Math.max(first.place, second.place),
    };
    return 2 * this.choiceFor(pair) + (forward ? 0 : 1);
  }

  private places: Map<number, { group: OpenGroup; place: number }> | undefined;

  private placesInGroup(): ReadonlyMap<number, { group: OpenGroup; place: number }> {
    if (this.places === undefined) {
      this.places = new Map();
      for (const group of this.problem.groups) {
        for (let place = 0; place < group.writes.length; place++) {
          this.places.set(group.writes[place] as number, { group, place });
        }
      }
    }
    return this.places;
  }
}

/** The write of the version that a read returned, or -1 for the initial one. */
function versionRead(history: VersionedHistory, read: number): number {
  const key = (history.columns.target[read] as number) >> 1;
  const seen = history.position[read] as number;
  return seen === 0 ? -1 : (history.versionOperation[(history.keyStart[key] as number) + seen - 1] as number);
}
