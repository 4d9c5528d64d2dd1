import { describe, expect, it } from 'vitest';
import { checkConsistency } from '../../src/litmus/consistency.ts';
import { LITMUS_BOUNDS, litmusHistories } from '../../src/litmus/histories.ts';
import {
  CONSISTENCY_IMPLIES,
  type ConsistencyName,
  consistencyNames,
  impliedBy,
} from '../../src/litmus/spectrum.ts';
import { judgeLitmus } from '../../src/litmus/table.ts';
import { registerModel } from '../../src/models/register.ts';
import { Random } from './random.ts';
import { smallWeakShape, weakHistory } from './weakHistories.ts';

const CASES = 10_000;

describe('the spectrum of consistency models', () => {
  it('S2.36 over 10,000 random histories, whatever a stronger checker accepts every weaker one accepts', () => {
    const model = registerModel();
    const options = { ...LITMUS_BOUNDS, explain: false, measure: false };
    const accepted = new Map(consistencyNames.map((name) => [name, 0]));
    for (let seed = 0; seed < CASES; seed++) {
      const random = new Random(seed + 2_000_000);
      const shape = smallWeakShape(random);
      const history = weakHistory(random, { ...shape, operations: shape.operations + random.below(4) });
      const holds = new Set<ConsistencyName>();
      for (const name of consistencyNames) {
        const { status } = checkConsistency(history, name, model, options);
        if (status === 'undecided') expect({ seed, name, status }).toEqual({ seed, name, status: 'decided' });
        if (status === 'holds') holds.add(name);
      }
      for (const name of holds) {
        accepted.set(name, (accepted.get(name) ?? 0) + 1);
        const broken = CONSISTENCY_IMPLIES[name].find((weaker) => !holds.has(weaker));
        if (broken !== undefined) expect({ seed, name, broken, history }).toEqual({ seed, name, history });
      }
    }
    for (const [name, times] of accepted) {
      expect([name, times > CASES / 20 && times < CASES]).toEqual([name, true]);
    }
  });

  const pairs = consistencyNames.flatMap((stronger) =>
    CONSISTENCY_IMPLIES[stronger].map((weaker) => [stronger, weaker] as const),
  );

  it.each(pairs)('S2.36 a litmus history separates %s from the weaker %s', (stronger, weaker) => {
    const separating = litmusHistories.filter(
      ({ rejectedBy }) => rejectedBy.includes(stronger) && !rejectedBy.includes(weaker),
    );
    expect(separating.length).toBeGreaterThan(0);
    for (const litmus of separating) {
      expect(judgeLitmus(litmus, stronger).status).toBe('violated');
      expect(judgeLitmus(litmus, weaker).status).toBe('holds');
    }
  });

  it('S2.36 nothing else is implied: for every other pair some litmus history is accepted by the one and rejected by the other', () => {
    const unshown: string[] = [];
    for (const a of consistencyNames) {
      const implied = impliedBy(a);
      for (const b of consistencyNames) {
        if (a === b || implied.includes(b)) continue;
        const shown = litmusHistories.some(
          ({ rejectedBy }) => !rejectedBy.includes(a) && rejectedBy.includes(b),
        );
        if (!shown) unshown.push(`${a} does not imply ${b}`);
      }
    }
    expect(unshown).toEqual([]);
  });

  it('S2.36 linearizable > sequential > causal memory > PRAM > each of its session guarantees > eventual', () => {
    const chain = [
      'linearizable',
      'sequential',
      'causal-memory',
      'pram',
      'monotonic-reads',
      'eventual',
    ] as const;
    chain.slice(1).forEach((weaker, i) => {
      expect(impliedBy(chain[i] ?? 'eventual')).toContain(weaker);
    });
  });
});
