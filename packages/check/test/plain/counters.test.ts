import { describe, expect, it } from 'vitest';
import type { History, Operation } from '../../src/history/operation.ts';
import type { Checker } from '../../src/plain/checker.ts';
import { counterBoundsChecker, gCounterChecker, pnCounterChecker } from '../../src/plain/counter.ts';
import { ReachableSums, WIDEST_SPAN } from '../../src/plain/reachable.ts';
import { Random } from '../linearizable/random.ts';
import { expectAgreement, historyOf, type Step } from './support.ts';

function counterStep(amounts: readonly number[], reads: readonly number[]): (random: Random) => Step {
  return (random) =>
    random.chance(60)
      ? { f: 'add', input: random.pick(amounts), output: null }
      : { f: 'read', input: null, output: random.pick(reads) };
}

/** Every sum that some choice of the optional amounts makes with the certain ones. */
function sums(certain: readonly Operation[], optional: readonly Operation[]): Set<number> {
  let found = new Set([certain.reduce((sum, add) => sum + (add.input as number), 0)]);
  for (const add of optional)
    found = new Set([...found].flatMap((sum) => [sum, sum + (add.input as number)]));
  return found;
}

function byDefinition(reads: 'fresh' | 'stale'): (history: History) => Record<string, number> {
  return ({ operations }) => {
    const counts = { 'too-low': 0, 'too-high': 0, unreachable: 0 };
    const adds = operations.filter((o) => o.f === 'add' && o.outcome !== 'fail');
    const seen = operations.filter((o) => o.f === 'read' && o.outcome === 'ok');
    for (const read of seen) {
      const isAfterAll = adds.every((add) =>
        add.outcome === 'ok' ? add.completedAt < read.invokedAt : add.invokedAt < read.invokedAt,
      );
      const isLast = !seen.some((other) => other.process === read.process && other.id > read.id);
      const isFinal = isAfterAll && (reads === 'fresh' || isLast);
      const known = (add: Operation): boolean =>
        isFinal ? add.outcome === 'ok' : reads === 'fresh' && add.completedAt < read.invokedAt;
      const possible = sums(
        adds.filter(known),
        adds.filter((add) => !known(add) && add.invokedAt <= read.completedAt),
      );
      const value = read.output as number;
      if (value < Math.min(...possible)) counts['too-low']++;
      else if (value > Math.max(...possible)) counts['too-high']++;
      else if (isFinal && !possible.has(value)) counts.unreachable++;
    }
    return counts;
  };
}

const SUBJECTS: readonly [
  name: string,
  checker: Checker,
  reads: 'fresh' | 'stale',
  amounts: readonly number[],
][] = [
  ['counter-bounds', counterBoundsChecker, 'fresh', [1, 2, 5, -3]],
  ['pn-counter', pnCounterChecker(), 'stale', [1, 4, 5, -4]],
  ['g-counter', gCounterChecker(), 'stale', [1, 2, 5]],
];

describe.each(SUBJECTS)('%s', (_, checker, reads, amounts) => {
  it('agrees with every choice of increments on 10,000 random histories, with findings that show themselves', () => {
    const values = [-4, -1, 0, 1, 2, 3, 5, 6, 9];
    const seen = expectAgreement(checker, counterStep(amounts, values), 10_000, byDefinition(reads));
    for (const kind of ['too-low', 'too-high', 'unreachable'])
      expect(seen.get(kind) ?? 0).toBeGreaterThan(20);
  });
});

describe('counters', () => {
  it('a final read may have any of the increments of unknown outcome, and nothing else', () => {
    const rows = [
      [0, 'add', 10, null, 0, 5],
      [1, 'add', 5, null, 1, null],
      [2, 'add', 5, null, 1, null],
    ] as const;
    const readOf = (value: number): ReturnType<Checker['check']> =>
      gCounterChecker().check(historyOf(...rows, [3, 'read', null, value, 8, 9]));
    expect([9, 10, 12, 15, 20, 21].map((value) => readOf(value).status)).toEqual([
      'violated',
      'holds',
      'violated',
      'holds',
      'holds',
      'violated',
    ]);
    expect(readOf(12).reason).toBe(
      'process 3 read 12 (8 to 9 us), which no choice among the 2 increments of unknown outcome makes of the acknowledged ones',
    );
    expect(readOf(9).reason).toBe(
      'process 3 read 9 (8 to 9 us), but at least 10 had to be there: 1 increment acknowledged before it began, of which 1 ' +
        'are enough to show it, 2 more that may have counted',
    );
  });

  it('a fresh read has what was acknowledged before it, a stale one may miss it until the end', () => {
    const history = historyOf(
      [0, 'increment', null, null, 0, 5],
      [1, 'read', null, 0, 8, 9],
      [0, 'inc', 2, null, 10, 11],
      [0, 'dec', 1, null, 12, 13],
      [1, 'read', null, 2, 14, 15],
    );
    expect(counterBoundsChecker.check(history).counts).toMatchObject({ 'too-low': 1, reads: 2, finals: 1 });
    expect(pnCounterChecker().check(history).status).toBe('holds');
    expect(gCounterChecker().check(history).counts['decrement']).toBe(1);
    expect(pnCounterChecker({ finalFrom: 100 }).check(history).counts['finals']).toBe(0);
  });

  it('sums are told one by one, for thousands of increments of unknown outcome too', () => {
    const random = new Random(7);
    for (let round = 0; round < 300; round++) {
      const values = Array.from({ length: random.below(9) }, () => random.below(13) - 5);
      let expected = new Set([0]);
      for (const value of values) expected = new Set([...expected].flatMap((sum) => [sum, sum + value]));
      const found = new ReachableSums(values);
      for (let sum = -50; sum < 80; sum++)
        if (found.has(sum) !== expected.has(sum)) expect({ values, sum }).toBe('told alike');
    }
    const many = new ReachableSums(Array.from({ length: 5_000 }, () => 3));
    expect([many.has(14_997), many.has(14_998), many.has(15_003)]).toEqual([true, false, false]);
    const wide = new ReachableSums([WIDEST_SPAN, 7]);
    expect([wide.has(3), wide.has(-1)]).toEqual([true, false]);
  });

  it('refuses amounts that are not whole numbers', () => {
    expect(() =>
      counterBoundsChecker.check(historyOf([0, 'add', 0.5, null, 0, 5], [0, 'read', null, 1, 6, 7])),
    ).toThrow(/Cannot judge operation 0 \(add\)/);
  });
});
