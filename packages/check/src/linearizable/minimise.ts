import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { PartJudge } from './judge.ts';

/** What a minimal violation is found with. */
export interface MinimiseBudget {
  /** Search steps over all attempts. */
  readonly steps: number;
  /** Search steps of one attempt; one that needs more counts as explained. */
  readonly attemptSteps: number;
}

/** A sub-history that is violated by itself. */
export interface Core {
  /** In order of invocation. */
  readonly operations: readonly Operation[];
  /** True when none can be spared; false when the budget did not suffice to know. */
  readonly isMinimal: boolean;
  readonly steps: number;
}

/**
 * The operations a violation needs, `blocking` among them. An operation is spared by no longer insisting on it: if it only
 * observes it is left out, else it may have happened at any time, or not at all. So what remains is violated whatever
 * became of the rest, and no write goes missing whose value somebody read. Sparing more never makes a history worse:
 * an operation that could not be spared once never can, and one pass over single operations is enough.
 */
export function minimise<S>(
  operations: readonly Operation[],
  blocking: Operation,
  model: Model<S>,
  budget: MinimiseBudget,
): Core {
  return new Minimiser(operations, blocking, model, budget).run();
}

/** The history in which only `kept` are insisted on. `operations` and the result are in order of invocation. */
export function insistOn<S>(
  operations: readonly Operation[],
  kept: ReadonlySet<Operation>,
  model: Model<S>,
): Operation[] {
  const freed: Operation[] = [];
  const strict: Operation[] = [];
  for (const operation of operations) {
    if (kept.has(operation)) strict.push(operation);
    else if (model.observes?.(operation) !== true) freed.push(setFree(operation));
  }
  return [...freed, ...strict];
}

function setFree(operation: Operation): Operation {
  return {
    ...operation,
    outcome: 'unknown',
    output: null,
    invokedAt: Number.NEGATIVE_INFINITY,
    completedAt: Number.POSITIVE_INFINITY,
  };
}

class Minimiser<S> {
  private readonly operations: readonly Operation[];
  private readonly model: Model<S>;
  private readonly budget: MinimiseBudget;
  private readonly blocking: Operation;
  private kept: readonly Operation[];
  private steps = 0;
  private isSure = true;

  constructor(
    operations: readonly Operation[],
    blocking: Operation,
    model: Model<S>,
    budget: MinimiseBudget,
  ) {
    this.operations = operations;
    this.blocking = blocking;
    this.kept = operations;
    this.model = model;
    this.budget = budget;
  }

  run(): Core {
    if (!this.isViolated(this.kept)) return { operations: this.kept, isMinimal: false, steps: this.steps };
    for (let size = this.kept.length >> 1; size >= 1; size >>= 1) this.spareRuns(size);
    return { operations: this.kept, isMinimal: this.isSure, steps: this.steps };
  }

  /** Tries to spare each run of `size` operations in turn. */
  private spareRuns(size: number): void {
    // Only single operations need an answer; for longer runs a "not known" costs nothing but time.
    if (size === 1) this.isSure = true;
    for (let from = 0; from < this.kept.length; ) {
      const run = this.kept.slice(from, from + size);
      const fewer = [
        ...this.kept.slice(0, from),
        ...run.filter((o) => o === this.blocking),
        ...this.kept.slice(from + size),
      ];
      if (fewer.length < this.kept.length && this.isViolated(fewer)) this.kept = fewer;
      else from += size;
    }
  }

  private isViolated(kept: readonly Operation[]): boolean {
    if (this.steps >= this.budget.steps) {
      this.isSure = false;
      return false;
    }
    const operations = insistOn(this.operations, new Set(kept), this.model);
    const judge = new PartJudge(operations, this.model, { until: this.blocking });
    const status = judge.goOn(this.budget.attemptSteps);
    // Laying out a history is work too.
    this.steps += judge.steps + operations.length;
    if (status === 'paused') this.isSure = false;
    return status === 'violated';
  }
}
