import type { Experiment } from '../experiment/experiment.ts';
import { planRun, type RunPlan } from './plan.ts';
import { PlannedRun } from './plannedRun.ts';
import type { RunResult, SimulateOptions } from './result.ts';

export type { RunResult, SimulateOptions } from './result.ts';

/** Runs one seed of an experiment. Deterministic: the same experiment and seed give the same result in any process. */
export function simulate(experiment: Experiment, seed: number, options: SimulateOptions = {}): RunResult {
  return simulatePlan(experiment, planRun(experiment, seed), options);
}

/** Runs a plan, edited or not. */
export function simulatePlan(
  experiment: Experiment,
  plan: RunPlan,
  options: SimulateOptions = {},
): RunResult {
  const run = new PlannedRun(experiment, plan, options);
  run.begin();
  run.world.run(plan.endUs);
  return run.finish();
}
