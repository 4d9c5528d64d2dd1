import { equalPlain } from '@holdfast/plain';
import { checkRegisters, type RegisterCheckOptions, type RegisterPromise } from '../causal/judge.ts';
import type { History, Operation } from '../history/operation.ts';
import { Teller } from '../linearizable/words.ts';
import { tellTimes } from '../text/times.ts';
import type { Model } from '../models/model.ts';
import { needRealTime } from '../staleness/realTime.ts';
import type { Verdict } from '../verdict.ts';

/** How `checkEventual` goes about it. */
export interface EventualOptions extends RegisterCheckOptions {
  /**
   * From when on reads must agree: some time after writes had stopped and faults had healed, in the history's unit. Without it only
   * that reads make sense is judged, for no finite history shows that replicas would never have agreed.
   */
  readonly quietFrom?: number;
}

const PROMISE: RegisterPromise = {
  name: 'eventual consistency',
  meaning: 'every read returned the initial value or one that was written to its key',
  judge: ({ count }) => ({ steps: count }),
};

/**
 * Judges what clients can see of eventual consistency: reads return only what was written, and, with `quietFrom`, all reads of a key
 * that begin from then on return the same. What the replicas hold is judged by `checkConvergence`.
 *
 * Throws `NotRegisterError` for other operations than reads and writes and, with `quietFrom`, `RealTimeError` for a history without
 * real time.
 */
export function checkEventual<S>(history: History, model: Model<S>, options: EventualOptions = {}): Verdict {
  const { quietFrom } = options;
  if (quietFrom !== undefined) needRealTime(history, PROMISE.name);
  const verdict = checkRegisters(history, model, PROMISE, options);
  if (quietFrom === undefined || verdict.status !== 'holds') return verdict;
  const late = new Map<string, Operation>();
  const quiet = tellTimes([quietFrom], history.timeUnit);
  let compared = 0;
  for (const operation of history.operations) {
    if (operation.outcome !== 'ok' || operation.invokedAt < quietFrom) continue;
    if (model.register?.kindOf(operation) !== 'read') continue;
    const key = model.key?.(operation) ?? '';
    const first = late.get(key);
    compared++;
    if (first === undefined) late.set(key, operation);
    else if (!equalPlain(first.output, operation.output)) {
      const teller = new Teller(model, history.timeUnit);
      return {
        ...verdict,
        status: 'violated',
        reason: `${teller.tell(operation)}, but ${teller.tell(first)}, both begun at ${quiet} or later, when all had to agree`,
        evidence: { ...verdict.evidence, blocking: operation, minimal: [first, operation] },
      };
    }
  }
  return {
    ...verdict,
    reason: `${verdict.reason}; ${compared} reads from ${quiet} on agree, key by key`,
  };
}
