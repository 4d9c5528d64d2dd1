import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neverCrosses, tagged, tagsIn } from '../../src/index.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { TENANT_TWINS, tenants } from './rooms.ts';

describe('tagged data', () => {
  it('S1.28 keeps its tag however deep it lies in an answer', () => {
    const box = fc.letrec((tie) => ({
      data: fc.oneof(
        { depthSize: 'small' },
        fc.constant(tagged('b', 7) as unknown),
        fc.record({ inner: tie('data') }) as fc.Arbitrary<unknown>,
        fc.array(tie('data'), { minLength: 1, maxLength: 3 }) as fc.Arbitrary<unknown>,
      ),
    })).data;
    fc.assert(
      fc.property(box, (data) => {
        expect(tagsIn(data as never)).toEqual(['b']);
        const where = 'look';
        expect(neverCrosses('privacy', [{ to: 'a', answer: data as never, where }]).kept).toBe(false);
        expect(neverCrosses('privacy', [{ to: 'b', answer: data as never, where }]).kept).toBe(true);
      }),
      { seed: 28, numRuns: 60 },
    );
    expect(tagsIn({ tenant: 'a name that is no tag' })).toEqual([]);
  });
});

describe('rooms of many tenants', () => {
  it('S1.28 no answer carries another tenant’s tag, from the store, the cache, and answers to retries', () => {
    for (const seed of [1, 2, 3]) {
      const { status, metrics } = simulate(tenants(), seed);
      expect({ seed, status }).toEqual({ seed, status: 'holds' });
      expect(metrics['from the cache']).toBeGreaterThan(20);
      expect(metrics['again']).toBeGreaterThan(5);
      expect(metrics['shown']).toBeGreaterThan(100);
    }
  });

  for (const twin of TENANT_TWINS) {
    it(`S1.28 the monitor fires and names both tenants when ${twin}`, () => {
      const broken = [1, 2, 3].flatMap((seed) =>
        simulate(tenants(twin), seed).verdicts.filter(({ status }) => status === 'violated'),
      );
      expect(broken.length).toBeGreaterThan(0);
      expect(broken[0]?.reason).toMatch(/^tenant-\d was shown data of tenant-\d \(/);
    });
  }
});
