import type { BreakerOptions } from './breaker.ts';
import type { Backoff } from './backoff.ts';
import type { RetryPolicy } from './retry.ts';
import type { RetryBudgetOptions } from './retryBudget.ts';

/** The fields of a retry budget, in the order they stand in a file (S0.22). */
export const RETRY_FIELDS = [
  'Operation',
  'Side effect?',
  'Timeout',
  'Max attempts',
  'Backoff',
  'Jitter',
  'Idempotency key',
  'Circuit/degrade rule',
  'Metrics',
] as const;

/** The name of a field. */
export type RetryField = (typeof RETRY_FIELDS)[number];

/** What can be measured of a client under its budget. */
export const RETRY_METRICS = {
  'load multiplier': { unit: '', about: 'attempts for each call' },
  goodput: { unit: '%', about: 'calls answered well and in time, of all calls after the fault' },
  'user failures': { unit: '%', about: 'calls that were not answered well, of all' },
  'duplicate effects': { unit: '', about: 'effects beyond the first of a call' },
  p99: { unit: 'ms', about: 'time within which 99 of 100 good answers came' },
  recovery: { unit: 'ms', about: 'from the end of the fault until goodput is back at 95 % for good' },
} as const;

/** The name of a metric. */
export type RetryMetric = keyof typeof RETRY_METRICS;

/** A bound a run is judged by; times in milliseconds, shares in percent. */
export interface RetryBound {
  readonly metric: RetryMetric;
  readonly is: '<=' | '>=';
  readonly bound: number;
}

/** What a retry budget says: it configures a client, and bounds what may be measured of it. */
export interface RetryContract {
  readonly operation: string;
  readonly sideEffect: boolean;
  /** Of one attempt, and of the whole call. */
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  /** The header that carries the key, and how long the server keeps it. */
  readonly idempotencyKey: { readonly header: string; readonly keepMs: number } | null;
  readonly budget: RetryBudgetOptions;
  readonly breaker: BreakerOptions | null;
  /** What the caller hears once retries are spent. */
  readonly exhausted:
    | { readonly kind: 'degrade'; readonly answer: string }
    | { readonly kind: 'fail-closed' };
  readonly metrics: readonly RetryBound[];
}

/** A retry budget that cannot be read, or says what cannot be kept: `line` counts from 1, 0 stands for the whole file. */
export class RetryFileError extends Error {
  readonly code = 'BAD_RETRY_BUDGET';
  readonly file: string;
  readonly line: number;
  readonly field: string;
  constructor(
    at: { readonly file: string; readonly line: number; readonly field: string },
    problem: string,
    mend: string,
  ) {
    const place = at.line === 0 ? at.file : `${at.file}:${at.line}`;
    super(
      `Cannot use ${place} as a retry budget: ${at.field === '' ? '' : `${at.field} `}${problem}; ${mend}`,
    );
    this.name = 'RetryFileError';
    this.file = at.file;
    this.line = at.line;
    this.field = at.field;
  }
}

/** The policy a client of this contract runs with. */
export function policyOf(contract: RetryContract): RetryPolicy {
  const { maxAttempts, timeoutMs, backoff, sideEffect, idempotencyKey } = contract;
  return {
    maxAttempts,
    attemptTimeoutMs: timeoutMs,
    backoff,
    repeatable: !sideEffect || idempotencyKey !== null,
  };
}

/** What the caller is told when a call stops short of an answer: the declared one, whatever stopped it. */
export function answerWhenSpent(
  contract: RetryContract,
): { readonly kind: 'degraded'; readonly answer: string } | { readonly kind: 'closed' } {
  const { exhausted } = contract;
  return exhausted.kind === 'degrade' ? { kind: 'degraded', answer: exhausted.answer } : { kind: 'closed' };
}

/** A bound with what was measured. */
export interface RetryFinding extends RetryBound {
  /** Not a number when nothing was measured, which keeps no bound. */
  readonly value: number;
  readonly kept: boolean;
}

/** Judges what a run measured by the bounds of a contract. */
export function judgeRetryMetrics(
  contract: RetryContract,
  measured: Readonly<Partial<Record<RetryMetric, number>>>,
): RetryFinding[] {
  return contract.metrics.map((bound) => {
    const value = measured[bound.metric] ?? Number.NaN;
    return { ...bound, value, kept: bound.is === '<=' ? value <= bound.bound : value >= bound.bound };
  });
}
