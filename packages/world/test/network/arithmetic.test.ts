import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BadOptionError,
  egressCost,
  NETWORK_PRESETS,
  type PriceTier,
  sequentialCallsMs,
  transferSeconds,
} from '../../src/index.ts';

const TERABYTE = 1e12;
const PETABYTE = 1e15;

describe('arithmetic of the network', () => {
  it('S2.3 a terabyte over ten gigabits a second takes 800 s', () => {
    expect(transferSeconds({ bytes: TERABYTE, bitsPerSecond: 10e9 })).toBe(800);
    expect(transferSeconds({ bytes: TERABYTE, bitsPerSecond: 1e9 })).toBe(8_000);
    expect(transferSeconds({ bytes: 0, bitsPerSecond: 1 })).toBe(0);
  });

  it('S2.3 a petabyte costs 90,000 at 0.09 a gigabyte, and less where tiers apply: prices are inputs', () => {
    expect(egressCost(PETABYTE, [{ perGigabyte: 0.09 }])).toBeCloseTo(90_000, 6);
    const tiers = [
      { upToBytes: 10 * TERABYTE, perGigabyte: 0.09 },
      { upToBytes: 50 * TERABYTE, perGigabyte: 0.085 },
      { perGigabyte: 0.05 },
    ];
    expect(egressCost(PETABYTE, tiers)).toBeCloseTo(900 + 3_400 + 47_500, 6);
    expect(egressCost(10 * TERABYTE, tiers)).toBeCloseTo(900, 6);
    expect(egressCost(0, [])).toBe(0);
  });

  it('S2.3 ten calls one after another add what the chosen preset says: 5 ms in a datacentre', () => {
    expect(sequentialCallsMs(10, NETWORK_PRESETS.sameDatacentre).middle).toBe(5);
    expect(sequentialCallsMs(10, NETWORK_PRESETS.usEastToWest)).toEqual({ min: 400, max: 650, middle: 525 });
    expect(sequentialCallsMs(10, NETWORK_PRESETS.usToEurope)).toMatchObject({ min: 700, max: 1_200 });
    expect(sequentialCallsMs(10, NETWORK_PRESETS.acrossThePacific)).toMatchObject({ min: 1_000, max: 2_000 });
  });

  it('a price list with tiers costs what its pieces cost, and never more than its dearest price', () => {
    const list = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 0, max: 100 })), { maxLength: 4 })
      .map((parts) => {
        let end = 0;
        const prices: PriceTier[] = [
          ...parts.map(([more, perGigabyte]) => ({ upToBytes: (end += more * 1e9), perGigabyte })),
          { perGigabyte: 7 },
        ];
        return prices;
      });
    fc.assert(
      fc.property(
        list,
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        (prices, a, b) => {
          const cost = (gigabytes: number): number => egressCost(gigabytes * 1e9, prices);
          const dearest = Math.max(...prices.map(({ perGigabyte }) => perGigabyte));
          expect(cost(a)).toBeLessThanOrEqual(a * dearest + 1e-6);
          if (a <= b) expect(cost(a)).toBeLessThanOrEqual(cost(b) + 1e-6);
          // One gigabyte after another, each at the price of its place.
          let sum = 0;
          for (let i = 0; i < Math.min(a, 200); i++)
            sum += prices.find(({ upToBytes = Infinity }) => i * 1e9 < upToBytes)?.perGigabyte ?? 0;
          expect(cost(Math.min(a, 200))).toBeCloseTo(sum, 6);
        },
      ),
      { seed: 20_261_126, numRuns: 100 },
    );
  });

  it('refuses what cannot be', () => {
    expect(() => transferSeconds({ bytes: 1.5, bitsPerSecond: 1 })).toThrow(BadOptionError);
    expect(() => transferSeconds({ bytes: 1, bitsPerSecond: 0 })).toThrow(/bitsPerSecond/);
    expect(() => egressCost(2e9, [{ upToBytes: 1e9, perGigabyte: 1 }])).toThrow(
      /the last one without an end/,
    );
    expect(() =>
      egressCost(9e9, [
        { upToBytes: 5e9, perGigabyte: 1 },
        { upToBytes: 4e9, perGigabyte: 1 },
      ]),
    ).toThrow(/more bytes than the tier before it/);
    expect(() => egressCost(1, [{ perGigabyte: -1 }])).toThrow(/prices\[0\]\.perGigabyte/);
    expect(() => sequentialCallsMs(-1, NETWORK_PRESETS.usToEurope)).toThrow(/calls/);
  });
});
