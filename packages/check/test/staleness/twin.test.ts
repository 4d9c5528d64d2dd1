import { describe, expect, it } from 'vitest';
import type { History } from '../../src/history/operation.ts';
import { registerModel } from '../../src/models/register.ts';
import { checkRegular } from '../../src/staleness/regular.ts';
import { checkTimeStaleness } from '../../src/staleness/time.ts';
import { checkVersionStaleness } from '../../src/staleness/versions.ts';
import { Random } from '../litmus/random.ts';
import { smallWeakShape, weakHistory } from '../litmus/weakHistories.ts';
import { isRegular, isStaleAtMost } from './reference.ts';

const model = registerModel();
const CASES = 3_000;

function compare(
  cases: number,
  expected: (history: History) => boolean,
  found: (history: History) => string,
): number {
  let violated = 0;
  for (let seed = 0; seed < cases; seed++) {
    const random = new Random(seed + 300_000);
    const history = weakHistory(random, smallWeakShape(random));
    const status = expected(history) ? 'holds' : 'violated';
    const answer = found(history);
    if (answer !== status) expect({ seed, answer, history }).toEqual({ seed, answer: status, history });
    if (status === 'violated') violated++;
  }
  return violated;
}

describe('staleness', () => {
  it.each(['regular', 'safe'] as const)(
    '%s registers agree with the definition on 3,000 random histories',
    (kind) => {
      const violated = compare(
        CASES,
        (history) => isRegular(history, model, kind),
        (history) => checkRegular(history, model, kind, { explain: false }).status,
      );
      expect(violated).toBeGreaterThan(CASES / 20);
      expect(violated).toBeLessThan((CASES * 9) / 10);
    },
  );

  it.each([0, 1, 2])(
    'S1.159 at most %i versions behind agrees with brute force on 1,500 random histories',
    (versions) => {
      const violated = compare(
        CASES / 2,
        (history) => isStaleAtMost(history, model, versions),
        (history) =>
          checkVersionStaleness(history, model, { versions, explain: false, measure: false }).status,
      );
      expect(violated).toBeGreaterThan(CASES / 60);
    },
  );

  it.each([0, 1, 4])(
    'S1.159 at most %i behind in time agrees with brute force on 1,500 random histories',
    (within) => {
      const violated = compare(
        CASES / 2,
        (history) => isStaleAtMost(history, model, 0, within),
        (history) => checkTimeStaleness(history, model, { within, explain: false, measure: false }).status,
      );
      expect(violated).toBeGreaterThan(CASES / 60);
    },
  );

  it('S1.159 the lag told is the smallest bound that holds, in versions and in time', () => {
    let told = 0;
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed + 400_000);
      const history = weakHistory(random, { ...smallWeakShape(random), operations: 7 });
      const bound = random.below(4);
      const versions = checkVersionStaleness(history, model, { versions: bound, explain: false });
      const smallest = [0, 1, 2, 3, 4, 5, 6].find((n) => isStaleAtMost(history, model, n));
      expect({ seed, lag: versions.lag }).toEqual({ seed, lag: smallest });
      const time = checkTimeStaleness(history, model, { within: bound, explain: false });
      const ticks = Array.from({ length: 30 }, (_, n) => n);
      const shortest = ticks.find((n) => isStaleAtMost(history, model, 0, n));
      expect({ seed, lag: time.lag }).toEqual({ seed, lag: shortest });
      if ((smallest ?? 0) > 0 && (shortest ?? 0) > 0) told++;
    }
    expect(told).toBeGreaterThan(40);
  });
});
