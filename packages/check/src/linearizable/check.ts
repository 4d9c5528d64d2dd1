import type { History, Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import type { Verdict } from '../verdict.ts';
import { PartJudge } from './judge.ts';
import { mergeOrders } from './merge.ts';
import { type Part, splitParts } from './parts.ts';
import { replayOrder } from './replay.ts';

/** How `checkLinearizable` goes about it. */
export interface LinearizableOptions {
  /** Search steps (transitions looked up) after which the verdict is `undecided`; 50 million unless told otherwise. */
  readonly stepBudget?: number;
  /** False judges all keys as one object: the same verdict, much slower. True unless told otherwise. */
  readonly partition?: boolean;
}

/** Steps spent when the caller names no budget. */
export const DEFAULT_STEP_BUDGET = 50_000_000;

const FIRST_SLICE = 4_000;

/**
 * Judges whether the history is linearizable: whether all its operations, and some of those of unknown outcome, can be
 * put in one order that keeps real time and that the model allows. Objects (by the model's `key`) are judged one by one,
 * in slices, and the first one that is violated ends it.
 */
export function checkLinearizable<S>(
  history: History,
  model: Model<S>,
  options: LinearizableOptions = {},
): Verdict {
  const { stepBudget = DEFAULT_STEP_BUDGET, partition = true } = options;
  const parts = splitParts(history, model, partition);
  const judges: PartJudge<S>[] = [];
  let steps = 0;
  let open = parts.length;
  for (let slice = FIRST_SLICE; open > 0; slice *= 2) {
    open = 0;
    for (let p = 0; p < parts.length; p++) {
      const judge = (judges[p] ??= new PartJudge(parts[p] as Part, model));
      if (judge.status !== 'paused') continue;
      const before = judge.steps;
      const status = judge.goOn(Math.min(slice, stepBudget - steps));
      steps += judge.steps - before;
      if (status === 'violated') return violated(judge, parts, steps);
      if (status === 'paused') open++;
      if (steps >= stepBudget && open > 0) return undecided(parts, steps, judges);
    }
  }
  const orders: Operation[][] = [];
  for (const judge of judges) {
    const order = judge.order();
    replayOrder(judge.part.operations, order, model);
    orders.push(order);
  }
  const merged = mergeOrders(orders);
  return {
    promise: 'linearizability',
    status: 'holds',
    reason: `${merged.length} operations on ${parts.length} objects fit one order`,
    evidence: { examined: countOperations(parts), steps, order: merged.map((operation) => operation.id) },
  };
}

function violated<S>(judge: PartJudge<S>, parts: readonly Part[], steps: number): Verdict {
  return {
    promise: 'linearizability',
    status: 'violated',
    reason: 'violated',
    evidence: { examined: countOperations(parts), steps, blocking: judge.blocking() },
  };
}

function undecided<S>(parts: readonly Part[], steps: number, judges: readonly PartJudge<S>[]): Verdict {
  const decided = judges.filter((judge) => judge.status === 'holds').length;
  return {
    promise: 'linearizability',
    status: 'undecided',
    reason: `the budget of steps was spent after ${decided} of ${parts.length} objects`,
    evidence: { examined: countOperations(parts), steps },
  };
}

function countOperations(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + part.operations.length, 0);
}
