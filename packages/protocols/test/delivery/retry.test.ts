import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptEnded,
  type AttemptEnd,
  backoff,
  cancelCall,
  claimKey,
  finishKey,
  JITTERS,
  nextAttempt,
  noteAttemptEnd,
  noteFirstAttempt,
  PolicyError,
  retryPolicy,
  type RetryBudget,
  type RetryPolicy,
  startCall,
  startIdempotency,
  startRetryBudget,
  type StopReason,
  takeRetry,
  waitBefore,
  type Backoff,
} from '../../src/delivery/index.ts';
import { Draws } from '../clocks/executions.ts';

const UNLIMITED = { kind: 'unlimited' } as const;

/** The instants of all attempts of one call that never succeeds, each attempt failing at once. */
function attemptsOf(policy: RetryPolicy, draws: Draws, wait: typeof waitBefore = waitBefore): number[] {
  const at = [0];
  let previous = 0;
  for (let retry = 1; retry < policy.maxAttempts; retry++) {
    const { leastMs, mostMs } = wait(policy.backoff, retry, previous);
    previous = leastMs + draws.below(mostMs - leastMs + 1);
    at.push((at.at(-1) ?? 0) + previous);
  }
  return at;
}

/** The most arrivals in any window of 10 ms after the first attempts of so many clients that fail together. */
function peakOf(options: Backoff, clients: number, seed: number): number {
  const draws = new Draws(seed);
  const windows = new Map<number, number>();
  const policy = retryPolicy({ maxAttempts: 5, attemptTimeoutMs: 100, backoff: options, repeatable: true });
  for (let client = 0; client < clients; client++) {
    for (const atMs of attemptsOf(policy, draws).slice(1)) {
      const window = Math.floor(atMs / 10);
      windows.set(window, (windows.get(window) ?? 0) + 1);
    }
  }
  return Math.max(...windows.values());
}

describe('backoff', () => {
  const options = fc.record({
    baseMs: fc.integer({ min: 1, max: 1_000 }),
    extra: fc.integer({ min: 0, max: 60_000 }),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    jitter: fc.constantFrom(...JITTERS),
  });

  /** Whether every wait of this rule is within its kind's bounds, whatever came before. */
  function waitsAreBounded(wait: typeof waitBefore): boolean {
    const check = fc.property(
      options,
      fc.integer({ min: 1, max: 2_000 }),
      fc.integer(),
      (given, retry, seed) => {
        const chosen = backoff({ ...given, capMs: given.baseMs + given.extra });
        const { baseMs, capMs, factor, jitter } = chosen;
        const draws = new Draws(seed);
        let previous = 0;
        for (const number of [1, 2, 3, retry]) {
          const { leastMs, mostMs } = wait(chosen, number, previous);
          const step = Math.min(capMs, Math.round(baseMs * factor ** (number - 1)));
          const least = { none: step, full: 0, equal: step / 2, decorrelated: baseMs }[jitter];
          const most = jitter === 'decorrelated' ? Math.min(capMs, 3 * Math.max(baseMs, previous)) : step;
          if (!(leastMs >= least && mostMs <= most && leastMs <= mostMs)) return false;
          if (!Number.isSafeInteger(leastMs) || !Number.isSafeInteger(mostMs)) return false;
          previous = leastMs + draws.below(mostMs - leastMs + 1);
        }
        return true;
      },
    );
    return !fc.check(check, { seed: 18, numRuns: 300 }).failed;
  }

  it('S0.18 every wait keeps the bounds of its kind of jitter; a twin without the cap does not', () => {
    expect(waitsAreBounded(waitBefore)).toBe(true);
    const uncapped: typeof waitBefore = (given, retry, previousMs) =>
      waitBefore({ ...given, capMs: Number.MAX_SAFE_INTEGER }, retry, previousMs);
    expect(waitsAreBounded(uncapped)).toBe(false);
  });

  it('S0.18 1,000 clients that fail together: attempts keep the cap, and jitter spreads the peak', () => {
    const peaks = Object.fromEntries(
      JITTERS.map((jitter) => [jitter, peakOf(backoff({ baseMs: 100, capMs: 10_000, jitter }), 1_000, 1)]),
    );
    expect(peaks['none']).toBe(1_000);
    // Full jitter spreads the first retries over 100 ms, ten windows; the others begin later and spread wider.
    expect(peaks['full']).toBeLessThan(1_000 / 5);
    expect(peaks['equal']).toBeLessThan(1_000 / 3);
    expect(peaks['decorrelated']).toBeLessThan(1_000 / 3);
    const policy = retryPolicy({
      maxAttempts: 5,
      attemptTimeoutMs: 1,
      backoff: backoff({ baseMs: 1, capMs: 9 }),
      repeatable: true,
    });
    for (let client = 0; client < 1_000; client++) {
      let { call, step } = startCall(policy, Number.POSITIVE_INFINITY, startRetryBudget(UNLIMITED), 0);
      let attempts = 0;
      while (step.do !== 'stop') {
        if (step.do === 'attempt') attempts = step.number;
        const budget = startRetryBudget(UNLIMITED);
        ({ call, step } =
          step.do === 'attempt'
            ? attemptEnded(call, { kind: 'unknown' }, budget, 0)
            : nextAttempt(call, step.range.mostMs, budget, 0));
      }
      expect([attempts, step.why]).toEqual([5, 'attempts']);
    }
  });

  it('draws of full jitter are even over their range', () => {
    const draws = new Draws(5);
    const { leastMs, mostMs } = waitBefore(backoff({ baseMs: 100, capMs: 1_000 }), 1, 0);
    const sum = Array.from({ length: 10_000 }, () => leastMs + draws.below(mostMs - leastMs + 1));
    expect(Math.abs(sum.reduce((a, b) => a + b, 0) / 10_000 - 50)).toBeLessThan(1);
    expect([Math.min(...sum), Math.max(...sum)]).toEqual([0, 100]);
  });

  it('refuses settings that are out of range, by name', () => {
    const good = { baseMs: 10, capMs: 100 };
    for (const [field, bad] of [
      ['baseMs', { ...good, baseMs: 0 }],
      ['capMs', { ...good, capMs: 9 }],
      ['factor', { ...good, factor: 0.5 }],
      ['jitter', { ...good, jitter: 'half' as 'full' }],
    ] as const) {
      expect(() => backoff(bad)).toThrow(expect.objectContaining({ code: 'BAD_POLICY', field }));
    }
    expect(() =>
      retryPolicy({ maxAttempts: 0, attemptTimeoutMs: 1, backoff: backoff(good), repeatable: true }),
    ).toThrow(PolicyError);
  });
});

/** Calls at random instants, most of which fail and ask for retries; the first instant at which the ratio is broken, or undefined. */
function firstOverspend(
  seed: number,
  note: typeof noteFirstAttempt,
  take: typeof takeRetry,
): number | undefined {
  const [ratio, floorPerSecond, windowMs] = [0.2, 1, 1_000];
  const budget = startRetryBudget({ kind: 'ratio', ratio, floorPerSecond, windowMs });
  const draws = new Draws(seed);
  const firsts: number[] = [];
  const retries: number[] = [];
  for (let nowMs = 0, i = 0; i < 600; i++, nowMs += draws.below(draws.below(20) === 0 ? 400 : 10)) {
    if (draws.below(3) === 0) {
      firsts.push(nowMs);
      note(budget, nowMs);
    } else if (take(budget, nowMs)) retries.push(nowMs);
    // What is remembered covers the part of now and the nine before it.
    const fromMs = (Math.floor(nowMs / (windowMs / 10)) - 9) * (windowMs / 10);
    const within = (times: number[]): number => times.filter((atMs) => atMs >= fromMs).length;
    if (retries.at(-1) === nowMs && within(retries) > floorPerSecond + ratio * within(firsts) + 1e-6)
      return nowMs;
  }
  return undefined;
}

describe('retry budget', () => {
  it('retries in any window are a share of its calls and the floor; a twin that pays for retries is caught', () => {
    let caught = 0;
    for (let seed = 1; seed <= 50; seed++) {
      expect([seed, firstOverspend(seed, noteFirstAttempt, takeRetry)]).toEqual([seed, undefined]);
      const generous = (budget: RetryBudget, nowMs: number): boolean => {
        const taken = takeRetry(budget, nowMs);
        if (taken) for (let i = 0; i < 5; i++) noteFirstAttempt(budget, nowMs);
        return taken;
      };
      if (firstOverspend(seed, noteFirstAttempt, generous) !== undefined) caught++;
    }
    expect(caught).toBe(50);
  });

  it('S0.20 once it is spent there is no retry until calls or time fill it again', () => {
    const budget = startRetryBudget({ kind: 'ratio', ratio: 0.5, floorPerSecond: 2, windowMs: 1_000 });
    expect([1, 2, 3].map(() => takeRetry(budget, 0))).toEqual([true, true, false]);
    noteFirstAttempt(budget, 10);
    expect(takeRetry(budget, 10)).toBe(false);
    noteFirstAttempt(budget, 20);
    expect([takeRetry(budget, 30), takeRetry(budget, 30)]).toEqual([true, false]);
    expect(takeRetry(budget, 999)).toBe(false);
    expect(takeRetry(budget, 1_000)).toBe(true);
    expect(budget.counts).toEqual({ first: 2, retries: 4, refused: 4 });
  });

  it('throttling allows retries only while more than half of the tokens are left', () => {
    const budget = startRetryBudget({ kind: 'throttle', maxTokens: 10, tokenRatio: 0.1 });
    for (let failure = 1; failure <= 5; failure++) {
      expect(takeRetry(budget, 0)).toBe(true);
      noteAttemptEnd(budget, false);
    }
    expect(takeRetry(budget, 0)).toBe(false);
    noteAttemptEnd(budget, true);
    expect(takeRetry(budget, 0)).toBe(true);
    for (let i = 0; i < 1_000; i++) noteAttemptEnd(budget, true);
    expect(budget.parts).toEqual([10]);
    for (let i = 0; i < 1_000; i++) noteAttemptEnd(budget, false);
    expect(budget.parts).toEqual([0]);
    expect(() => startRetryBudget({ kind: 'throttle', maxTokens: 0, tokenRatio: 0.1 })).toThrow(PolicyError);
    expect(() => startRetryBudget({ kind: 'ratio', ratio: -1, floorPerSecond: 1, windowMs: 1_000 })).toThrow(
      expect.objectContaining({ field: 'ratio' }),
    );
  });
});

describe('a retried call', () => {
  const policy = retryPolicy({
    maxAttempts: 3,
    attemptTimeoutMs: 100,
    leastAttemptMs: 20,
    backoff: backoff({ baseMs: 50, capMs: 400, jitter: 'none' }),
    repeatable: true,
  });

  /** Why the call stops after an attempt that ends like this at this time. */
  function stopAfter(
    end: AttemptEnd,
    nowMs: number,
    change: Partial<RetryPolicy> = {},
  ): StopReason | 'goes on' {
    const budget = startRetryBudget(UNLIMITED);
    const { call } = startCall({ ...policy, ...change }, 1_000, budget, 0);
    const { step } = attemptEnded(call, end, budget, nowMs);
    return step.do === 'stop' ? step.why : 'goes on';
  }

  it('names why it stops: success, final answer, unknown outcome, attempts, deadline, budget, pushback, cancelled', () => {
    expect(stopAfter({ kind: 'ok' }, 10)).toBe('ok');
    expect(stopAfter({ kind: 'final' }, 10)).toBe('final');
    expect(stopAfter({ kind: 'unknown' }, 100)).toBe('goes on');
    expect(stopAfter({ kind: 'unknown' }, 100, { repeatable: false })).toBe('unknown-outcome');
    expect(stopAfter({ kind: 'refused' }, 100, { repeatable: false })).toBe('goes on');
    expect(stopAfter({ kind: 'refused' }, 100, { maxAttempts: 1 })).toBe('attempts');
    // The attempt would have 19 ms.
    expect(stopAfter({ kind: 'refused' }, 931)).toBe('deadline');
    expect(stopAfter({ kind: 'refused', retryAfterMs: 960 }, 100)).toBe('deadline');
    expect(stopAfter({ kind: 'refused', pushback: 'never' }, 100)).toBe('pushback');
    const spent = startRetryBudget({ kind: 'ratio', ratio: 0, floorPerSecond: 0, windowMs: 1_000 });
    const first = startCall(policy, 1_000, spent, 0);
    expect(attemptEnded(first.call, { kind: 'unknown' }, spent, 100).step).toEqual({
      do: 'stop',
      why: 'budget',
    });
    expect(startCall(policy, 10, spent, 0).step).toEqual({ do: 'stop', why: 'deadline' });
  });

  it('S1.113 after cancellation nothing is attempted, also when a wait or an attempt was under way', () => {
    const budget = startRetryBudget(UNLIMITED);
    const { call } = startCall(policy, 1_000, budget, 0);
    const waiting = attemptEnded(call, { kind: 'refused' }, budget, 10);
    expect(waiting.step).toEqual({ do: 'wait', range: { leastMs: 50, mostMs: 50 } });
    const cancelled = cancelCall(waiting.call);
    expect(cancelled.step).toEqual({ do: 'stop', why: 'cancelled' });
    expect(nextAttempt(cancelled.call, 50, budget, 60).step).toEqual({ do: 'stop', why: 'cancelled' });
    expect(attemptEnded(cancelCall(call).call, { kind: 'ok' }, budget, 10).step).toEqual({
      do: 'stop',
      why: 'cancelled',
    });
    expect(budget.counts).toEqual({ first: 1, retries: 0, refused: 0 });
  });

  it('no attempt is longer than the time left, none begins after the deadline, and none is beyond the last', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.integer(),
        fc.boolean(),
        (deadlineMs, seed, limited) => {
          const draws = new Draws(seed);
          const budget = startRetryBudget(
            limited ? { kind: 'ratio', ratio: 0, floorPerSecond: 1, windowMs: 1_000 } : UNLIMITED,
          );
          let nowMs = 0;
          let { call, step } = startCall(policy, deadlineMs, budget, nowMs);
          let attempts = 0;
          while (step.do !== 'stop') {
            if (step.do === 'attempt') {
              attempts++;
              expect(step.number).toBe(attempts);
              expect(nowMs).toBeLessThan(deadlineMs);
              expect(nowMs + step.timeoutMs).toBeLessThanOrEqual(deadlineMs);
              nowMs += draws.below(step.timeoutMs + 1);
              ({ call, step } = attemptEnded(
                call,
                { kind: draws.below(2) === 0 ? 'unknown' : 'refused' },
                budget,
                nowMs,
              ));
            } else {
              const waitedMs = step.range.leastMs + draws.below(step.range.mostMs - step.range.leastMs + 1);
              nowMs += waitedMs;
              ({ call, step } = nextAttempt(call, waitedMs, budget, nowMs));
            }
          }
          expect(attempts).toBeLessThanOrEqual(limited ? 2 : 3);
        },
      ),
      { seed: 20, numRuns: 300 },
    );
  });

  it('S0.19 the answer is lost after the charge: with a key one charge and the same answer, without it two', () => {
    const charge = (keyed: boolean): { charges: number; answers: unknown[] } => {
      const table = startIdempotency({ limit: 10, keepMs: 10_000, lastRetryMs: 1_000 });
      let charges = 0;
      const serve = (nowMs: number): unknown => {
        const claimed = claimKey(table, keyed ? 'pay-1' : `attempt at ${nowMs}`, 100, nowMs);
        if (claimed.do === 'replay') return claimed.response;
        if (claimed.do !== 'run') return claimed.do;
        const response = `charge ${++charges}`;
        finishKey(
          table,
          keyed ? 'pay-1' : `attempt at ${nowMs}`,
          { claim: claimed.claim, state: 'succeeded', response },
          nowMs,
        );
        return response;
      };
      const budget = startRetryBudget(UNLIMITED);
      const { call } = startCall(policy, 1_000, budget, 0);
      const answers = [serve(0)];
      const timedOut = attemptEnded(call, { kind: 'unknown' }, budget, 100);
      const again = nextAttempt(timedOut.call, 50, budget, 150);
      if (again.step.do === 'attempt') answers.push(serve(150));
      return { charges, answers };
    };
    expect(charge(true)).toEqual({ charges: 1, answers: ['charge 1', 'charge 1'] });
    expect(charge(false)).toEqual({ charges: 2, answers: ['charge 1', 'charge 2'] });
  });
});
