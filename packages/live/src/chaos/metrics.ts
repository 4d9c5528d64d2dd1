import type { ChaosExperiment, ChaosMetric } from './file.ts';
import type { ActivityResult, MetricResult } from './journal.ts';
import type { Player } from './player.ts';
import type { ChaosPorts } from './ports.ts';

/** Time between samples of a metric's probe. */
const SAMPLE_MS = 50;

/** Asks the probes of the metrics over and over until told to stop, then weighs what they gave. */
export async function sample(
  experiment: ChaosExperiment,
  player: Player,
  stop: AbortSignal,
  ports: ChaosPorts,
): Promise<MetricResult[]> {
  const { metrics = [] } = experiment;
  const probes = [...(experiment['steady-state-hypothesis']?.probes ?? []), ...experiment.method].filter(
    ({ type }) => type === 'probe',
  );
  const samples = new Map<string, ActivityResult[]>(metrics.map(({ probe }) => [probe, []]));
  while (metrics.length > 0 && !stop.aborted) {
    for (const [name, results] of samples) {
      const probe = probes.find((one) => one.name === name);
      if (probe !== undefined) results.push(await player.perform(probe));
    }
    await ports.sleep(SAMPLE_MS, stop);
  }
  return metrics.map((metric) => weigh(metric, samples.get(metric.probe) ?? []));
}

function weigh(metric: ChaosMetric, results: readonly ActivityResult[]): MetricResult {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = metric;
  const value = figureOf(metric.of ?? 'okRate', results);
  // A figure of no samples is not a number, which keeps no threshold.
  return { ...metric, value, samples: results.length, kept: value >= min && value <= max };
}

function figureOf(of: NonNullable<ChaosMetric['of']>, results: readonly ActivityResult[]): number {
  const good = results.filter(({ status, tolerance_met = true }) => status === 'succeeded' && tolerance_met);
  switch (of) {
    case 'okRate':
      return good.length / results.length;
    case 'errorRate':
      return 1 - good.length / results.length;
    case 'value':
      return Number(results.at(-1)?.output);
    case 'latencyP99Ms': {
      const times = results.map(({ duration }) => duration * 1_000).sort((a, b) => a - b);
      return times[Math.min(times.length - 1, Math.floor(times.length * 0.99))] ?? Number.NaN;
    }
  }
}

/** A time of a file in seconds. */
export function secondsOf(duration: number | string | undefined): number {
  return typeof duration === 'number' ? duration : Number.parseFloat(duration ?? '0') || 0;
}
