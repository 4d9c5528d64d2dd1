import type { Verdict } from '@holdfast/check';
import type { Trace } from '@holdfast/trace';
import type { Fault } from '@holdfast/world';
import type { Experiment } from '../experiment/experiment.ts';
import { planRun } from '../simulate/plan.ts';
import { type RunResult, simulate } from '../simulate/simulate.ts';
import type { Rehearsal, RehearsalName, ServiceDescription } from './description.ts';

/** A rehearsal that was run. */
export interface Rehearsed extends RunResult {
  readonly name: RehearsalName;
  readonly experiment: Experiment;
  readonly trace: Trace;
  readonly shows: readonly string[];
}

/** Runs of experiments by seed: descriptions that share an experiment share its run. */
export class RunCache {
  private readonly runs = new WeakMap<Experiment, Map<number, RunResult>>();

  run(experiment: Experiment, seed: number): RunResult {
    const known = this.runs.get(experiment) ?? new Map<number, RunResult>();
    this.runs.set(experiment, known);
    const result = known.get(seed) ?? simulate(experiment, seed, { trace: true });
    known.set(seed, result);
    return result;
  }
}

/** The rehearsals of one service, each run when a rule first asks for it. */
export class Rehearsals {
  private readonly service: ServiceDescription;
  private readonly cache: RunCache;
  private readonly asked = new Map<RehearsalName, Rehearsed>();

  constructor(service: ServiceDescription, cache: RunCache = new RunCache()) {
    this.service = service;
    this.cache = cache;
  }

  /** Undefined when the service has none of that name. */
  of(name: RehearsalName): Rehearsed | undefined {
    const rehearsal = this.service.rehearsals[name];
    return rehearsal === undefined ? undefined : this.run(name, rehearsal);
  }

  /** Those that some rule asked for, in the order in which they were. */
  get made(): readonly Rehearsed[] {
    return [...this.asked.values()];
  }

  /** What goes wrong in any of them, by their plans: nothing is run. */
  faults(): Fault[] {
    return Object.values(this.service.rehearsals).flatMap(
      ({ experiment, seed = 1 }) => planRun(experiment, seed).faults,
    );
  }

  /** Whether some rehearsal gave a promise something to judge; those of subjects that make it are run first. */
  judges(promise: string): boolean {
    const names = Object.keys(this.service.rehearsals) as RehearsalName[];
    const makes = (name: RehearsalName): boolean =>
      this.service.rehearsals[name]?.experiment.subject.promises.includes(promise) === true;
    const inOrder = [...names.filter(makes), ...names.filter((name) => !makes(name))];
    return inOrder.some((name) => {
      const run = this.of(name);
      return run !== undefined && (verdictOn(run, promise)?.evidence.examined ?? 0) > 0;
    });
  }

  private run(name: RehearsalName, { experiment, seed = 1, shows }: Rehearsal): Rehearsed {
    const result = this.cache.run(experiment, seed);
    const { plan } = result;
    const trace = result.trace ?? { nodes: [], events: [], faults: [], endedAt: plan.endUs };
    const run = { ...result, name, experiment, trace, shows };
    this.asked.set(name, run);
    return run;
  }
}

/** The verdict on a promise. */
export function verdictOn(run: Rehearsed, promise: string): Verdict | undefined {
  return run.verdicts.find((verdict) => verdict.promise === promise);
}
