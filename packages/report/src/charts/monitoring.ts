import type { RunModel } from '../model/model.ts';
import { formatTime } from '../text/format.ts';
import { type Bin, quantile } from './bins.ts';
import type { ChartSpec, Series } from './chart.ts';

/** Labels of the notes that monitored services make; what follows the label says what it is about. */
export const MONITORED = {
  /** The service is monitored: its panels are drawn, also when nothing moves. */
  begins: 'monitored',
  violation: 'invariant violated',
  denial: 'access denied',
  rollback: 'rolled back',
  /** Followed by the endpoint and the cohort of clients: `asked again pay/mobile`. */
  retry: 'asked again',
} as const;

/** The objective that budgets are counted against: so many of all calls well, and within so long. */
export const OBJECTIVE = { share: 0.99, withinUs: 50_000 } as const;

/** The names of the five panels (S3.21), in their order. */
export const PANELS = ['violations', 'denials', 'rollbacks', 'budget', 'retries'] as const;
/** One of them. */
export type Panel = (typeof PANELS)[number];

/** Panels of a monitored service; none where nobody monitors. */
export function monitoringCharts(model: RunModel, bins: readonly Bin[]): readonly ChartSpec[] {
  if (notes(model, MONITORED.begins).length === 0) return [];
  const budget = [
    { name: 'budget burnt, times what may be', values: over(bins, burn) },
    { name: 'p99 latency, times the objective', values: over(bins, tail) },
  ];
  const perSecond = (value: number): string => `${Number(value.toPrecision(3))}/s`;
  const times = (value: number): string => `${Number(value.toPrecision(3))} times`;
  return [
    panel(
      'violations',
      'Invariant violations a second',
      'Should be none, ever.',
      [rate(model, bins, MONITORED.violation)],
      perSecond,
    ),
    panel(
      'denials',
      'Denials of access a second',
      'A spike is an attack, or a policy that went wrong.',
      [rate(model, bins, MONITORED.denial)],
      perSecond,
    ),
    panel(
      'rollbacks',
      'Rollbacks a second',
      'What was taken back, and when.',
      [rate(model, bins, MONITORED.rollback)],
      perSecond,
    ),
    panel(
      'budget',
      'Error budget burn, and tail latency',
      'Both beside the objective: 1 is what may be.',
      budget,
      times,
    ),
    panel(
      'retries',
      'Retries after a timeout a second, by endpoint and cohort',
      'One cohort alone points at its way here.',
      byCohort(model, bins),
      perSecond,
    ),
  ];
}

/** The highest value that each panel of a run shows. Empty where nobody monitors. */
export function monitoringPeaks(
  model: RunModel,
  bins: readonly Bin[],
): Readonly<Partial<Record<Panel, number>>> {
  return Object.fromEntries(
    monitoringCharts(model, bins).map(({ id, series }) => [
      id,
      Math.max(0, ...series.flatMap(({ values }) => values.map(({ value }) => value ?? 0))),
    ]),
  );
}

function notes({ trace }: RunModel, label: string): { readonly at: number; readonly rest: string }[] {
  return trace.events
    .filter((each) => each.kind === 'note' && each.label.startsWith(label))
    .map((each) => ({ at: each.at, rest: each.label.slice(label.length + 1) }));
}

function over(bins: readonly Bin[], value: (bin: Bin) => number | undefined): Series['values'] {
  return bins.map((bin) => ({ from: bin.from, until: bin.until, value: value(bin) }));
}

function perSecondOf(bins: readonly Bin[], times: readonly number[]): Series['values'] {
  return over(bins, ({ from, until }) => {
    const count = times.filter((at) => at >= from && at < until).length;
    return (count * 1_000_000) / Math.max(1, until - from);
  });
}

function rate(model: RunModel, bins: readonly Bin[], label: string): Series {
  return {
    name: label,
    values: perSecondOf(
      bins,
      notes(model, label).map(({ at }) => at),
    ),
  };
}

function byCohort(model: RunModel, bins: readonly Bin[]): Series[] {
  const all = notes(model, MONITORED.retry);
  const names = [...new Set(all.map(({ rest }) => rest))].sort();
  if (names.length === 0) return [{ name: 'none', values: perSecondOf(bins, []) }];
  return names.map((name) => ({
    name,
    values: perSecondOf(
      bins,
      all.filter(({ rest }) => rest === name).map(({ at }) => at),
    ),
  }));
}

/** The share of calls that were not well, beside the share that need not be. */
function burn({ ok, fail, unknown, latencies }: Bin): number | undefined {
  const asked = ok + fail + unknown;
  if (asked === 0) return undefined;
  const late = latencies.filter((us) => us > OBJECTIVE.withinUs).length;
  return (fail + unknown + late) / asked / (1 - OBJECTIVE.share);
}

function tail({ latencies }: Bin): number | undefined {
  const us = quantile(latencies, 0.99);
  return us === undefined ? undefined : us / OBJECTIVE.withinUs;
}

function panel(
  id: Panel,
  title: string,
  description: string,
  series: readonly Series[],
  format: ChartSpec['format'],
): ChartSpec {
  const lines = series.flatMap(({ name, values }) =>
    values
      .filter(({ value = 0 }) => value > 0)
      .map(({ from, value = 0 }) => ({
        at: from,
        text: `from ${formatTime(from)}: ${name} ${format(value)}`,
      })),
  );
  return { id, title, description, series, least: 0, format, lines };
}
