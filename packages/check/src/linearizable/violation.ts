import type { History, Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import type { Verdict } from '../verdict.ts';
import { PartJudge } from './judge.ts';
import { insistOn, type MinimiseBudget, minimise } from './minimise.ts';
import { explain } from './sentence.ts';
import { Teller } from './words.ts';

/** The promise judged, as verdicts name it. */
export const PROMISE = 'linearizability';

const BLOCKING_STEPS = 200_000;
const PREFIX_STEPS = 200_000;
const MINIMISE_BUDGET: MinimiseBudget = { steps: 1_000_000, attemptSteps: 30_000 };

/** What a verdict says of the work done. */
export interface Examined {
  readonly examined: number;
  readonly steps: number;
}

/** The verdict on a violated part, without searching any further. */
export function briefViolation<S>(
  judge: PartJudge<S>,
  model: Model<S>,
  unit: History['timeUnit'],
  work: Examined,
): Verdict {
  const blocking = judge.blocking(BLOCKING_STEPS);
  const told = new Teller(model, unit).tell(blocking);
  return {
    promise: PROMISE,
    status: 'violated',
    reason: `No order explains ${told} together with what was over before it completed`,
    evidence: { ...work, blocking },
  };
}

/** The verdict on a violated part, with the orders that come furthest, the operations it needs, and why. */
export function fullViolation<S>(
  judge: PartJudge<S>,
  model: Model<S>,
  unit: History['timeUnit'],
  work: Examined,
): Verdict {
  const stopped = judge.blocking(BLOCKING_STEPS);
  const { operations } = judge;
  const kept = operations.filter((operation) => operation.invokedAt <= stopped.completedAt);
  const end = kept.reduce((latest, operation) => Math.max(latest, endOf(operation)), stopped.completedAt);
  const before = operations.filter((operation) => operation.invokedAt <= end);
  const core = minimise(before, kept, stopped, model, MINIMISE_BUDGET);
  const blocking = core.operations.includes(stopped) ? stopped : blockingOf(core.operations, before, model);
  const prefixes = judge.prefixes(stopped, PREFIX_STEPS).map(idsOf);
  const sentence = explain({ blocking, core: core.operations, before: kept }, model, new Teller(model, unit));
  const minimal = core.isMinimal ? { minimal: core.operations } : {};
  return {
    promise: PROMISE,
    status: 'violated',
    reason: core.isMinimal
      ? sentence
      : `${sentence} (fewer operations may suffice: the budget for sparing them was spent)`,
    evidence: { ...work, blocking, prefixes, ...minimal },
  };
}

/** The operation at whose completion the core becomes impossible. */
function blockingOf<S>(core: readonly Operation[], before: readonly Operation[], model: Model<S>): Operation {
  const judge = new PartJudge(insistOn(before, new Set(core), model), model);
  judge.goOn(MINIMISE_BUDGET.steps);
  return judge.blocking(BLOCKING_STEPS);
}

/** When an operation ended; its beginning when that is not known. */
function endOf(operation: Operation): number {
  return operation.outcome === 'unknown' ? operation.invokedAt : operation.completedAt;
}

function idsOf(operations: readonly Operation[]): number[] {
  return operations.map((operation) => operation.id);
}
