import { checkCausal } from '../causal/check.ts';
import { checkEventual } from '../convergence/reads.ts';
import type { History } from '../history/operation.ts';
import { checkLinearizable } from '../linearizable/check.ts';
import type { Model } from '../models/model.ts';
import { checkSequential } from '../sequential/check.ts';
import { checkSession } from '../sessions/check.ts';
import { checkRegular } from '../staleness/regular.ts';
import { checkTimeStaleness } from '../staleness/time.ts';
import { checkVersionStaleness } from '../staleness/versions.ts';
import type { Verdict } from '../verdict.ts';
import type { ConsistencyName } from './spectrum.ts';

/** How `checkConsistency` goes about it. */
export interface ConsistencyOptions {
  /** Steps after which the verdict is `undecided`; each model's usual number unless told otherwise. */
  readonly stepBudget?: number;
  /** False leaves out of a violation what takes further work. True unless told otherwise. */
  readonly explain?: boolean;
  /** For `bounded-versions`, which needs it: how many versions a read may be behind. */
  readonly versions?: number;
  /** For `bounded-time`, which needs it: how far behind a read may be, in the history's unit. */
  readonly within?: number;
  /** For `eventual`: from when on reads of a key must agree. */
  readonly quietFrom?: number;
  /** For the bounds: false leaves out the measured lag. True unless told otherwise. */
  readonly measure?: boolean;
}

/** Thrown when a bound is asked for and not given. */
export class MissingBoundError extends Error {
  readonly code = 'MISSING_BOUND';
  constructor(name: ConsistencyName, option: string) {
    super(`Cannot judge the history for ${name}: no bound is given; say '${option}'`);
    this.name = 'MissingBoundError';
  }
}

/**
 * Judges a history for a consistency model by name. What each takes and throws is said at the checker itself: `linearizable` and
 * `sequential` take any model, the others reads and writes; `linearizable`, `regular`, `safe` and the bounds refuse a history
 * in which only sessions are ordered. Throws `MissingBoundError` when a bound is not given.
 */
export function checkConsistency<S>(
  history: History,
  name: ConsistencyName,
  model: Model<S>,
  options: ConsistencyOptions = {},
): Verdict {
  const { versions, within, quietFrom, measure, ...common } = options;
  const bounded = measure === undefined ? common : { ...common, measure };
  switch (name) {
    case 'linearizable':
      return checkLinearizable(history, model, common);
    case 'sequential':
      return checkSequential(history, model, common);
    case 'causal':
    case 'causal-memory':
    case 'causal-convergence':
    case 'pram':
      return checkCausal(history, model, name, common);
    case 'read-your-writes':
    case 'monotonic-reads':
    case 'monotonic-writes':
    case 'writes-follow-reads':
      return checkSession(history, model, name, common);
    case 'regular':
    case 'safe':
      return checkRegular(history, model, name, common);
    case 'bounded-versions':
      if (versions === undefined) throw new MissingBoundError(name, 'versions');
      return checkVersionStaleness(history, model, { versions, ...bounded });
    case 'bounded-time':
      if (within === undefined) throw new MissingBoundError(name, 'within');
      return checkTimeStaleness(history, model, { within, ...bounded });
    case 'eventual':
      return checkEventual(history, model, quietFrom === undefined ? common : { ...common, quietFrom });
  }
}
