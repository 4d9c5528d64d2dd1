/** When a breaker opens, and how it tries again. Times are milliseconds of the caller's own clock, which must not go back. */
export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it stays open. */
  readonly openMs: number;
  /** Calls let through at once while half-open. */
  readonly probes: number;
  /** Successful probes that close it. */
  readonly successes: number;
}

/** A circuit breaker: plain data, immutable. */
export interface Breaker {
  readonly options: BreakerOptions;
  readonly state: 'closed' | 'open' | 'half-open';
  /** Failures in a row while closed. */
  readonly failed: number;
  /** Half-open: probes under way, and succeeded. */
  readonly probing: number;
  readonly succeeded: number;
  readonly openUntilMs: number;
  /** Changes with each change of state: results of calls of before count for nothing. */
  readonly period: number;
}

/** Thrown for options no breaker can run with. */
export class BreakerOptionsError extends RangeError {
  readonly code = 'BAD_BREAKER_OPTIONS';
  readonly option: string;
  readonly value: number;
  constructor(option: string, value: number) {
    super(
      `Cannot build a breaker as ${option} must be a whole number of at least 1: current value is ${value}`,
    );
    this.name = 'BreakerOptionsError';
    this.option = option;
    this.value = value;
  }
}

/** A closed breaker. Throws `BreakerOptionsError`. */
export function startBreaker(options: BreakerOptions): Breaker {
  for (const name of ['failures', 'openMs', 'probes', 'successes'] as const) {
    if (!Number.isSafeInteger(options[name]) || options[name] < 1) {
      throw new BreakerOptionsError(name, options[name]);
    }
  }
  return {
    options: { ...options },
    state: 'closed',
    failed: 0,
    probing: 0,
    succeeded: 0,
    openUntilMs: 0,
    period: 0,
  };
}

/** Asks to call. With `allowed` the result must be reported by `recordCall`, with `breaker.period` as it is in the answer. */
export function askBreaker(
  breaker: Breaker,
  nowMs: number,
): { readonly allowed: boolean; readonly breaker: Breaker } {
  if (breaker.state === 'closed') return { allowed: true, breaker };
  if (breaker.state === 'open') {
    if (nowMs < breaker.openUntilMs) return { allowed: false, breaker };
    const period = breaker.period + 1;
    return { allowed: true, breaker: { ...breaker, state: 'half-open', probing: 1, succeeded: 0, period } };
  }
  if (breaker.probing >= breaker.options.probes) return { allowed: false, breaker };
  return { allowed: true, breaker: { ...breaker, probing: breaker.probing + 1 } };
}

/** Records how a call ended that was allowed in `period`. */
export function recordCall(breaker: Breaker, period: number, ok: boolean, nowMs: number): Breaker {
  const { options } = breaker;
  if (period !== breaker.period || breaker.state === 'open') return breaker;
  const opened: Breaker = {
    ...breaker,
    state: 'open',
    failed: 0,
    probing: 0,
    succeeded: 0,
    openUntilMs: nowMs + options.openMs,
    period: period + 1,
  };
  if (breaker.state === 'closed') {
    if (ok) return breaker.failed === 0 ? breaker : { ...breaker, failed: 0 };
    return breaker.failed + 1 >= options.failures ? opened : { ...breaker, failed: breaker.failed + 1 };
  }
  if (!ok) return opened;
  const succeeded = breaker.succeeded + 1;
  if (succeeded < options.successes) return { ...breaker, succeeded, probing: breaker.probing - 1 };
  return { ...breaker, state: 'closed', failed: 0, probing: 0, succeeded: 0, period: period + 1 };
}

/** A call allowed in `period` was given up by its caller: neither a success nor a failure. A probe makes room for another. */
export function forgetCall(breaker: Breaker, period: number): Breaker {
  if (period !== breaker.period || breaker.state !== 'half-open' || breaker.probing === 0) return breaker;
  return { ...breaker, probing: breaker.probing - 1 };
}
