import type { Plain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import { checkLinearizable } from '../linearizable/check.ts';
import { Teller } from '../linearizable/words.ts';
import { casRegisterModel } from '../models/casRegister.ts';
import { registerModel } from '../models/register.ts';
import { checkSession } from '../sessions/check.ts';
import { RealTimeError } from '../staleness/realTime.ts';
import { checkTimeStaleness } from '../staleness/time.ts';
import type { Verdict } from '../verdict.ts';

/** Who wrote sees it at once: read your writes. */
export function checkAtOnce(history: History): Verdict {
  return checkSession(history, registerModel(), 'read-your-writes');
}

/** Everybody sees a write within a time: reads are at most so many microseconds stale. */
export function checkLag(history: History, withinUs: number): Verdict {
  if (history.timeUnit !== 'us') throw new RealTimeError(`a lag of ${withinUs} us`);
  return checkTimeStaleness(history, registerModel(), { within: withinUs });
}

/** An owner takes a free thing, or gives it up, by compare-and-set: linearizability of those. */
export function checkOneOwner(history: History): Verdict {
  return checkLinearizable(history, casRegisterModel());
}

/** No number beyond a limit is ever answered or written. */
export function checkLimit(history: History, side: 'below' | 'above', limit: number): Verdict {
  const isBeyond = (value: Plain): boolean =>
    typeof value === 'number' && (side === 'below' ? value < limit : value > limit);
  const teller = new Teller(registerModel(), history.timeUnit);
  let examined = 0;
  let extreme: number | undefined;
  for (const operation of history.operations) {
    if (operation.outcome !== 'ok') continue;
    examined++;
    const value = valueOf(operation);
    if (isBeyond(value)) {
      return {
        promise: 'invariant',
        status: 'violated',
        reason: `${teller.tell(operation)}, which is ${side} ${limit}`,
        evidence: { examined, steps: examined, blocking: operation, minimal: [operation] },
      };
    }
    if (
      typeof value === 'number' &&
      (extreme === undefined || (side === 'below' ? value < extreme : value > extreme))
    ) {
      extreme = value;
    }
  }
  const most =
    extreme === undefined
      ? 'no number was seen'
      : `the ${side === 'below' ? 'least' : 'greatest'} number was ${extreme}`;
  return {
    promise: 'invariant',
    status: 'holds',
    reason: `${examined} operations, none ${side} ${limit}: ${most}`,
    evidence: { examined, steps: examined },
  };
}

/** The number an operation showed: its answer, or what it wrote. */
function valueOf({ output, input }: Operation): Plain {
  return typeof output === 'number' ? output : input;
}
