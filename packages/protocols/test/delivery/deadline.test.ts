import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assertWithin,
  childDeadline,
  DeadlineError,
  type DeadlineSpan,
  judgeDeadlines,
  latencyQuantile,
  MAX_REMAINING_MS,
  PolicyError,
  receiveDeadline,
  recordLatency,
  remainingMs,
  sendDeadline,
  startDeadline,
  startHistogram,
  timeoutFrom,
} from '../../src/delivery/index.ts';
import { Draws } from '../clocks/executions.ts';

interface Hop {
  readonly skewMs: number;
  readonly transitMs: number;
  readonly workMs: number;
}

/** How a deadline travels: what is left of it, or, in the broken twin, the sender's own time of it. */
type Travel = 'remaining' | 'absolute';

/** A call through hops whose clocks differ: what each saw, by true time. Each works, then calls the next if anything is left. */
function travel(hops: readonly Hop[], budgetMs: number, how: Travel, looks = true): DeadlineSpan[] {
  const spans: DeadlineSpan[] = [];
  let trueMs = 1_000_000;
  let deadline = startDeadline(trueMs + (hops[0]?.skewMs ?? 0), budgetMs);
  for (const [i, { skewMs, transitMs, workMs }] of hops.entries()) {
    const localMs = trueMs + skewMs;
    if (i > 0) {
      const from = hops[i - 1]?.skewMs ?? 0;
      const wire = sendDeadline(deadline, trueMs + from);
      if (wire === undefined && looks) break;
      const left = how === 'remaining' ? (wire?.remainingMs ?? 0) : deadline.atMs - (localMs + transitMs);
      trueMs += transitMs;
      const arrivedMs = trueMs + skewMs;
      deadline = receiveDeadline(
        { remainingMs: Math.max(0, Math.min(left, MAX_REMAINING_MS)) },
        arrivedMs,
        how === 'remaining' ? transitMs : 0,
      );
      if (remainingMs(deadline, arrivedMs) === 0 && looks) break;
    }
    const parent = i === 0 ? {} : { parent: i - 1 };
    spans.push({
      id: i,
      ...parent,
      where: `hop ${i}`,
      startedMs: trueMs,
      deadlineMs: deadline.atMs - skewMs,
    });
    trueMs += workMs;
  }
  return spans;
}

describe('deadlines', () => {
  const hop = fc.record({
    skewMs: fc.integer({ min: -5_000, max: 5_000 }),
    transitMs: fc.integer({ min: 0, max: 60 }),
    workMs: fc.integer({ min: 0, max: 200 }),
  });
  const calls = fc.tuple(fc.array(hop, { minLength: 2, maxLength: 6 }), fc.integer({ min: 1, max: 800 }));

  function keepsTheRules(how: Travel, looks: boolean): boolean {
    const property = fc.property(
      calls,
      ([hops, budgetMs]) => judgeDeadlines(travel(hops, budgetMs, how, looks)).length === 0,
    );
    return !fc.check(property, { seed: 114, numRuns: 400 }).failed;
  }

  it('S1.114 what is left shrinks hop by hop, under any skew; a twin that sends its own clock does not keep it', () => {
    expect(keepsTheRules('remaining', true)).toBe(true);
    expect(keepsTheRules('absolute', true)).toBe(false);
    fc.assert(
      fc.property(calls, ([hops, budgetMs]) => {
        const spans = travel(hops, budgetMs, 'remaining');
        for (const [i, span] of spans.entries()) {
          const before = spans[i - 1];
          if (before === undefined) continue;
          const lost = (hops[i - 1]?.workMs ?? 0) + (hops[i]?.transitMs ?? 0);
          expect(before.deadlineMs - before.startedMs - (span.deadlineMs - span.startedMs)).toBe(lost);
        }
      }),
      { seed: 115, numRuns: 200 },
    );
  });

  it('S1.114 no work starts after expiry; a twin that does not look is caught, and so is a child beyond its parent', () => {
    expect(keepsTheRules('remaining', false)).toBe(false);
    const parent = startDeadline(0, 100);
    expect(childDeadline(parent, 40, { timeoutMs: 500 })).toEqual({ atMs: 100 });
    expect(childDeadline(parent, 40, { timeoutMs: 20 })).toEqual({ atMs: 60 });
    expect(childDeadline(parent, 40, { reserveMs: 30 })).toEqual({ atMs: 70 });
    expect(childDeadline(parent, 70, { reserveMs: 30 })).toBeUndefined();
    expect(sendDeadline(parent, 100)).toBeUndefined();
    assertWithin(parent, { atMs: 100 });
    expect(() => assertWithin(parent, { atMs: 101 })).toThrow(DeadlineError);
    const spans = [
      { id: 1, where: 'a', startedMs: 0, deadlineMs: 100 },
      { id: 2, parent: 1, where: 'b', startedMs: 50, deadlineMs: 101 },
      { id: 3, parent: 1, where: 'c', startedMs: 100, deadlineMs: 100 },
    ];
    expect(judgeDeadlines(spans).map(({ span, rule }) => [span.id, rule])).toEqual([
      [2, 'child outlives parent'],
      [3, 'work after expiry'],
    ]);
  });

  it('refuses what is no deadline from elsewhere, and changes nothing', () => {
    for (const bad of [
      undefined,
      null,
      5,
      {},
      { remainingMs: '5' },
      { remainingMs: -1 },
      { remainingMs: Number.NaN },
    ]) {
      expect(() => receiveDeadline(bad, 0)).toThrow(expect.objectContaining({ code: 'BAD_DEADLINE' }));
    }
    expect(() => receiveDeadline({ remainingMs: MAX_REMAINING_MS + 1 }, 0)).toThrow(DeadlineError);
    expect(receiveDeadline({ remainingMs: 100 }, 1_000, 30)).toEqual({ atMs: 1_070 });
    expect(() => startDeadline(0, 0)).toThrow(PolicyError);
  });
});

describe('a timeout from recorded latencies', () => {
  /** Mostly 20 to 60 ms, one in fifty slower with a long tail. */
  const latency = (draws: Draws): number =>
    draws.below(50) === 0 ? 60 - 400 * Math.log(1 - draws.below(1e6) / 1e6) : 20 + draws.below(41);

  it('S0.17 it keeps the false timeout rate on samples it has not seen, and never exceeds the caller', () => {
    for (const falseTimeoutRate of [0.001, 0.01, 0.05]) {
      for (let seed = 1; seed <= 5; seed++) {
        const draws = new Draws(seed);
        const histogram = startHistogram();
        for (let i = 0; i < 20_000; i++) recordLatency(histogram, latency(draws));
        const timeoutMs = timeoutFrom(histogram, { falseTimeoutRate, remainingMs: 60_000 });
        let late = 0;
        for (let i = 0; i < 20_000; i++) if (latency(draws) > timeoutMs) late++;
        expect(late / 20_000).toBeLessThanOrEqual(falseTimeoutRate * 1.1);
        // It is no longer than it needs to be: three quarters of it would give up too many.
        expect(latencyQuantile(histogram, 1 - falseTimeoutRate)).toBeGreaterThan(timeoutMs * 0.5);
        expect(timeoutFrom(histogram, { falseTimeoutRate, remainingMs: 35 })).toBeLessThanOrEqual(35);
      }
    }
  });

  it('S0.17 a twin that takes the mean gives up far too many; too few samples are refused', () => {
    const draws = new Draws(9);
    const samples = Array.from({ length: 20_000 }, () => latency(draws));
    const mean = samples.reduce((a, b) => a + b, 0) / samples.length;
    expect(samples.filter((ms) => ms > mean).length / samples.length).toBeGreaterThan(0.2);
    const histogram = startHistogram();
    for (const ms of samples.slice(0, 900)) recordLatency(histogram, ms);
    expect(() => timeoutFrom(histogram, { falseTimeoutRate: 0.01, remainingMs: 100 })).toThrow(
      /at least 10 of the 900 recorded calls/,
    );
    expect(() => timeoutFrom(histogram, { falseTimeoutRate: 0, remainingMs: 100 })).toThrow(PolicyError);
    expect(() => recordLatency(histogram, -1)).toThrow(PolicyError);
  });

  it('a quantile is at most one bucket, three per cent, above the true one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (times, quantile) => {
          const histogram = startHistogram();
          for (const ms of times) recordLatency(histogram, ms);
          const sorted = times.toSorted((a, b) => a - b);
          const slower = Math.floor((1 - quantile) * times.length);
          const truth = sorted[times.length - 1 - slower] ?? 0;
          const found = latencyQuantile(histogram, quantile);
          expect(found).toBeGreaterThanOrEqual(truth);
          expect(found).toBeLessThanOrEqual(truth * (1 + 1 / 32) + 1);
        },
      ),
      { seed: 17, numRuns: 200 },
    );
  });
});
