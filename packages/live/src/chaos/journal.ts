import type { Activity, ChaosExperiment, ChaosMetric } from './file.ts';

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
  /** `failed`: the steady state was absent before the method, which then was not run, or gone after it, or so often during it that the rest was left. */
  readonly status: 'completed' | 'failed' | 'aborted' | 'interrupted';
  /** The steady state was gone during or after the method, or a metric missed its threshold. */
  readonly deviated: boolean;
  readonly start: string;
  readonly end: string;
  readonly duration: number;
  readonly steady_states: {
    readonly before: SteadyState | null;
    readonly after: SteadyState | null;
    /** Of the strategies that ask during the method. */
    readonly during: readonly SteadyState[];
  };
  readonly run: readonly ActivityResult[];
  readonly rollbacks: readonly ActivityResult[];
  readonly metrics: readonly MetricResult[];
  readonly platform: string;
  readonly node: string;
}
