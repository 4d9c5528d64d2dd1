import { describe, expect, it } from 'vitest';
import type { History } from '../../src/history/operation.ts';
import { checkLatency, latencyChecker, latencySummaries, rates } from '../../src/plain/latency.ts';
import { quantile } from '../../src/plain/time.ts';
import { Random } from '../linearizable/random.ts';
import { expectMinimal, historyOf, type Row } from './support.ts';

/** One client asks every 10 us and waits for each answer; it takes 1 us, but for one answer that takes 1000. */
function stalled(): History {
  const rows: Row[] = [];
  for (let i = 0, at = 0; i < 200; i++) {
    const invokedAt = Math.max(at, i * 10);
    at = invokedAt + (i === 50 ? 1000 : 1);
    rows.push([0, 'read', null, null, invokedAt, at]);
  }
  return historyOf(...rows);
}

describe('latencies', () => {
  it('measured from the intended times show a stall that measured from the invocations they hide', () => {
    const [closed] = latencySummaries(stalled());
    const [open] = latencySummaries(stalled(), { intendedAt: ({ id }) => id * 10 });
    expect({ p50: closed?.p50, p90: closed?.p90, p99: closed?.p99 }).toEqual({ p50: 1, p90: 1, p99: 1 });
    // The hundred operations due during the stall waited for it, and those behind them for them.
    expect(open?.p50).toBe(100);
    expect(open?.p90).toBe(820);
    expect(open?.slowestAnswer).toBe(1000);
  });

  it('quantiles are by nearest rank', () => {
    const random = new Random(5);
    for (let round = 0; round < 200; round++) {
      const values = Array.from({ length: 1 + random.below(30) }, () => random.below(50)).sort(
        (a, b) => a - b,
      );
      const q = random.below(101) / 100;
      const expected = values.find(
        (value) => values.filter((other) => other <= value).length >= q * values.length - 1e-9,
      );
      expect(quantile(values, q)).toBe(expected);
    }
    expect(quantile([], 0.5)).toBe(0);
  });

  it('an operation without an answer is infinitely late, and by kind', () => {
    const history = historyOf(
      [0, 'read', null, 1, 0, 5],
      [1, 'write', 1, null, 3, null],
      [2, 'read', null, 1, 4, 6],
    );
    const found = latencySummaries(history).map(({ f, operations, answered, p50, p99 }) => [
      f,
      operations,
      answered,
      p50,
      p99,
    ]);
    expect(found).toEqual([
      ['*', 3, 2, 5, Infinity],
      ['read', 2, 2, 2, 5],
      ['write', 1, 0, Infinity, Infinity],
    ]);
  });

  it('rates are told for every stretch, quiet ones too', () => {
    const history = historyOf(
      [0, 'read', null, 1, 5, 8],
      [0, 'read', null, 1, 12, 31],
      [1, 'read', null, null, 13, null],
    );
    expect(rates(history, 10)).toEqual([
      { from: 5, invoked: 3, answered: 1 },
      { from: 15, invoked: 0, answered: 0 },
      { from: 25, invoked: 0, answered: 1 },
    ]);
    expect(rates(historyOf(), 10)).toEqual([]);
  });
});

describe('latency', () => {
  it('holds within its limits and names the slowest operation beyond them', () => {
    const limits = [{ f: 'read', quantile: 0.99, most: 1 }];
    expect(checkLatency(stalled(), { limits }).status).toBe('holds');
    const strict = latencyChecker({ limits: [...limits, { f: '*', quantile: 1, most: 500 }] });
    const verdict = strict.check(stalled());
    expect(verdict.reason).toBe(
      'answers to all operations take 1 ms at quantile 1, at most 500 us allowed: the slowest was operation 50, process 0 ' +
        'waited 1 ms (0.5 to 1.5 ms)',
    );
    for (const finding of verdict.findings) expectMinimal(strict, stalled(), finding);
    const open = checkLatency(stalled(), { limits, intendedAt: ({ id }) => id * 10 });
    expect(open.status).toBe('violated');
  });

  it('refuses to judge without limits', () => {
    expect(() => checkLatency(stalled(), { limits: [] })).toThrow(/name at least one/);
    expect(() => checkLatency(stalled(), { limits: [{ f: '*', quantile: 99, most: 1 }] })).toThrow(
      /share from 0 to 1/,
    );
  });
});
