import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/simulate/simulate.ts';
import { orders } from './orders.ts';

const PROMISE = 'an order never goes back';

describe('the status of orders on replicas', () => {
  it('S1.26 never goes back, on any read of any replica and any event, when moves that do not exist are refused', () => {
    for (const seed of [1, 2, 3]) {
      const { status, metrics } = simulate(orders(true), seed);
      expect({ seed, status }).toEqual({ seed, status: 'holds' });
      expect(metrics['sightings']).toBeGreaterThan(100);
      expect(metrics['moves refused']).toBeGreaterThan(0);
    }
  });

  it('S1.26 the monitor fires on shipped to pending when the later timestamp wins instead, and names who showed both', () => {
    const broken = [1, 2, 3, 4, 5].flatMap((seed) =>
      simulate(orders(false), seed).verdicts.filter(
        ({ promise, status }) => promise === PROMISE && status === 'violated',
      ),
    );
    expect(broken.length).toBeGreaterThan(2);
    for (const { reason } of broken) {
      expect(reason).toMatch(
        /^order-\d+ at replica-\d was seen (paid|shipped) \((read|event), [\d.]+ s\), and later (pending|paid) \((read|event), [\d.]+ s\)$/,
      );
    }
    expect(broken.some(({ reason }) => /seen shipped .* later pending/.test(reason))).toBe(true);
  });
});
