import { describe, expect, it } from 'vitest';
import { checkLinearizable } from '../../src/linearizable/check.ts';
import { PartJudge } from '../../src/linearizable/judge.ts';
import { splitParts } from '../../src/linearizable/parts.ts';
import { ALL_REDUCTIONS } from '../../src/linearizable/rules.ts';
import { bruteForce } from './bruteForce.ts';
import { randomHistory, smallShape } from './generate.ts';
import { Random } from './random.ts';
import { subjects } from './subjects.ts';

// Ten thousand for the model most histories are about, tens of thousands in all; `npm run fuzz` as many as wanted.
const CASES: Readonly<Record<string, number>> = { 'cas-register': 10_000 };
const USUAL_CASES = 2_000;
const NO_REDUCTIONS = {
  eager: false,
  dominance: false,
  symmetry: false,
  purpose: false,
  idle: false,
  foresight: false,
};

describe.each(Object.entries(subjects))('%s', (name, subject) => {
  const cases = CASES[name] ?? USUAL_CASES;

  it(`S1.13 agrees with brute force on ${cases} random histories of up to 8 operations, unknown ones among them`, () => {
    let violated = 0;
    let unknown = 0;
    for (let seed = 0; seed < cases; seed++) {
      const random = new Random(seed);
      const history = randomHistory(subject, smallShape(random), random);
      const expected = bruteForce(history, subject.model) ? 'holds' : 'violated';
      const { status } = checkLinearizable(history, subject.model, { explain: false });
      // What comes out of the zones comes out of the search, and keys judged together are judged alike.
      const others = [{ method: 'search' as const }, { partition: false }].map(
        (options) => checkLinearizable(history, subject.model, { ...options, explain: false }).status,
      );
      if (others.some((other) => other !== expected))
        expect({ seed, others }).toEqual({ seed, others: expected });
      if (status !== expected) expect({ seed, status, history }).toEqual({ seed, status: expected, history });
      if (status === 'violated') violated++;
      if (history.operations.some((operation) => operation.outcome === 'unknown')) unknown++;
    }
    expect(violated).toBeGreaterThan(cases / 50);
    expect(violated).toBeLessThan(cases / 2);
    expect(unknown).toBeGreaterThan(cases / 5);
  });

  it('each reduction of the search leaves the verdict as it is, on longer histories', () => {
    let compared = 0;
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed + 1_000_000);
      const shape = {
        operations: 18,
        processes: 4,
        unknown: random.below(30),
        wrong: random.below(8),
        ticks: 1 + random.below(6),
      };
      const history = randomHistory(subject, shape, random);
      for (const part of splitParts(history, subject.model, true)) {
        const plain = new PartJudge(part.operations, subject.model, NO_REDUCTIONS).goOn(100_000);
        if (plain === 'paused') continue;
        compared++;
        const found = [
          ALL_REDUCTIONS,
          { ...ALL_REDUCTIONS, patience: 0, manyUnknown: 0 },
          ...Object.keys(ALL_REDUCTIONS).map((name) => ({
            ...NO_REDUCTIONS,
            [name]: true,
            patience: 0,
            manyUnknown: 0,
          })),
        ].map((reductions) => new PartJudge(part.operations, subject.model, reductions).goOn(1_000_000));
        const asPlain = found.map(() => plain);
        if (found.join() !== asPlain.join())
          expect({ seed, found, history }).toEqual({ seed, found: asPlain, history });
      }
    }
    expect(compared).toBeGreaterThan(150);
  });
});
