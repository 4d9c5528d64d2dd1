import type { History, Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import type { Verdict } from '../verdict.ts';
import { findBlocking } from './blocking.ts';
import { PartJudge } from './judge.ts';
import { insistOn, type MinimiseBudget, minimise } from './minimise.ts';
import { ALL_REDUCTIONS } from './rules.ts';
import { explain } from './sentence.ts';
import { Teller } from './words.ts';

/** The promise judged, as verdicts name it. */
export const PROMISE = 'linearizability';

const ATTEMPT_STEPS = 100_000;
const MINIMISE_BUDGET: MinimiseBudget = { steps: 1_000_000, attemptSteps: 30_000 };

/** What a verdict says of the work done. */
export interface Examined {
  readonly examined: number;
  readonly steps: number;
}

/** A violated object. */
export interface ObjectViolation {
  /** All its operations, or enough of them to be violated, by invocation. */
  readonly operations: readonly Operation[];
  /** All completions ahead of this event can be explained. */
  readonly reachedEvent: number;
  /** The operation at whose completion the search got no further, or the last one to complete in the conflict. */
  readonly stoppedAt: Operation;
  /** Operations that contradict one another whatever became of the rest, where such are known. */
  readonly conflict?: readonly Operation[];
}

/** The verdict on a violated object, without searching any further. */
export function briefViolation<S>(
  { stoppedAt: blocking }: ObjectViolation,
  model: Model<S>,
  unit: History['timeUnit'],
  work: Examined,
): Verdict {
  return {
    promise: PROMISE,
    status: 'violated',
    reason: `No order explains all operations; the search got no further than ${new Teller(model, unit).tell(blocking)}`,
    evidence: { ...work, blocking },
  };
}

/** The verdict on a violated object, with the orders that come furthest, the operations it needs, and why. */
export function fullViolation<S>(
  { operations, reachedEvent, conflict }: ObjectViolation,
  model: Model<S>,
  unit: History['timeUnit'],
  work: Examined,
): Verdict {
  const stopped = findBlocking(operations, reachedEvent, model, ATTEMPT_STEPS);
  const before = operations.filter((operation) => operation.invokedAt <= stopped.completedAt);
  const kept = before.filter((operation) => operation.completedAt <= stopped.completedAt);
  const over = new Set(kept);
  const known = conflict?.filter((operation) => operation.outcome !== 'unknown');
  const start = known?.every((operation) => over.has(operation)) === true ? known : kept;
  let core = minimise(before, start, stopped, model, MINIMISE_BUDGET);
  // What was found in conflict may rest on more than itself.
  if (!core.isMinimal && start !== kept) core = minimise(before, kept, stopped, model, MINIMISE_BUDGET);
  const blocking = core.operations.includes(stopped) ? stopped : blockingOf(core.operations, before, model);
  const sentence = explain({ blocking, core: core.operations, before }, model, new Teller(model, unit));
  const minimal = core.isMinimal ? { minimal: core.operations } : {};
  const doubt = core.isMinimal
    ? ''
    : ' (fewer operations may suffice: the budget for sparing them was spent)';
  return {
    promise: PROMISE,
    status: 'violated',
    reason: `${sentence}${doubt}`,
    evidence: { ...work, blocking, prefixes: longestPrefixes(before, model), ...minimal },
  };
}

/** The operation at whose completion the core becomes impossible. */
function blockingOf<S>(core: readonly Operation[], before: readonly Operation[], model: Model<S>): Operation {
  const operations = insistOn(before, new Set(core), model);
  const judge = new PartJudge(operations, model);
  judge.goOn(ATTEMPT_STEPS);
  return findBlocking(operations, judge.reachedEvent(), model, ATTEMPT_STEPS);
}

/** A few of the longest orders that can be explained, as ids; found without foresight, which ends branches early. */
function longestPrefixes<S>(operations: readonly Operation[], model: Model<S>): number[][] {
  const judge = new PartJudge(operations, model, { ...ALL_REDUCTIONS, foresight: false });
  judge.goOn(ATTEMPT_STEPS);
  const orders = judge.longestOrders(ATTEMPT_STEPS);
  return orders.map((order) => Array.from(order, (i) => (operations[i] as Operation).id));
}
