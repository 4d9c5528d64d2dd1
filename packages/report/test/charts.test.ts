import type { Operation } from '@holdfast/check';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binned, quantile } from '../src/charts/bins.ts';
import { layoutChart } from '../src/charts/chart.ts';
import { chartsOf } from '../src/charts/charts.ts';
import { chartsHtml } from '../src/html/charts.ts';
import { buildModel } from '../src/model/model.ts';
import { sceneToSvg } from '../src/scene/svg.ts';
import { twinOf } from '../src/scene/twin.ts';
import { LossyRaft } from './support/lossyRaft.ts';
import { smallHistory, smallTrace } from './support/small.ts';
import { tagsOf } from './support/html.ts';

const operations = fc.array(
  fc.record({ at: fc.nat(999_999), takes: fc.nat(5_000), outcome: fc.constantFrom('ok', 'fail', 'unknown') }),
  { maxLength: 80 },
);

const historyOf = (
  list: readonly { at: number; takes: number; outcome: string }[],
): { operations: Operation[]; timeUnit: 'us' } => ({
  timeUnit: 'us',
  operations: list.map(({ at, takes, outcome }, id) => ({
    id,
    process: id,
    f: 'read',
    input: null,
    outcome: outcome as Operation['outcome'],
    output: null,
    invokedAt: at,
    completedAt: outcome === 'unknown' ? Number.POSITIVE_INFINITY : at + takes,
  })),
});

test('every operation is in the one slice it was asked in, and slices tile the run', () => {
  fc.assert(
    fc.property(operations, fc.integer({ min: 1, max: 60 }), (list, most) => {
      const bins = binned(historyOf(list), 1_000_000, most);
      expect(bins.length).toBeLessThanOrEqual(most);
      expect(bins[0]?.from).toBe(0);
      expect(bins.at(-1)?.until).toBe(1_000_000);
      bins.forEach((bin, i) => {
        const own = list.filter(({ at }) => at >= bin.from && at < bin.until);
        expect([bin.ok, bin.fail, bin.unknown]).toEqual(
          ['ok', 'fail', 'unknown'].map((outcome) => own.filter((o) => o.outcome === outcome).length),
        );
        if (i > 0) expect(bin.from).toBe(bins[i - 1]?.until);
      });
    }),
    { seed: 81, numRuns: 100 },
  );
});

test('a quantile is the least value that its share of all values does not exceed', () => {
  expect(quantile([], 0.5)).toBeUndefined();
  expect([0.5, 0.95, 0.99, 1].map((share) => quantile([1, 2, 3, 4], share))).toEqual([2, 4, 4, 4]);
  fc.assert(
    fc.property(
      fc.array(fc.nat(100), { minLength: 1 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (list, share) => {
        const sorted = list.toSorted((a, b) => a - b);
        const value = quantile(sorted, share) ?? -1;
        expect(sorted.filter((one) => one <= value).length).toBeGreaterThanOrEqual(
          sorted.length * share - 1e-9,
        );
        expect(sorted.filter((one) => one < value).length).toBeLessThan(sorted.length * share + 1e-9);
      },
    ),
    { seed: 82, numRuns: 200 },
  );
});

const long = buildModel({ ...new LossyRaft({ seed: 3, endMs: 3_000 }).run(), verdicts: [] });

test('charts of a run show latency, rate and availability under its faults, at every width, with a twin that says the same', () => {
  expect(chartsOf(long).map(({ id }) => id)).toEqual(['latency', 'rate', 'availability']);
  for (const spec of chartsOf(long)) {
    for (const width of [360, 1190]) {
      const scene = layoutChart(long, spec, width);
      expect(sceneToSvg(scene)).not.toMatch(/NaN|Infinity|undefined/);
      expect(scene.marks.some((mark) => mark.class === 'fault')).toBe(true);
      const beyond = scene.marks
        .flatMap((mark) => mark.shapes)
        .filter((s) => s.kind === 'text' && s.at.x > width);
      expect(beyond).toEqual([]);
      expect(twinOf(scene, 'us').length).toBeGreaterThanOrEqual(spec.lines.length);
    }
  }
  const asked =
    chartsOf(long)[1]?.lines.map(({ text }) => Number(/: ([\d,]+) operations? asked/.exec(text)?.[1] ?? 0)) ??
    [];
  expect(asked.reduce((a, b) => a + b, 0)).toBe(long.history.operations.length);
});

test('clocks that were ever wrong have a chart, with how wrong at worst; right ones have none', () => {
  const trace = {
    ...smallTrace(),
    clocks: [
      { node: 1, at: 9_000, skewUs: -4_200 },
      { node: 1, at: 90_000, skewUs: 0 },
    ],
  };
  const model = buildModel({ trace, history: smallHistory(), verdicts: [] });
  const [clocks] = chartsOf(model);
  expect(clocks?.lines).toEqual([{ at: 9_000, text: 'N2: at worst 4.2 ms behind, at 9 ms' }]);
  expect(clocks?.series[0]?.values.map(({ value }) => value)).toEqual([0, -4_200, 0]);
  expect(chartsOf(buildModel({ trace: smallTrace(), history: smallHistory(), verdicts: [] }))).toEqual([]);
});

test('charts stand in the page for wide and for narrow windows', () => {
  const html = chartsHtml(long, 0);
  expect(tagsOf(html).filter(({ name }) => name === 'svg')).toHaveLength(6);
  expect(html.match(/class="for-narrow"/g)).toHaveLength(3);
});
