import type { Verdict } from '@holdfast/check';
import { FEWEST_CALLS, RECOVERED, type ServiceFigures } from './measures.ts';
import type { ServiceObserver, ServicePromise } from './observer.ts';
import type { ServiceBounds, ServiceOptions } from './options.ts';

type Judged = Pick<Verdict, 'status' | 'reason'> & { readonly examined: number };

/** The promises these bounds make, in order. */
export function promisesOf(bounds: ServiceBounds): ServicePromise[] {
  const promised: ServicePromise[] = [];
  if (bounds.recoverWithinMs !== undefined) promised.push('recovery after the fault');
  if (bounds.amplification !== undefined) promised.push('bounded amplification');
  if (bounds.lateWorkSlackMs !== undefined) promised.push('no work for users who have gone');
  if (bounds.oneEffect === true) promised.push('one effect for each call');
  if (bounds.queue !== undefined) promised.push('bounded queues');
  if (bounds.untouched !== undefined) promised.push('the failure stays where it is');
  if (bounds.failures !== undefined) promised.push('users are served');
  return promised;
}

/** One verdict for each promise made. */
export function serviceVerdicts(
  observer: ServiceObserver,
  options: ServiceOptions,
  figures: ServiceFigures,
  endUs: number,
): Verdict[] {
  return promisesOf(options.bounds).map((promise): Verdict => {
    const breach = observer.breaches.find((one) => one.promise === promise);
    const judged = breach === undefined ? JUDGES[promise](options, figures, observer) : undefined;
    if (breach !== undefined || judged === undefined) {
      const examined = observer.works;
      const evidence = { examined, steps: examined, atUs: breach?.atUs ?? endUs };
      return { promise, status: 'violated', reason: breach?.reason ?? '', evidence };
    }
    const { status, reason, examined } = judged;
    const at = status === 'violated' ? { atUs: endUs } : {};
    return { promise, status, reason, evidence: { examined, steps: examined, ...at } };
  });
}

type Judge = (options: ServiceOptions, figures: ServiceFigures, observer: ServiceObserver) => Judged;

/** Fewer calls after the time for recovery say nothing of it. */
const FEWEST_LATE_CALLS = 30;

const JUDGES: Readonly<Record<ServicePromise, Judge>> = {
  'bounded amplification': ({ bounds }, { amplification, amplifiedTier, calls }) => {
    const bound = bounds.amplification ?? Number.POSITIVE_INFINITY;
    if (calls < FEWEST_CALLS) {
      return {
        status: 'holds',
        reason: `only ${calls} calls were made, so nothing was examined`,
        examined: 0,
      };
    }
    const reason = `${amplifiedTier} had ${amplification.toFixed(2)} requests for each call, ${bound} may be`;
    return { status: amplification <= bound ? 'holds' : 'violated', reason, examined: calls };
  },
  'recovery after the fault': ({ bounds }, { recoveryMs, baseline, goodputLate, lateCalls }) => {
    const withinMs = bounds.recoverWithinMs ?? 0;
    if (baseline === 0 || lateCalls < FEWEST_LATE_CALLS) {
      const reason = `${lateCalls} calls were issued ${withinMs} ms or more after everything had healed, so nothing was examined`;
      return { status: 'holds', reason, examined: 0 };
    }
    const back = recoveryMs === undefined ? '' : `; it was back for good after ${Math.round(recoveryMs)} ms`;
    const reason =
      `of calls issued ${withinMs} ms or more after everything had healed ${percent(goodputLate)} were answered well, of those at first ` +
      `${percent(baseline)}${back}`;
    return {
      status: goodputLate >= RECOVERED * baseline ? 'holds' : 'violated',
      reason,
      examined: lateCalls,
    };
  },
  'no work for users who have gone': ({ patienceMs }, _figures, { works }) => {
    const reason = `work was begun ${works} times, always within the ${patienceMs} ms a user waits`;
    return { status: 'holds', reason, examined: works };
  },
  'one effect for each call': (_options, _figures, { effects }) => {
    const reason = `${effects} effects took place, each of another call`;
    return { status: 'holds', reason, examined: effects };
  },
  'bounded queues': (_options, { longestQueue }, { queueLooks }) => {
    const reason = `at most ${longestQueue} requests waited at any tier`;
    return { status: 'holds', reason, examined: queueLooks };
  },
  'the failure stays where it is': ({ bounds }, { untouched, untouchedCalls }) => {
    const { operations = [], share = 0 } = bounds.untouched ?? {};
    if (untouchedCalls < FEWEST_CALLS) return tooFew(untouchedCalls);
    const reason = `${percent(untouched)} of calls of ${operations.join(', ')} were answered well, ${percent(share)} must be`;
    return { status: untouched >= share ? 'holds' : 'violated', reason, examined: untouchedCalls };
  },
  'users are served': ({ bounds }, { userFailures, calls }) => {
    const bound = bounds.failures ?? 1;
    if (calls < FEWEST_CALLS) return tooFew(calls);
    const reason = `${percent(userFailures)} of calls were not answered well, ${percent(bound)} may be`;
    return { status: userFailures <= bound ? 'holds' : 'violated', reason, examined: calls };
  },
};

function tooFew(calls: number): Judged {
  return { status: 'holds', reason: `only ${calls} calls were made, so nothing was examined`, examined: 0 };
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
