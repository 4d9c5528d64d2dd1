import { hostname, platform } from 'node:os';
import { textOf } from '../errors.ts';
import { sleep } from '../time.ts';
import {
  type Activity,
  type ChaosExperiment,
  type ChaosMetric,
  type Control,
  type Provider,
  resolved,
} from './file.ts';
import { provide } from './provider.ts';
import { isTolerated } from './tolerance.ts';

/** How one activity went, as Chaos Toolkit's journal has it. */
export interface ActivityResult {
  readonly activity: Activity;
  readonly status: 'succeeded' | 'failed';
  readonly start: string;
  readonly end: string;
  /** Seconds. */
  readonly duration: number;
  readonly output: unknown;
  readonly tolerance_met?: boolean;
  readonly exception?: string;
}

/** Whether the hypothesis was met, and each probe of it. */
export interface SteadyState {
  readonly steady_state_met: boolean;
  readonly probes: readonly ActivityResult[];
}

/** A metric with its verdict. */
export interface MetricResult extends ChaosMetric {
  readonly value: number;
  readonly samples: number;
  readonly kept: boolean;
}

/** What happened: Chaos Toolkit's journal, and the metrics besides. */
export interface ChaosJournal {
  readonly experiment: ChaosExperiment;
  /** `failed`: the steady state was absent before the method, which then was not run. */
  readonly status: 'completed' | 'failed' | 'aborted' | 'interrupted';
  /** The steady state was gone after the method, or a metric missed its threshold. */
  readonly deviated: boolean;
  readonly start: string;
  readonly end: string;
  readonly duration: number;
  readonly steady_states: { readonly before: SteadyState | null; readonly after: SteadyState | null };
  readonly run: readonly ActivityResult[];
  readonly rollbacks: readonly ActivityResult[];
  readonly metrics: readonly MetricResult[];
  readonly platform: string;
  readonly node: string;
}

/** Time between samples of a metric's probe. */
const SAMPLE_MS = 50;

/** What an experiment is run against: the world as it is, or a simulated one with a time of its own. */
export interface ChaosPorts {
  provide(provider: Provider): Promise<unknown>;
  /** Milliseconds since 1970. */
  nowMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const REAL: ChaosPorts = { provide, nowMs: () => Date.now(), sleep };

/** What to run with. */
export interface ChaosOptions {
  /** Default: the real world. */
  readonly ports?: ChaosPorts;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

/**
 * Runs a Chaos Toolkit experiment. Without its steady state the method is not run. Rollbacks always run unless `runtime.rollbacks.strategy` says
 * otherwise, also after a failed activity or an interruption; one that fails does not stop the others. Throws only for files that cannot be used.
 */
export async function runChaos(given: ChaosExperiment, options: ChaosOptions = {}): Promise<ChaosJournal> {
  const experiment = resolved(given, options.env ?? {}, options.vars);
  const { signal, ports = REAL } = options;
  const started = ports.nowMs();
  const controls = experiment.controls ?? [];
  const run: ActivityResult[] = [];
  const strategy = experiment.runtime?.hypothesis?.strategy ?? 'default';
  let before: SteadyState | null = null;
  let after: SteadyState | null = null;
  let metrics: MetricResult[] = [];
  let status: ChaosJournal['status'] = 'completed';
  await control(controls, 'before', ports);
  try {
    if (strategy !== 'after-method-only') before = await steadyState(experiment, ports);
    if (before?.steady_state_met === false) status = 'failed';
    else {
      const sampling = new AbortController();
      const samples = sample(experiment, sampling.signal, ports);
      if (!(await method(experiment, run, { signal, ports })))
        status = signal?.aborted === true ? 'interrupted' : 'aborted';
      if (status === 'completed') await ports.sleep(secondsOf(experiment.duration) * 1_000, signal);
      sampling.abort();
      metrics = (await samples) ?? [];
      if (strategy !== 'before-method-only') after = await steadyState(experiment, ports);
    }
  } finally {
    await control(controls, 'after', ports);
  }
  if (signal?.aborted === true && status === 'completed') status = 'interrupted';
  const deviated = after?.steady_state_met === false || metrics.some(({ kept }) => !kept);
  const rollbacks = await rollBack(experiment, { status, deviated }, ports);
  const ended = ports.nowMs();
  return {
    experiment: given,
    status,
    deviated,
    start: iso(started),
    end: iso(ended),
    duration: (ended - started) / 1_000,
    steady_states: { before, after },
    run,
    rollbacks,
    metrics,
    platform: platform(),
    node: hostname(),
  };
}

async function steadyState(experiment: ChaosExperiment, ports: ChaosPorts): Promise<SteadyState | null> {
  const hypothesis = experiment['steady-state-hypothesis'];
  if (hypothesis === undefined) return null;
  const probes: ActivityResult[] = [];
  for (const probe of hypothesis.probes) {
    probes.push(await perform(probe, ports));
    if (probes.at(-1)?.tolerance_met !== true) break;
  }
  return { steady_state_met: probes.every((probe) => probe.tolerance_met === true), probes };
}

/** False when an action failed or the run was interrupted: then the rest is left. Probes may fail. */
async function method(
  experiment: ChaosExperiment,
  run: ActivityResult[],
  { signal, ports }: { readonly signal: AbortSignal | undefined; readonly ports: ChaosPorts },
): Promise<boolean> {
  const background: Promise<ActivityResult>[] = [];
  let isWell = true;
  for (const activity of experiment.method) {
    if (signal?.aborted === true) isWell = false;
    if (!isWell) break;
    await ports.sleep((activity.pauses?.before ?? 0) * 1_000, signal);
    if (activity.background === true) background.push(perform(activity, ports));
    else {
      const result = await perform(activity, ports);
      run.push(result);
      if (result.status === 'failed' && activity.type === 'action') isWell = false;
    }
    await ports.sleep((activity.pauses?.after ?? 0) * 1_000, signal);
  }
  run.push(...(await Promise.all(background)));
  return isWell && signal?.aborted !== true;
}

async function rollBack(
  experiment: ChaosExperiment,
  ended: { readonly status: ChaosJournal['status']; readonly deviated: boolean },
  ports: ChaosPorts,
): Promise<ActivityResult[]> {
  const { strategy = 'always' } = experiment.runtime?.rollbacks ?? {};
  if (strategy === 'never' || (strategy === 'deviated' && !ended.deviated)) return [];
  const results: ActivityResult[] = [];
  for (const activity of experiment.rollbacks ?? []) results.push(await perform(activity, ports));
  return results;
}

/** Carries out one activity with its controls; never rejects. */
async function perform(activity: Activity, ports: ChaosPorts): Promise<ActivityResult> {
  const { controls = [], tolerance } = activity;
  await control(controls, 'before', ports);
  const start = ports.nowMs();
  const head = (): Pick<ActivityResult, 'activity' | 'start' | 'end' | 'duration'> => {
    const end = ports.nowMs();
    return { activity, start: iso(start), end: iso(end), duration: (end - start) / 1_000 };
  };
  try {
    const output = await ports.provide(activity.provider);
    const judged = tolerance === undefined ? {} : { tolerance_met: isTolerated(output, tolerance) };
    return { ...head(), status: 'succeeded', output, ...judged };
  } catch (error) {
    return {
      ...head(),
      status: 'failed',
      output: null,
      exception: textOf(error),
      ...(tolerance === undefined ? {} : { tolerance_met: false }),
    };
  } finally {
    await control(controls, 'after', ports);
  }
}

/** What controls do must not decide an experiment: their failures are their own. */
async function control(
  controls: readonly Control[],
  moment: 'before' | 'after',
  ports: ChaosPorts,
): Promise<void> {
  for (const { scope, provider } of controls) {
    if (scope === undefined || scope === moment) await ports.provide(provider).catch(() => undefined);
  }
}

/** Asks the probes of the metrics over and over until told to stop, then weighs what they gave. */
async function sample(
  experiment: ChaosExperiment,
  stop: AbortSignal,
  ports: ChaosPorts,
): Promise<MetricResult[] | undefined> {
  const { metrics = [] } = experiment;
  const probes = [...(experiment['steady-state-hypothesis']?.probes ?? []), ...experiment.method].filter(
    ({ type }) => type === 'probe',
  );
  const samples = new Map<string, ActivityResult[]>(metrics.map(({ probe }) => [probe, []]));
  while (metrics.length > 0 && !stop.aborted) {
    for (const [name, results] of samples) {
      const probe = probes.find((one) => one.name === name);
      if (probe !== undefined) results.push(await perform(probe, ports));
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

function secondsOf(duration: number | string | undefined): number {
  return typeof duration === 'number' ? duration : Number.parseFloat(duration ?? '0') || 0;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
