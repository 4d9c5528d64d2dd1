import type { FailureModel } from '@holdfast/world';
import { unclaimed } from '../../experiment/contract.ts';
import { type Experiment, experiment } from '../../experiment/experiment.ts';
import type { PlannedOperation, PlanningContext } from '../../experiment/workload.ts';
import { exactly } from '../../faults/exactly.ts';
import type { FaultDraft } from '../../faults/spec.ts';
import type { SketchOptions } from '../sketch/options.ts';
import { sketch } from '../sketch/sketch.ts';

/** One call of an incident's load. Milliseconds from the start of the run. */
export interface Step {
  readonly atMs: number;
  readonly client: number;
  readonly f: string;
  readonly key: string;
  readonly input: PlannedOperation['input'];
}

/** A small system, what is asked of it at which times, and what goes wrong at which. */
export interface IncidentOptions
  extends Pick<SketchOptions, 'name' | 'nodes' | 'operations' | 'program' | 'promises' | 'judge'> {
  readonly clients: number;
  readonly asks: SketchOptions['clients'];
  readonly steps: (choices: PlanningContext['choices']) => readonly Step[];
  readonly faults: readonly FaultDraft[];
  readonly survives?: readonly FailureModel[];
  readonly versions?: SketchOptions['versions'];
  readonly metrics?: SketchOptions['metrics'];
  readonly latency?: SketchOptions['latency'];
  /** Default 10. */
  readonly seconds?: number;
}

/** An incident as an experiment: judged by its own monitors, and claiming nothing about consistency. */
export function incidentExperiment(options: IncidentOptions): Experiment {
  const { name, nodes, operations, program, promises, judge, clients, asks, steps, faults } = options;
  const { survives = ['crash-recovery', 'omission'], versions, metrics, latency, seconds = 10 } = options;
  return experiment({
    name,
    subject: sketch({
      name,
      nodes,
      operations,
      survives,
      clients: asks,
      program,
      promises,
      judge,
      ...(versions === undefined ? {} : { versions }),
      ...(metrics === undefined ? {} : { metrics }),
      ...(latency === undefined ? {} : { latency }),
    }),
    workload: {
      name: `load of ${name}`,
      clients,
      operations,
      model: null,
      plan: ({ choices }) =>
        steps(choices)
          .toSorted((a, b) => a.atMs - b.atMs)
          .map(({ atMs, ...step }, id) => ({ ...step, id, atUs: Math.round(atMs * 1_000) })),
    },
    faults: faults.length === 0 ? [] : [exactly(faults)],
    contract: Object.fromEntries(
      operations.map((f) => [f, unclaimed({ duringPartition: 'reject', availability: 'none' })]),
    ),
    bounds: { simulatedSeconds: seconds, recoverWithinMs: seconds * 100 },
  });
}

/** A call every so often, each a little off its time. */
export function regularly(
  choices: PlanningContext['choices'],
  {
    fromMs,
    untilMs,
    everyMs,
  }: { readonly fromMs: number; readonly untilMs: number; readonly everyMs: number },
  step: (n: number) => Omit<Step, 'atMs'>,
): Step[] {
  const count = Math.floor((untilMs - fromMs) / everyMs);
  return Array.from({ length: count }, (_, n) => ({
    ...step(n),
    atMs: fromMs + n * everyMs + choices.below(Math.max(1, Math.floor(everyMs * 1_000)), 'offset') / 1_000,
  }));
}
