import { PolicyError, requireNumber, requireWhole } from './policyError.ts';

/**
 * How a wait is spread. With the step of a retry being base times factor to the power of retries before it, at most the cap: `none` waits the
 * step; `full` anything up to it; `equal` its upper half; `decorrelated` from the base to three times the wait before (at first, the base), at most the cap.
 */
export type Jitter = 'none' | 'full' | 'equal' | 'decorrelated';

/** All kinds of jitter. */
export const JITTERS: readonly Jitter[] = ['none', 'full', 'equal', 'decorrelated'];

/** How long to wait before each retry. Milliseconds, whole numbers. */
export interface Backoff {
  /** The first step, at least 1. */
  readonly baseMs: number;
  /** No wait is longer; at least `baseMs`. */
  readonly capMs: number;
  /** What a step is multiplied by for the next one, from 1 to 10. */
  readonly factor: number;
  readonly jitter: Jitter;
}

/** The waits allowed before a retry: any whole number of milliseconds in it is as likely as another. */
export interface WaitRange {
  readonly leastMs: number;
  readonly mostMs: number;
}

/**
 * A checked backoff; factor 2 and full jitter unless said otherwise. Throws `PolicyError`.
 * Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function backoff(options: {
  readonly baseMs: number;
  readonly capMs: number;
  readonly factor?: number;
  readonly jitter?: Jitter;
}): Backoff {
  const { factor = 2, jitter = 'full' } = options;
  if (!JITTERS.includes(jitter)) {
    throw new PolicyError('jitter', `one of ${JITTERS.join(', ')}`, jitter, 'choose one');
  }
  const baseMs = requireWhole('baseMs', options.baseMs, 1);
  return {
    baseMs,
    capMs: requireWhole('capMs', options.capMs, baseMs),
    factor: requireNumber('factor', factor, 1, 10),
    jitter,
  };
}

/**
 * The waits allowed before retry number `retry` (from 1). `previousMs` is the wait before the last attempt, 0 for the first retry; only
 * decorrelated jitter looks at it. The draw is the caller's: both ends are within the cap, whatever `retry` is.
 */
export function waitBefore(options: Backoff, retry: number, previousMs: number): WaitRange {
  const { baseMs, capMs, factor, jitter } = options;
  // A step beyond all numbers is Infinity, and the cap is less.
  const stepMs = Math.min(capMs, Math.round(baseMs * factor ** (retry - 1)));
  switch (jitter) {
    case 'none':
      return { leastMs: stepMs, mostMs: stepMs };
    case 'full':
      return { leastMs: 0, mostMs: stepMs };
    case 'equal':
      return { leastMs: Math.ceil(stepMs / 2), mostMs: stepMs };
    case 'decorrelated':
      return { leastMs: baseMs, mostMs: Math.min(capMs, 3 * Math.max(baseMs, previousMs)) };
  }
}
