import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimise } from '../../src/shrink/minimise.ts';

describe('minimise()', () => {
  it('finds exactly the needed items when failure means containing them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.nat(199), { maxLength: 6 }),
        (length, wanted) => {
          const items = Array.from({ length }, (_, i) => i);
          const needed = new Set(wanted.filter((w) => w < length));
          const found = minimise(items, (c) => [...needed].every((n) => c.includes(n)));
          expect([...found].sort((a, b) => a - b)).toEqual([...needed].sort((a, b) => a - b));
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });

  it('is one-minimal for any monotone or non-monotone failure', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 2, max: 9 }),
        (items, mod) => {
          const fails = (c: readonly number[]): boolean =>
            c.length > 0 && c.reduce((a, b) => a + b, 0) % mod === 0;
          fc.pre(fails(items));
          const found = minimise(items, fails);
          expect(fails(found)).toBe(true);
          for (let i = 0; i < found.length; i++) expect(fails(found.filter((_, j) => j !== i))).toBe(false);
        },
      ),
      { seed: 8, numRuns: 300 },
    );
  });

  it('stops with the best so far when the budget of runs is spent', () => {
    const budget = { runs: 3 };
    const items = Array.from({ length: 100 }, (_, i) => i);
    const found = minimise(items, (c) => c.includes(17), budget);
    expect(found).toContain(17);
    expect(budget.runs).toBe(0);
  });
});
