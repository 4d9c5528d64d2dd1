import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { ClassTable } from './classes.ts';
import { Arena } from './ints.ts';
import { Lookahead } from './lookahead.ts';
import { Objects } from './objects.ts';
import { layOut, type Problem } from './problem.ts';
import {
  ALL_REDUCTIONS,
  type Foresight,
  type Reductions,
  Search,
  type SearchOptions,
  type SearchStatus,
} from './search.ts';

/** One object's history under judgement; can be paused and resumed. */
export class PartJudge<S> {
  /** By invocation. */
  readonly operations: readonly Operation[];
  status: SearchStatus = 'paused';
  private readonly problem: Problem;
  private readonly objects: Objects<S>;
  private readonly reductions: Reductions;
  private readonly foresight: Lookahead<S> | undefined;
  private readonly search: Search;

  constructor(
    operations: readonly Operation[],
    model: Model<S>,
    reductions: Reductions = ALL_REDUCTIONS,
    arena: Arena = new Arena(),
  ) {
    const classes = new ClassTable(model, arena);
    this.operations = operations;
    this.reductions = reductions;
    this.problem = layOut(operations, classes, arena);
    this.objects = new Objects(model, classes.representatives, arena);
    if (reductions.foresight && model.canReach !== undefined) {
      this.foresight = new Lookahead(this.problem, model, this.objects, arena);
    }
    const { foresight } = this;
    this.search = new Search(this.problem, this.objects.rules, arena, { reductions, foresight });
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.search.steps;
  }

  /** Goes on for at most about `steps` steps. */
  goOn(steps: number): SearchStatus {
    if (this.status === 'paused') this.status = this.search.run(this.search.steps + steps);
    return this.status;
  }

  /** Positions of the operations in the order found, once the part holds. */
  order(): Int32Array {
    return this.search.linearization();
  }

  /**
   * The operation at whose completion the history became impossible to explain, once the part is violated: up to
   * any earlier completion there is an order. Foresight may have ended the search ahead of it, so it is looked for.
   */
  blocking(attemptSteps: number): Operation {
    const { events } = this.problem;
    // Up to `low` there is an order, up to and with `high` there is none.
    let low = this.search.furthest;
    let high = this.search.horizon;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.again({ end: middle + 1, foresight: this.foresight }).run(attemptSteps) === 'violated')
        high = middle;
      else low = middle + 1;
    }
    return this.operations[(events[high] as number) >> 1] as Operation;
  }

  /** A few of the longest orders that explain everything up to the completion of `blocking`, longest first. */
  prefixes(blocking: Operation, attemptSteps: number): Operation[][] {
    const recordAt = this.returnOf(blocking);
    const { foresight } = this;
    // What the blocking operation saw must not cut the orders short.
    const short: Foresight | undefined = foresight && {
      nextObserver: (event, placed) => {
        const i = foresight.nextObserver(event, placed);
        return i !== -1 && (this.problem.returnAt[i] as number) >= recordAt ? -1 : i;
      },
      canReach: (state, i, live) => foresight.canReach(state, i, live),
    };
    const search = this.again({ end: recordAt + 1, recordAt, foresight: short });
    search.run(attemptSteps);
    return search.recorded.map((order) => this.named(order)).sort((x, y) => y.length - x.length);
  }

  private again(options: Omit<SearchOptions, 'reductions'>): Search {
    const arena = new Arena();
    return new Search(this.problem, this.objects.rules, arena, { ...options, reductions: this.reductions });
  }

  private returnOf(operation: Operation): number {
    return this.problem.returnAt[this.operations.indexOf(operation)] as number;
  }

  private named(order: Int32Array): Operation[] {
    return Array.from(order, (i) => this.operations[i] as Operation);
  }
}
