import { nodeName, type RunModel } from '../model/model.ts';
import { counted, formatDuration, formatTime } from '../text/format.ts';
import { type Bin, binned, quantile } from './bins.ts';
import { type ChartSpec, type Series } from './chart.ts';
import { monitoringCharts } from './monitoring.ts';

/** Most slices of time a chart has. */
const MOST_BINS = 60;
/** Fewer operations than this say nothing of rates and quantiles. */
const FEWEST_OPERATIONS = 8;

/** The charts a run can fill: what clients felt, and what its clocks showed. */
export function chartsOf(model: RunModel): readonly ChartSpec[] {
  const charts: ChartSpec[] = [];
  if (model.history.timeUnit === 'us' && model.history.operations.length >= FEWEST_OPERATIONS) {
    const bins = binned(model.history, model.end, MOST_BINS);
    charts.push(
      latencyChart(bins),
      rateChart(bins),
      availabilityChart(bins),
      ...monitoringCharts(model, bins),
    );
  }
  if ((model.trace.clocks ?? []).length > 0) charts.push(clockChart(model));
  return charts;
}

const QUANTILES: readonly (readonly [name: string, share: number])[] = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
];

function over(bins: readonly Bin[], name: string, value: (bin: Bin) => number | undefined): Series {
  return { name, values: bins.map((bin) => ({ from: bin.from, until: bin.until, value: value(bin) })) };
}

function span({ from, until }: Bin): string {
  return `${formatTime(from)} to ${formatTime(until)}`;
}

function latencyChart(bins: readonly Bin[]): ChartSpec {
  return {
    id: 'latency',
    title: 'Latency of operations that succeeded',
    description:
      'For each slice of time, the latency that half, 95 and 99 of 100 operations asked in it did not exceed; a logarithmic scale.',
    series: QUANTILES.map(([name, share]) => over(bins, name, ({ latencies }) => quantile(latencies, share))),
    log: true,
    format: formatDuration,
    lines: bins
      .filter(({ latencies }) => latencies.length > 0)
      .map((bin) => {
        const said = QUANTILES.map(
          ([name, share]) => `${name} ${formatDuration(quantile(bin.latencies, share) ?? 0)}`,
        );
        return {
          at: bin.from,
          text: `${span(bin)}: ${counted(bin.latencies.length, 'operation')}, ${said.join(', ')}`,
        };
      }),
  };
}

const asked = ({ ok, fail, unknown }: Bin): number => ok + fail + unknown;

function rateChart(bins: readonly Bin[]): ChartSpec {
  const perSecond = (count: number, { from, until }: Bin): number =>
    (count * 1_000_000) / Math.max(1, until - from);
  return {
    id: 'rate',
    title: 'Operations per second, by how they ended',
    description:
      'For each slice of time, how many operations asked in it per second succeeded, failed, or are unknown.',
    series: (['ok', 'fail', 'unknown'] as const).map((end) =>
      over(bins, end, (bin) => perSecond(bin[end], bin)),
    ),
    least: 0,
    format: (value) => `${Number(value.toPrecision(3))}/s`,
    lines: bins.map((bin) => ({
      at: bin.from,
      text: `${span(bin)}: ${counted(asked(bin), 'operation')} asked, ${bin.ok} ok, ${bin.fail} failed, ${bin.unknown} unknown`,
    })),
  };
}

function availabilityChart(bins: readonly Bin[]): ChartSpec {
  const share = (bin: Bin): number | undefined => (asked(bin) === 0 ? undefined : bin.ok / asked(bin));
  const percent = (value: number): string => `${Number((value * 100).toFixed(1))} %`;
  return {
    id: 'availability',
    title: 'Availability: the share of operations that succeeded',
    description:
      'For each slice of time, the share of the operations asked in it that got their answer. No line where none was asked.',
    series: [over(bins, 'succeeded', share)],
    least: 0,
    most: 1,
    format: percent,
    lines: bins.flatMap((bin) => {
      const value = share(bin);
      return value === undefined
        ? []
        : [{ at: bin.from, text: `${span(bin)}: ${percent(value)} of ${asked(bin)}` }];
    }),
  };
}

function clockChart(model: RunModel): ChartSpec {
  const readings = model.trace.clocks ?? [];
  const nodes = model.lanes.filter((node) => readings.some((reading) => reading.node === node));
  const series = nodes.map((node): Series => {
    const own = [{ at: 0, skewUs: 0 }, ...readings.filter((reading) => reading.node === node)];
    return {
      name: nodeName(model, node),
      values: own.map(({ at, skewUs }, i) => ({
        from: at,
        until: own[i + 1]?.at ?? model.end,
        value: skewUs,
      })),
    };
  });
  return {
    id: 'clocks',
    title: 'How far wall clocks were from true time',
    description:
      'For each node whose clock was ever wrong: how far it was ahead (above 0) or behind (below 0).',
    series,
    least: 0,
    most: 0,
    format: (value) => (value < 0 ? `−${formatDuration(-value)}` : formatDuration(value)),
    lines: nodes.map((node) => clockLine(model, node)),
  };
}

function clockLine(model: RunModel, node: number): { readonly at: number; readonly text: string } {
  const own = (model.trace.clocks ?? []).filter((reading) => reading.node === node);
  const worst = own.reduce((a, b) => (Math.abs(b.skewUs) > Math.abs(a.skewUs) ? b : a), { at: 0, skewUs: 0 });
  const way = worst.skewUs < 0 ? 'behind' : 'ahead';
  const text = `${nodeName(model, node)}: at worst ${formatDuration(Math.abs(worst.skewUs))} ${way}, at ${formatTime(worst.at)}`;
  return { at: own[0]?.at ?? 0, text };
}
