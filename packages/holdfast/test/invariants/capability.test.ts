import { utf8Of } from '@holdfast/plain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capabilityRefusal, type Grant, issueCapability } from '../../src/index.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { refunds } from './refunds.ts';

const KEY = utf8Of('a key that issuer and resource share');
const GRANT: Grant = {
  holder: 'support-7',
  purposes: ['refund'],
  resources: ['orders/17', 'orders/eu/'],
  fromMs: 10_000,
  untilMs: 20_000,
};
const CAPABILITY = issueCapability(GRANT, KEY);
const USE = { holder: 'support-7', purpose: 'refund', resource: 'orders/17' };
const at = (nowMs: number, maxSkewMs = 0) => ({ key: KEY, nowMs, maxSkewMs });

describe('a capability', () => {
  it('S3.11 admits its holder for its purpose, on its resources, and for as long as it lasts', () => {
    expect(capabilityRefusal(CAPABILITY, USE, at(15_000))).toBeUndefined();
    expect(capabilityRefusal(CAPABILITY, { ...USE, resource: 'orders/eu/3' }, at(10_000))).toBeUndefined();
    expect(capabilityRefusal(CAPABILITY, USE, at(19_999))).toBeUndefined();
  });

  it('S3.11 is refused at the resource when it is expired, early, out of scope, another’s, or forged', () => {
    const why = (use: Partial<typeof USE>, nowMs = 15_000): string | undefined =>
      capabilityRefusal(CAPABILITY, { ...USE, ...use }, at(nowMs));
    expect(why({}, 20_000)).toBe('expired');
    expect(why({}, 9_999)).toBe('not yet');
    expect(why({ purpose: 'delete' })).toBe('purpose');
    expect(why({ resource: 'orders/18' })).toBe('resource');
    expect(why({ resource: 'orders/171' })).toBe('resource');
    expect(why({ holder: 'support-8' })).toBe('holder');
    const wider = { ...CAPABILITY, purposes: ['refund', 'delete'] };
    expect(capabilityRefusal(wider, { ...USE, purpose: 'delete' }, at(15_000))).toBe('forged');
    expect(capabilityRefusal({ ...CAPABILITY, untilMs: 90_000 }, USE, at(50_000))).toBe('forged');
    const other = issueCapability(GRANT, utf8Of('another key'));
    expect(capabilityRefusal(other, USE, at(15_000))).toBe('forged');
  });

  it('S3.11 is never admitted after its end by the issuer’s clock, whatever the resource’s clock says within the bound', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40_000 }),
        fc.integer({ min: -3_000, max: 3_000 }),
        (trueMs, skewMs) => {
          const refusal = capabilityRefusal(CAPABILITY, USE, at(trueMs + skewMs, 3_000));
          if (trueMs < GRANT.fromMs || trueMs >= GRANT.untilMs) expect(refusal).toBeDefined();
          // In the middle it is of use all the same.
          if (trueMs >= GRANT.fromMs + 6_000 && trueMs < GRANT.untilMs - 6_000)
            expect(refusal).toBeUndefined();
        },
      ),
      { seed: 311, numRuns: 400 },
    );
  });

  it('S3.11 nothing is refunded under an expired or a foreign capability while clocks jump, and something is without the margin', () => {
    for (const seed of [1, 2, 3]) {
      const { status, metrics } = simulate(refunds(true), seed);
      expect({ seed, status }).toEqual({ seed, status: 'holds' });
      expect(metrics['refunded']).toBeGreaterThan(10);
      expect(metrics['refused']).toBeGreaterThan(10);
    }
    const { verdicts } = simulate(refunds(false), 1);
    expect(verdicts.find(({ status }) => status === 'violated')?.reason).toMatch(
      /was used \d+ ms after its end/,
    );
  });
});
