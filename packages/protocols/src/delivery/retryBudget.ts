import { requireNumber, requireWhole } from './policyError.ts';

/**
 * How many retries there may be for all calls of a client together. `ratio`: over `windowMs`, so many retries for each first attempt and
 * `floorPerSecond` besides (Finagle's `RetryBudget`: 20 %, 10 a second, 10 s). `throttle`: a failure takes one of `maxTokens`, a success
 * gives `tokenRatio` back, and there are retries only while more than half are left (gRPC proposal A6: 10 and 0.1). `unlimited`: the
 * absence of a budget.
 */
export type RetryBudgetOptions =
  | {
      readonly kind: 'ratio';
      readonly ratio: number;
      readonly floorPerSecond: number;
      readonly windowMs: number;
    }
  | { readonly kind: 'throttle'; readonly maxTokens: number; readonly tokenRatio: number }
  | { readonly kind: 'unlimited' };

/** A budget: plain data, changed in place by the functions here only. Times are milliseconds of a clock that does not go back. */
export interface RetryBudget {
  readonly options: RetryBudgetOptions;
  /** `ratio`: what came in and went out in each part of the window. `throttle`: the tokens left. */
  readonly parts: number[];
  /** Which part of all time is the newest; older ones stand before it in a ring. */
  newestPart: number;
  /** First attempts, retries allowed and retries refused since the start. */
  readonly counts: { first: number; retries: number; refused: number };
}

/** Parts a window is cut into: what is older than the window is forgotten part by part. */
const PARTS = 10;

/** A full budget. Throws `PolicyError`. */
export function startRetryBudget(options: RetryBudgetOptions): RetryBudget {
  if (options.kind === 'ratio') {
    requireNumber('ratio', options.ratio, 0, 100);
    requireNumber('floorPerSecond', options.floorPerSecond, 0, 1_000_000);
    requireWhole('windowMs', options.windowMs, PARTS);
  } else if (options.kind === 'throttle') {
    requireNumber('maxTokens', options.maxTokens, 1, 1_000);
    requireNumber('tokenRatio', options.tokenRatio, 0.001, 1_000);
  }
  const parts =
    options.kind === 'throttle'
      ? [options.maxTokens]
      : new Array<number>(options.kind === 'ratio' ? PARTS : 0).fill(0);
  return { options: { ...options }, parts, newestPart: 0, counts: { first: 0, retries: 0, refused: 0 } };
}

/** A call makes its first attempt, which needs no leave. */
export function noteFirstAttempt(budget: RetryBudget, nowMs: number): void {
  budget.counts.first++;
  if (budget.options.kind === 'ratio') addToWindow(budget, budget.options.ratio, nowMs);
}

/** An attempt has ended, in one way or the other: what throttling counts. */
export function noteAttemptEnd(budget: RetryBudget, succeeded: boolean): void {
  const { options, parts } = budget;
  if (options.kind !== 'throttle') return;
  const tokens = (parts[0] ?? 0) + (succeeded ? options.tokenRatio : -1);
  parts[0] = Math.min(options.maxTokens, Math.max(0, tokens));
}

/** Whether `takeRetry` would be granted now. Changes nothing but what is too old. */
export function hasRetry(budget: RetryBudget, nowMs: number): boolean {
  const { options, parts } = budget;
  switch (options.kind) {
    case 'unlimited':
      return true;
    case 'throttle':
      return (parts[0] ?? 0) > options.maxTokens / 2;
    case 'ratio': {
      forgetOld(budget, nowMs);
      const reserve = (options.floorPerSecond * options.windowMs) / 1_000;
      // Sums of fractions: a token that is short by rounding alone is whole.
      return reserve + parts.reduce((sum, part) => sum + part, 0) >= 1 - 1e-9;
    }
  }
}

/** Asks for one retry; when it answers true the retry is spent and must be made. */
export function takeRetry(budget: RetryBudget, nowMs: number): boolean {
  if (!hasRetry(budget, nowMs)) {
    budget.counts.refused++;
    return false;
  }
  budget.counts.retries++;
  if (budget.options.kind === 'ratio') addToWindow(budget, -1, nowMs);
  return true;
}

function addToWindow(budget: RetryBudget, amount: number, nowMs: number): void {
  forgetOld(budget, nowMs);
  const at = budget.newestPart % PARTS;
  budget.parts[at] = (budget.parts[at] ?? 0) + amount;
}

/** Empties the parts of the ring that stand for times that have begun since the last look. */
function forgetOld(budget: RetryBudget, nowMs: number): void {
  const { options, parts } = budget;
  if (options.kind !== 'ratio') return;
  const part = Math.floor(nowMs / (options.windowMs / PARTS));
  for (let fresh = Math.max(budget.newestPart + 1, part - PARTS + 1); fresh <= part; fresh++)
    parts[fresh % PARTS] = 0;
  if (part > budget.newestPart) budget.newestPart = part;
}
