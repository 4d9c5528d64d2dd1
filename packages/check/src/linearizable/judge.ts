import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { ClassTable } from './classes.ts';
import { Arena } from './ints.ts';
import { findIdle } from './idle.ts';
import { Lookahead } from './lookahead.ts';
import { Objects } from './objects.ts';
import { areOfOneObject } from './parts.ts';
import { layOut, type Problem } from './problem.ts';
import { ALL_REDUCTIONS, type Reductions } from './rules.ts';
import { Search, type SearchStatus } from './search.ts';

const MANY_UNKNOWN = 32;

/** One object's history under judgement; can be paused and resumed. */
export class PartJudge<S> {
  /** By invocation. */
  readonly operations: readonly Operation[];
  status: SearchStatus = 'paused';
  private readonly problem: Problem;
  private readonly objects: Objects<S>;
  private readonly reductions: Reductions;
  private readonly lookAhead: (() => Lookahead<S>) | undefined;
  private readonly search: Search;

  constructor(
    operations: readonly Operation[],
    model: Model<S>,
    reductions: Reductions = ALL_REDUCTIONS,
    arena: Arena = new Arena(),
  ) {
    const classes = new ClassTable(model, arena, operations.length);
    this.operations = operations;
    this.reductions = reductions;
    const standsFor = reductions.idle ? idleAmong(operations, model, reductions.manyUnknown) : undefined;
    this.problem = layOut(operations, classes, arena, standsFor);
    const plan = reductions.foresight ? model.plan?.(operations) : undefined;
    this.objects = new Objects(model, classes.representatives, arena, plan);
    if (reductions.foresight && model.canReach !== undefined) {
      this.lookAhead = () => new Lookahead(this.problem, model, this.objects, arena);
    }
    const { lookAhead } = this;
    this.search = new Search(this.problem, this.objects.rules, arena, { reductions, lookAhead });
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

  /** The event the search got to: everything that completed ahead of it can be explained. */
  reachedEvent(): number {
    return Math.max(0, this.search.furthest);
  }

  /** The operation at whose completion the search got no further. */
  stoppedAt(): Operation {
    const { events } = this.problem;
    let e = this.reachedEvent();
    while (((events[e] as number) & 1) === 0) e++;
    return this.operations[(events[e] as number) >> 1] as Operation;
  }

  /** A few of the longest orders the search found, positions of operations; longest first. Searches again. */
  longestOrders(steps: number): Int32Array[] {
    const recordAt = this.search.furthest;
    const { reductions, lookAhead } = this;
    const search = new Search(this.problem, this.objects.rules, new Arena(), {
      reductions,
      lookAhead,
      recordAt,
    });
    search.run(steps);
    return search.recorded.sort((a, b) => b.length - a.length);
  }
}

function idleAmong<S>(
  operations: readonly Operation[],
  model: Model<S>,
  many: number = MANY_UNKNOWN,
): Int32Array | undefined {
  if (model.register === undefined) return undefined;
  let unknown = 0;
  for (const { outcome } of operations) if (outcome === 'unknown') unknown++;
  return unknown >= many && areOfOneObject(operations, model)
    ? findIdle(operations, model.register)
    : undefined;
}
