import {
  checkLinearizable,
  type History,
  type Model,
  modelNamed,
  type Operation,
  type Verdict,
  type VerdictStatus,
  worstStatus,
} from '@holdfast/check';
import type { Experiment } from '../experiment/experiment.ts';
import type { Workload } from '../experiment/workload.ts';
import type { RunPlan } from './plan.ts';

/** What the history says of the contract: consistency, then availability after healing. */
export function judgeHistory(
  experiment: Experiment,
  plan: RunPlan,
  history: History,
  endedAtUs: number,
): Verdict[] {
  return [
    claimsConsistency(experiment) ? linearizability(experiment, history) : nothingClaimed(history),
    ...(experiment.subject.recovers === false
      ? []
      : livenessAfterHealing(experiment, plan, history, endedAtUs)),
  ];
}

function claimsConsistency({ contract, workload }: Experiment): boolean {
  return workload.operations.some((f) => contract[f]?.consistency !== 'unclaimed');
}

function modelOf(workload: Workload): Model {
  const model = workload.model === null ? undefined : modelNamed(workload.model);
  if (model === undefined)
    throw new RangeError(`Cannot judge by model '${workload.model}': the checker has none`);
  return model;
}

/** Where no operation of the workload claims anything about consistency: said, and not passed off as a promise kept. */
function nothingClaimed(history: History): Verdict {
  return {
    promise: 'consistency',
    status: 'holds',
    reason: `nothing was examined: none of the ${history.operations.length} operations claims anything about consistency`,
    evidence: { examined: 0, steps: 0 },
  };
}

function linearizability(experiment: Experiment, history: History): Verdict {
  const { contract, workload, bounds } = experiment;
  const claimed = history.operations.filter((o) => contract[o.f]?.consistency === 'linearizable');
  const left = history.operations.length - claimed.length;
  const operations =
    left === 0 ? history : { ...history, operations: claimed.map((o, id) => ({ ...o, id })) };
  const budget = bounds.checkerSteps === undefined ? {} : { stepBudget: bounds.checkerSteps };
  const verdict = checkLinearizable(operations, modelOf(workload), budget);
  if (left === 0) return { ...verdict, promise: 'linearizability' };
  const reason = `${verdict.reason} (${left} operations claim nothing about consistency and were not judged)`;
  return { ...verdict, promise: 'linearizability', reason };
}

/** Once everything has healed and the recovery time is over, every operation must succeed. */
function livenessAfterHealing(
  experiment: Experiment,
  plan: RunPlan,
  history: History,
  endedAtUs: number,
): Verdict[] {
  const dueUs = plan.healAtUs + Math.round(experiment.bounds.recoverWithinMs * 1000);
  const promise = 'liveness after healing';
  // An operation still open when the observation ends has not been denied; leave it the time others took.
  const judged = history.operations.filter(
    (o) => o.invokedAt >= dueUs && o.invokedAt < endedAtUs - (endedAtUs - dueUs) / 4,
  );
  if (judged.length === 0) {
    const reason = `no operation was issued between ${dueUs} us and the end of the run, so nothing was examined`;
    return [{ promise, status: 'holds', reason, evidence: { examined: 0, steps: 0 } }];
  }
  const failed = judged.find((o) => o.outcome !== 'ok');
  const evidence = { examined: judged.length, steps: judged.length };
  if (failed === undefined) {
    const reason = `all ${judged.length} operations issued from ${ms(dueUs)} on, ${experiment.bounds.recoverWithinMs} ms after everything had healed, succeeded`;
    return [{ promise, status: 'holds', reason, evidence }];
  }
  const reason =
    `${words(failed)}, issued at ${ms(failed.invokedAt)}, ended as '${failed.outcome}' although everything had healed at ` +
    `${ms(plan.healAtUs)} and ${experiment.bounds.recoverWithinMs} ms were allowed for recovery`;
  return [
    {
      promise,
      status: 'violated',
      reason,
      evidence: { ...evidence, blocking: failed, atUs: failed.invokedAt },
    },
  ];
}

function ms(us: number): string {
  return `${Math.round(us / 1000)} ms`;
}

function words(operation: Operation): string {
  const input = operation.input === null ? '' : ` ${JSON.stringify(operation.input)}`;
  return `operation ${operation.id} (process ${operation.process}, ${operation.f}${input} on ${operation.key ?? 'the object'})`;
}

/** The three properties of a run, judged apart (S1.12): each may break while the others hold. */
export interface Properties {
  readonly consistency: VerdictStatus;
  readonly availability: VerdictStatus;
  readonly durability: VerdictStatus;
}

const AVAILABILITY: ReadonlySet<string> = new Set(['liveness after healing']);
const DURABILITY: ReadonlySet<string> = new Set(['no acknowledged write lost']);

/** Sums verdicts up by the property they speak of; every promise that is not about the other two is about consistency. */
export function propertiesOf(verdicts: readonly Verdict[]): Properties {
  const about = (select: (promise: string) => boolean): VerdictStatus =>
    worstStatus(verdicts.filter((verdict) => select(verdict.promise)));
  return {
    consistency: about((promise) => !AVAILABILITY.has(promise) && !DURABILITY.has(promise)),
    availability: about((promise) => AVAILABILITY.has(promise)),
    durability: about((promise) => DURABILITY.has(promise)),
  };
}
