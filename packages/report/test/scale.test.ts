import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildScale } from '../src/pictures/scale.ts';

const instants = fc
  .array(fc.integer({ min: 0, max: 5_000_000 }), { minLength: 1, maxLength: 60 })
  .map((all) => [...new Set(all)].sort((a, b) => a - b));

test('the axis is increasing, spans its width and is undone by its inverse, squeezed or not', () => {
  fc.assert(
    fc.property(instants, fc.boolean(), fc.integer({ min: 300, max: 2000 }), (at, squeeze, right) => {
      const until = Math.max(...at) + 10;
      const scale = buildScale({ from: 0, until, left: 100, right, unit: 'us', squeeze, instants: at });
      expect(scale.x(0)).toBeCloseTo(100, 6);
      expect(scale.x(until)).toBeCloseTo(right, 6);
      let before = Number.NEGATIVE_INFINITY;
      for (const instant of at) {
        const x = scale.x(instant);
        expect(x).toBeGreaterThan(before);
        expect(Math.abs(scale.time(x) - instant)).toBeLessThan(1e-3 + until * 1e-9);
        before = x;
      }
    }),
    { seed: 21, numRuns: 300 },
  );
});

test('without squeezing, equal times have equal widths', () => {
  const scale = buildScale({
    from: 0,
    until: 1_000_000,
    left: 0,
    right: 1000,
    unit: 'us',
    squeeze: false,
    instants: [5, 999_000],
  });
  expect(scale.breaks).toEqual([]);
  expect(scale.x(250_000)).toBeCloseTo(250, 9);
});

test('a long idle stretch is squeezed, no instant at which something happens lies inside it', () => {
  const at = [0, 1_000, 2_000, 3_000, 4_000, 900_000, 901_000, 902_000];
  const scale = buildScale({
    from: 0,
    until: 902_000,
    left: 0,
    right: 1000,
    unit: 'us',
    squeeze: true,
    instants: at,
  });
  expect(scale.breaks).toHaveLength(1);
  for (const gap of scale.breaks)
    expect(at.some((instant) => instant > gap.from && instant < gap.until)).toBe(false);
  expect(scale.x(4_000)).toBeGreaterThan(500);
});

test('ticks stand at their own instants, apart from one another and outside breaks', () => {
  fc.assert(
    fc.property(instants, fc.boolean(), (at, squeeze) => {
      const scale = buildScale({
        from: 0,
        until: Math.max(...at) + 10,
        left: 0,
        right: 1000,
        unit: 'us',
        squeeze,
        instants: at,
      });
      let before = Number.NEGATIVE_INFINITY;
      for (const tick of scale.ticks) {
        expect(tick.x).toBeCloseTo(scale.x(tick.at), 9);
        expect(tick.x - before).toBeGreaterThan(60);
        expect(scale.breaks.some((gap) => gap.from < tick.at && tick.at < gap.until)).toBe(false);
        before = tick.x;
      }
    }),
    { seed: 22, numRuns: 200 },
  );
});
