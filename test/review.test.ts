import { review, REVIEW_RULES, RunCache } from 'holdfast';
import { describe, expect, it } from 'vitest';
import orders from '../casebook/review/orders.ts';
import variants from '../casebook/review/variants.ts';

// Variants that differ in their description alone share the runs of the good service.
const cache = new RunCache();

describe('a review', () => {
  it('S1.154 DR1 DR2 DR3 DR4 DR5 DR6 DR7 DR8 DR9 DR10 DR11 DR12 every rule holds for a service that keeps them all', () => {
    const { rules, status } = review(orders, { cache });
    expect(rules.filter((rule) => rule.status !== 'holds')).toEqual([]);
    expect(status).toBe('holds');
    expect(rules.map(({ id }) => id)).toEqual(REVIEW_RULES.map(({ id }) => id));
  });

  for (const { id, text } of REVIEW_RULES) {
    it(`S1.154 ${id} alone is violated by a service without it: ${text}`, () => {
      const service = variants[id as keyof typeof variants];
      const { rules, status } = review(service, { cache });
      expect(rules.filter((rule) => rule.status !== 'holds')).toMatchObject([{ id, status: 'violated' }]);
      expect(status).toBe('violated');
    });
  }
});
