import { type Backoff, waitBefore, type WaitRange } from './backoff.ts';
import { PolicyError, requireWhole } from './policyError.ts';
import { hasRetry, noteAttemptEnd, noteFirstAttempt, type RetryBudget, takeRetry } from './retryBudget.ts';

/** How one call is retried: plain data. */
export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly maxAttempts: number;
  /** After so long without an answer an attempt is given up, and its outcome is unknown. */
  readonly attemptTimeoutMs: number;
  /** With less than this left before the deadline no attempt is made: it could not be answered in time. Default 0. */
  readonly leastAttemptMs?: number;
  readonly backoff: Backoff;
  /** Whether it may be repeated when it may have had its effect: it has none, or carries an idempotency key. */
  readonly repeatable: boolean;
}

/** How an attempt ended. `refused`: it had no effect; `unknown`: it may have had one (a timeout); `final`: no retry can change the answer. */
export type AttemptEnd =
  | { readonly kind: 'ok' }
  | { readonly kind: 'refused'; readonly retryAfterMs?: number; readonly pushback?: 'never' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'final' };

/** Why there is no further attempt. */
export type StopReason =
  | 'ok'
  | 'final'
  | 'unknown-outcome'
  | 'attempts'
  | 'deadline'
  | 'budget'
  | 'pushback'
  | 'cancelled';

/** One call with its attempts: immutable plain data. Times are milliseconds of the caller's own monotonic clock. */
export interface RetryCall {
  readonly policy: RetryPolicy;
  readonly deadlineMs: number;
  /** Attempts begun. */
  readonly attempts: number;
  /** The wait before the last attempt. */
  readonly previousMs: number;
  readonly stopped: StopReason | undefined;
}

/** What to do next. `attempt`: make one now, and give it up after `timeoutMs`. `wait`: draw a time in the range, then ask `nextAttempt`. */
export type RetryStep =
  | { readonly do: 'attempt'; readonly number: number; readonly timeoutMs: number }
  | { readonly do: 'wait'; readonly range: WaitRange }
  | { readonly do: 'stop'; readonly why: StopReason };

/** A call after a step, and what to do. */
export interface Retried {
  readonly call: RetryCall;
  readonly step: RetryStep;
}

/** A checked policy. Throws `PolicyError`. */
export function retryPolicy(policy: RetryPolicy): RetryPolicy {
  requireWhole('maxAttempts', policy.maxAttempts, 1, 100);
  requireWhole('attemptTimeoutMs', policy.attemptTimeoutMs, 1);
  requireWhole('leastAttemptMs', policy.leastAttemptMs ?? 0, 0, policy.attemptTimeoutMs);
  if (typeof policy.repeatable !== 'boolean') {
    throw new PolicyError(
      'repeatable',
      'true or false',
      policy.repeatable,
      'say whether a repetition is harmless',
    );
  }
  return { ...policy };
}

/** Begins a call that must be over by `deadlineMs` (Infinity: whenever). Its first attempt needs no leave of the budget. */
export function startCall(
  policy: RetryPolicy,
  deadlineMs: number,
  budget: RetryBudget,
  nowMs: number,
): Retried {
  const call: RetryCall = { policy, deadlineMs, attempts: 0, previousMs: 0, stopped: undefined };
  const begun = attempt(call, nowMs);
  if (begun.step.do === 'attempt') noteFirstAttempt(budget, nowMs);
  return begun;
}

/**
 * An attempt has ended: whether there will be another, and after which wait. A retry is promised to no call: the budget is asked when the wait is
 * over. No wait reaches beyond the deadline: then the call stops at once rather than later.
 */
export function attemptEnded(call: RetryCall, end: AttemptEnd, budget: RetryBudget, nowMs: number): Retried {
  if (call.stopped !== undefined) return stop(call, call.stopped);
  noteAttemptEnd(budget, end.kind === 'ok');
  const { policy, attempts, deadlineMs } = call;
  if (end.kind === 'ok' || end.kind === 'final') return stop(call, end.kind);
  if (end.kind === 'unknown' && !policy.repeatable) return stop(call, 'unknown-outcome');
  if (end.kind === 'refused' && end.pushback === 'never') return stop(call, 'pushback');
  if (attempts >= policy.maxAttempts) return stop(call, 'attempts');
  if (!hasRetry(budget, nowMs)) {
    budget.counts.refused++;
    return stop(call, 'budget');
  }
  const range = waitBefore(policy.backoff, attempts, call.previousMs);
  const askedMs = end.kind === 'refused' ? (end.retryAfterMs ?? 0) : 0;
  const leastMs = Math.max(range.leastMs, askedMs);
  const mostMs = Math.max(leastMs, range.mostMs);
  if (!hasTime(policy, deadlineMs, nowMs + leastMs)) return stop(call, 'deadline');
  return { call, step: { do: 'wait', range: { leastMs, mostMs } } };
}

/** The wait of `waitedMs` is over: the next attempt, if deadline and budget still allow one. */
export function nextAttempt(call: RetryCall, waitedMs: number, budget: RetryBudget, nowMs: number): Retried {
  if (call.stopped !== undefined) return stop(call, call.stopped);
  if (!hasTime(call.policy, call.deadlineMs, nowMs)) return stop(call, 'deadline');
  if (!takeRetry(budget, nowMs)) return stop(call, 'budget');
  return attempt({ ...call, previousMs: waitedMs }, nowMs);
}

/** The caller no longer wants the answer: there is no further attempt, and no wait is waited to its end. */
export function cancelCall(call: RetryCall): Retried {
  return stop(call, call.stopped ?? 'cancelled');
}

function attempt(call: RetryCall, nowMs: number): Retried {
  if (!hasTime(call.policy, call.deadlineMs, nowMs)) return stop(call, 'deadline');
  const number = call.attempts + 1;
  const timeoutMs = Math.min(call.policy.attemptTimeoutMs, call.deadlineMs - nowMs);
  return { call: { ...call, attempts: number }, step: { do: 'attempt', number, timeoutMs } };
}

/** Whether an attempt at this time could still be answered. */
function hasTime({ leastAttemptMs = 0 }: RetryPolicy, deadlineMs: number, atMs: number): boolean {
  return atMs < deadlineMs && deadlineMs - atMs >= leastAttemptMs;
}

function stop(call: RetryCall, why: StopReason): Retried {
  return { call: call.stopped === why ? call : { ...call, stopped: why }, step: { do: 'stop', why } };
}
