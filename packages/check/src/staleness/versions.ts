import { equalPlain, type Plain } from '@holdfast/plain';
import { NotRegisterError } from '../causal/errors.ts';
import type { History } from '../history/operation.ts';
import { checkLinearizable, DEFAULT_STEP_BUDGET } from '../linearizable/check.ts';
import { illegal, type Model } from '../models/model.ts';
import type { Verdict } from '../verdict.ts';
import { needRealTime } from './realTime.ts';

/** How stale reads may be, in versions. */
export interface VersionBound {
  /** How many versions a read may be behind the newest; 0 is linearizability. */
  readonly versions: number;
  /** Search steps for each question asked; those of linearizability unless told otherwise. */
  readonly stepBudget?: number;
  /** False leaves out of a violation what takes further work. True unless told otherwise. */
  readonly explain?: boolean;
  /** False leaves out the measured lag. True unless told otherwise. */
  readonly measure?: boolean;
}

/** The verdict on a bound of staleness. */
export interface StalenessVerdict extends Verdict {
  /** The smallest bound that would hold, in the unit of the bound; undefined when there is none or it was not found. */
  readonly lag: number | undefined;
}

/** The largest lag that is looked for, in versions. */
export const MOST_VERSIONS = 1_024;

const PROMISE = 'bounded staleness in versions';

/**
 * Judges whether reads are at most so many versions behind: whether the operations fit one order that keeps real time in which every
 * read returns the newest value or one of that many before it (k-atomicity with k = versions + 1: Aiyer, Alvisi, Bazzi 2005). The
 * engine of linearizability searches it, with the last values as the state. The verdict tells the smallest bound that would hold.
 *
 * Throws `RealTimeError` for a history without real time, `NotRegisterError` for other operations than reads and writes, and
 * `RangeError` for a bound that is no whole number from 0 to `MOST_VERSIONS`.
 */
export function checkVersionStaleness<S>(
  history: History,
  model: Model<S>,
  bound: VersionBound,
): StalenessVerdict {
  const { versions, stepBudget = DEFAULT_STEP_BUDGET, explain = true, measure = true } = bound;
  needRealTime(history, PROMISE);
  if (!Number.isInteger(versions) || versions < 0 || versions > MOST_VERSIONS) {
    throw new RangeError(
      `Cannot bound staleness as ${versions} versions: use a whole number from 0 to ${MOST_VERSIONS}`,
    );
  }
  const ask = (behind: number, isFull: boolean): Verdict =>
    checkLinearizable(history, staleModel(model, behind), { stepBudget, explain: isFull });
  const verdict = ask(versions, explain);
  const status = (behind: number): Verdict['status'] => ask(behind, false).status;
  const lag = measure ? measured(verdict, versions, status) : undefined;
  const unit = (n: number): string => `${n} version${n === 1 ? '' : 's'}`;
  const stalest = lag === undefined ? '' : `; the stalest read was ${unit(lag)} behind`;
  const reason =
    verdict.status === 'violated'
      ? `With reads allowed to be ${unit(versions)} behind: ${verdict.reason}${stalest}`
      : `${verdict.reason}${verdict.status === 'holds' ? `, with reads at most ${unit(versions)} behind` : ''}${stalest}`;
  return { ...verdict, promise: PROMISE, reason, lag };
}

/** The smallest bound that holds, asked for by doubling and halving. */
function measured(
  verdict: Verdict,
  versions: number,
  status: (behind: number) => Verdict['status'],
): number | undefined {
  let low = 0;
  let high = versions;
  if (verdict.status === 'undecided') return undefined;
  if (verdict.status === 'violated') {
    low = versions + 1;
    for (high = low; ; high = high * 2 + 1) {
      if (high > MOST_VERSIONS) return undefined;
      const found = status(high);
      if (found === 'undecided') return undefined;
      if (found === 'holds') break;
      low = high + 1;
    }
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = status(middle);
    if (found === 'undecided') return undefined;
    if (found === 'holds') high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A register whose reads may return any of its last values: the newest and `behind` before it. The state is those values. */
export function staleModel<S>(model: Model<S>, behind: number): Model<readonly Plain[]> {
  const view = model.register;
  if (view === undefined) throw new NotRegisterError(PROMISE, model.name, undefined);
  const isIn = (values: readonly Plain[], value: Plain): boolean => values.some((v) => equalPlain(v, value));
  return {
    name: behind === 0 ? model.name : `${model.name}, ${behind} behind`,
    init: () => [view.initial],
    step(values, operation) {
      switch (view.kindOf(operation)) {
        case 'read':
          return operation.outcome === 'unknown' || isIn(values, view.valueOf(operation)) ? values : illegal;
        case 'write':
          return [...values, view.valueOf(operation)].slice(-1 - behind);
        case 'other':
          throw new NotRegisterError(PROMISE, model.name, operation);
      }
    },
    ...(model.key === undefined ? {} : { key: (operation) => model.key?.(operation) ?? '' }),
    observes: (operation) => view.kindOf(operation) === 'read',
    canReach(values, observation, changes) {
      const value = view.valueOf(observation);
      return isIn(values, value) || changes.some((change) => equalPlain(view.valueOf(change), value));
    },
    ...(behind === 0
      ? { overwrites: (operation) => view.kindOf(operation) === 'write', register: view }
      : {}),
    ...(model.describe === undefined ? {} : { describe: (operation) => model.describe?.(operation) ?? '' }),
  };
}
