import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/choices/stream.ts';
import { BadOptionError } from '../../src/models/optionError.ts';
import {
  assertLatencyModel,
  drawLatencyUs,
  type LatencyModel,
  MAX_LATENCY_US,
  shortestLatencyUs,
} from '../../src/network/latency.ts';
import { NETWORK_PRESETS } from '../../src/network/latencyPresets.ts';
import { exponential, exponentialQuantile, normalQuantile } from '../../src/network/quantile.ts';

const us = (max: number) => fc.integer({ min: 0, max });

const leaf: fc.Arbitrary<LatencyModel> = fc.oneof(
  fc.record({ kind: fc.constant('constant' as const), us: us(MAX_LATENCY_US) }),
  fc
    .tuple(us(MAX_LATENCY_US), us(MAX_LATENCY_US))
    .map(([a, b]) => ({ kind: 'uniform' as const, minUs: Math.min(a, b), maxUs: Math.max(a, b) })),
  fc.tuple(us(MAX_LATENCY_US), us(MAX_LATENCY_US), us(1e9)).map(([a, b, meanUs]) => ({
    kind: 'exponential' as const,
    floorUs: Math.min(a, b),
    capUs: Math.max(a, b),
    meanUs,
  })),
  fc
    .tuple(us(1e6), fc.double({ min: 0, max: 5, noNaN: true }), us(MAX_LATENCY_US - 1_000_000))
    .map(([medianUs, sigma, above]) => ({
      kind: 'lognormal' as const,
      medianUs,
      sigma,
      capUs: medianUs + above,
    })),
);

const model: fc.Arbitrary<LatencyModel> = fc.oneof(
  leaf,
  fc.tuple(leaf, leaf, fc.double({ min: 0, max: 0.9, noNaN: true })).map(([a, b, tailProbability]) => {
    const [body, tail] = shortestLatencyUs(a) <= shortestLatencyUs(b) ? [a, b] : [b, a];
    return { kind: 'long-tail' as const, body, tail, tailProbability };
  }),
);

function sample(m: LatencyModel, draws: number, seed = 1): number[] {
  const stream = new Stream('latency', seed);
  return Array.from({ length: draws }, () => drawLatencyUs(m, stream)).sort((a, b) => a - b);
}

const median = (sorted: readonly number[]) => sorted[sorted.length >> 1] as number;
const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;

describe('latency models', () => {
  it('X20 every draw of every model is a whole number of microseconds, never negative, and repeats with its seed', () => {
    fc.assert(
      fc.property(model, fc.nat(), (m, seed) => {
        assertLatencyModel(m);
        const draws = sample(m, 20, seed);
        expect(draws.every((d) => Number.isSafeInteger(d) && d <= MAX_LATENCY_US)).toBe(true);
        expect(draws[0]).toBeGreaterThanOrEqual(Math.max(0, shortestLatencyUs(m)));
        expect(sample(m, 20, seed)).toEqual(draws);
      }),
      { seed: 20, numRuns: 500 },
    );
  });

  it('the calmest answers give the shortest delay', () => {
    fc.assert(
      fc.property(model, (m) => {
        const stream = new Stream('latency', 9);
        stream.calm();
        expect(drawLatencyUs(m, stream)).toBe(shortestLatencyUs(m));
      }),
      { seed: 21, numRuns: 300 },
    );
  });

  it('constant draws nothing', () => {
    const stream = new Stream('latency', 1);
    expect(drawLatencyUs({ kind: 'constant', us: 250 }, stream)).toBe(250);
    expect(stream.position).toBe(0);
  });

  it('exponential has its floor, its mean above the floor, and its cap', () => {
    const draws = sample({ kind: 'exponential', floorUs: 1_000, meanUs: 5_000, capUs: 100_000 }, 100_000);
    expect(draws[0]).toBeGreaterThanOrEqual(1_000);
    expect(Math.abs(mean(draws) - 6_000)).toBeLessThan(60);
    expect(Math.abs(median(draws) - (1_000 + 5_000 * Math.LN2))).toBeLessThan(60);
    const capped = sample({ kind: 'exponential', floorUs: 0, meanUs: 5_000, capUs: 7_000 }, 10_000);
    expect(capped.at(-1)).toBe(7_000);
  });

  it('lognormal has its median, and 16 % of draws above one sigma', () => {
    const draws = sample({ kind: 'lognormal', medianUs: 10_000, sigma: 0.5, capUs: 10_000_000 }, 100_000);
    expect(Math.abs(median(draws) - 10_000)).toBeLessThan(100);
    const above = draws.filter((d) => d > 10_000 * Math.exp(0.5)).length / draws.length;
    expect(Math.abs(above - 0.1587)).toBeLessThan(0.005);
  });

  it('long tail is slow as often as it says', () => {
    const m: LatencyModel = {
      kind: 'long-tail',
      body: { kind: 'uniform', minUs: 100, maxUs: 200 },
      tail: { kind: 'constant', us: 10_000 },
      tailProbability: 0.001,
    };
    const slow = sample(m, 200_000).filter((d) => d > 200).length;
    expect(slow).toBeGreaterThan(150);
    expect(slow).toBeLessThan(250);
    expect(sample({ ...m, tailProbability: 0 }, 10_000).at(-1)).toBeLessThanOrEqual(200);
  });

  it('refuses fields out of range, naming them', () => {
    const bad: LatencyModel[] = [
      { kind: 'constant', us: -1 },
      { kind: 'constant', us: 0.5 },
      { kind: 'uniform', minUs: 5, maxUs: 4 },
      { kind: 'exponential', floorUs: 10, meanUs: 5, capUs: 9 },
      { kind: 'lognormal', medianUs: 10, sigma: Number.NaN, capUs: 20 },
    ];
    for (const m of bad) expect(() => assertLatencyModel(m)).toThrow(BadOptionError);
    expect(() => assertLatencyModel({ kind: 'uniform', minUs: 5, maxUs: 4 })).toThrow(
      'Cannot use latency.maxUs as a whole number from 5 to 4294967294: it is 4',
    );
    const [fast, slow]: LatencyModel[] = [
      { kind: 'constant', us: 1 },
      { kind: 'constant', us: 2 },
    ];
    const upsideDown = { kind: 'long-tail', body: slow, tail: fast, tailProbability: 0.1 } as LatencyModel;
    expect(() => assertLatencyModel(upsideDown)).toThrow(/latency.tail as slow, from 2 us or more/);
    let deep: LatencyModel = { kind: 'constant', us: 1 };
    for (let i = 0; i < 5; i++) deep = { kind: 'long-tail', body: deep, tail: deep, tailProbability: 0 };
    expect(() => assertLatencyModel(deep)).toThrow(/nested/);
    expect(() => assertLatencyModel({ kind: 'warp' } as unknown as LatencyModel)).toThrow(/known kind/);
  });
});

describe('quantile functions', () => {
  const k = fc.integer({ min: 0, max: 0xffff_ffff });

  it('agree with the library to their stated accuracy', () => {
    fc.assert(
      fc.property(k, fc.double({ min: -40, max: 40, noNaN: true }), (n, x) => {
        expect(Math.abs(exponentialQuantile(n) - -Math.log1p(-n / 0x1_0000_0000))).toBeLessThan(1e-9);
        expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-12);
      }),
      { seed: 3, numRuns: 2_000 },
    );
  });

  it('exponential is never decreasing, also around powers of two', () => {
    for (let bit = 0; bit < 32; bit++) {
      for (let d = -3; d < 3; d++) {
        const at = Math.min(0xffff_fffe, Math.max(0, 0x1_0000_0000 - 2 ** bit + d));
        expect(exponentialQuantile(at + 1)).toBeGreaterThanOrEqual(exponentialQuantile(at));
      }
    }
    expect(exponentialQuantile(0)).toBe(0);
  });

  it('normal has the known quantiles and is symmetric', () => {
    const at = (p: number) => normalQuantile(Math.floor(p * 0x1_0000_0000));
    expect(at(0.5)).toBeCloseTo(0, 3);
    expect(at(0.975)).toBeCloseTo(1.959964, 3);
    expect(at(0.001)).toBeCloseTo(-3.090232, 3);
    fc.assert(
      fc.property(k, (n) => {
        expect(normalQuantile(n)).toBe(-normalQuantile(0xffff_ffff - n));
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('are the same to the last bit wherever they run', () => {
    const ks = [0, 1, 12_345, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
    expect(ks.map(exponentialQuantile)).toEqual([
      0, 2.4296298306580866e-10, 0.0000028743085564997273, 0.6931471805599436, 21.487562597358306,
      22.18070977791825,
    ]);
    expect(ks.map(normalQuantile)).toEqual([
      -6.33755751745475, -6.16604378757692, -4.535307710834813, -1.0070307410181556e-7, 6.16604378757692,
      6.33755751745475,
    ]);
    expect([-3.5, 0.1, 7].map(exponential)).toEqual([
      0.030197383422318487, 1.1051709180756477, 1096.6331584284594,
    ]);
  });
});

describe('network presets', () => {
  it('S2.2 the median round trip of every preset lies in its range, and one packet in 1,000 is lost', () => {
    for (const preset of Object.values(NETWORK_PRESETS)) {
      const stream = new Stream('preset', 22);
      const trips = Array.from(
        { length: 20_000 },
        () => drawLatencyUs(preset.latency, stream) + drawLatencyUs(preset.latency, stream),
      ).sort((a, b) => a - b);
      expect(median(trips)).toBeGreaterThanOrEqual(preset.roundTripUs.min);
      expect(median(trips)).toBeLessThanOrEqual(preset.roundTripUs.max);
      expect(trips.at(-1)).toBeGreaterThan(preset.roundTripUs.max);
      expect(preset.loss).toBe(0.001);
    }
  });

  it('S2.2 the ranges are those of the source, and marked as defaults with their source', () => {
    const ranges = Object.values(NETWORK_PRESETS).map((p) => [
      p.roundTripUs.min / 1000,
      p.roundTripUs.max / 1000,
    ]);
    expect(ranges).toEqual([
      [0.4, 0.6],
      [40, 65],
      [70, 120],
      [100, 200],
    ]);
    for (const preset of Object.values(NETWORK_PRESETS)) {
      expect(preset.isDefault).toBe(true);
      expect(preset.source).toContain('fallacies');
      expect(() => assertLatencyModel(preset.latency)).not.toThrow();
    }
  });
});
