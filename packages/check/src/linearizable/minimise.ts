import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { attempt } from './fast.ts';

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
 * The operations among `kept` that a violation needs; `favourite` is among them if it can be. An operation is spared by no
 * longer insisting on it: its outcome counts as unknown, so it may have taken effect at any time since its invocation, or
 * never. So what remains is violated whatever became of the rest, and no write goes missing whose value somebody read.
 * Sparing more never makes a history worse: an operation that could not be spared once never can, so one pass over single
 * operations is enough. `operations` are all those of the object, by invocation.
 */
export function minimise<S>(
  operations: readonly Operation[],
  kept: readonly Operation[],
  favourite: Operation,
  model: Model<S>,
  budget: MinimiseBudget,
): Core {
  return new Minimiser(operations, kept, favourite, model, budget).run();
}

/** The history in which only `kept` are insisted on. */
export function insistOn<S>(
  operations: readonly Operation[],
  kept: ReadonlySet<Operation>,
  model: Model<S>,
): Operation[] {
  const result: Operation[] = [];
  for (const operation of operations) {
    if (kept.has(operation)) result.push(operation);
    else if (model.observes?.(operation) !== true) result.push(withOutcomeUnknown(operation));
  }
  return result;
}

function withOutcomeUnknown(operation: Operation): Operation {
  if (operation.outcome === 'unknown') return operation;
  return { ...operation, outcome: 'unknown', output: null, completedAt: Number.POSITIVE_INFINITY };
}

class Minimiser<S> {
  private readonly operations: readonly Operation[];
  private readonly model: Model<S>;
  private readonly budget: MinimiseBudget;
  private readonly favourite: Operation;
  private kept: readonly Operation[];
  private steps = 0;
  private isSure = true;

  constructor(
    operations: readonly Operation[],
    kept: readonly Operation[],
    favourite: Operation,
    model: Model<S>,
    budget: MinimiseBudget,
  ) {
    this.operations = operations;
    this.favourite = favourite;
    this.kept = kept;
    this.model = model;
    this.budget = budget;
  }

  run(): Core {
    if (!this.isViolated(this.kept)) return { operations: this.kept, isMinimal: false, steps: this.steps };
    for (let size = this.kept.length >> 1; size >= 1; size >>= 1) this.spareRuns(size);
    const without = this.kept.filter((operation) => operation !== this.favourite);
    if (without.length > 0 && this.isViolated(without)) this.kept = without;
    return { operations: this.kept, isMinimal: this.isSure, steps: this.steps };
  }

  /** Tries to spare each run of `size` operations in turn. */
  private spareRuns(size: number): void {
    // Only single operations need an answer; for longer runs a "not known" costs nothing but time.
    if (size === 1) this.isSure = true;
    for (let from = 0; from < this.kept.length; ) {
      const spared = new Set(this.kept.slice(from, from + size));
      spared.delete(this.favourite);
      const fewer = this.kept.filter((operation) => !spared.has(operation));
      if (spared.size > 0 && this.isViolated(fewer)) this.kept = fewer;
      else from += size;
    }
  }

  private isViolated(kept: readonly Operation[]): boolean {
    if (this.steps >= this.budget.steps) {
      this.isSure = false;
      return false;
    }
    const operations = insistOn(this.operations, new Set(kept), this.model);
    const { status, steps } = attempt(operations, this.model, this.budget.attemptSteps);
    this.steps += steps;
    if (status === 'paused') this.isSure = false;
    return status === 'violated';
  }
}
