import type { Recorded } from '../history/recorder.ts';
import type { MetricEntry } from './file.ts';

/** A figure measured, and whether it kept its threshold. */
export interface Measured {
  readonly name: string;
  readonly value: number;
  readonly kept: boolean;
  readonly limit: string;
}

/** Measures one figure over the operations that ended. A figure of nothing keeps no threshold. */
export function measure(entry: MetricEntry, recorded: readonly Recorded[], leaderChanges: number): Measured {
  const chosen = entry.f === undefined ? recorded : recorded.filter(({ action }) => action.f === entry.f);
  const value = valueOf(entry.of, chosen, leaderChanges);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = entry;
  const limit = [
    ...(entry.min === undefined ? [] : [`>= ${min}`]),
    ...(entry.max === undefined ? [] : [`<= ${max}`]),
  ].join(', ');
  return {
    name: entry.name ?? `${entry.of}${entry.f === undefined ? '' : ` of ${entry.f}`}`,
    value,
    kept: value >= min && value <= max,
    limit,
  };
}

function valueOf(of: MetricEntry['of'], recorded: readonly Recorded[], leaderChanges: number): number {
  const ok = recorded.filter(({ answer }) => answer.outcome === 'ok');
  switch (of) {
    case 'errorRate':
      return 1 - ok.length / recorded.length;
    case 'okRate':
      return ok.length / recorded.length;
    case 'latencyP50Ms':
      return quantile(ok, 0.5);
    case 'latencyP99Ms':
      return quantile(ok, 0.99);
    case 'operations':
      return recorded.length;
    case 'leaderChanges':
      return leaderChanges;
  }
}

function quantile(recorded: readonly Recorded[], q: number): number {
  const times = recorded.map(({ invokedAt, completedAt }) => completedAt - invokedAt).sort((a, b) => a - b);
  return (times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? Number.NaN) / 1_000;
}
