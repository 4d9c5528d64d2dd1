import { readFileSync } from 'node:fs';
import {
  type Experiment,
  type NewVersion,
  type OperatorDefect,
  readRolloutPlan,
  rolloutExperiment,
  type RolloutPlan,
} from 'holdfast';

/** How a new version goes out, and when it goes back: the file says it. */
export const PLAN: RolloutPlan = readRolloutPlan(
  readFileSync(new URL('rollout.json', import.meta.url), 'utf8'),
);

/** The new version has nothing wrong. */
export function goodDeploy(plan: RolloutPlan): Experiment {
  return rolloutExperiment('good-deploy', plan);
}

const FAILING: NewVersion = { failing: 0.6, wrongEvery: 0 };

/** Six of ten requests fail in the new version. */
export function badDeploy(plan: RolloutPlan, defect?: OperatorDefect): Experiment {
  return rolloutExperiment('bad-deploy', plan, {
    version: FAILING,
    ...(defect === undefined ? {} : { defect }),
  });
}

/** The new version writes its own column wrong now and then. */
export function plantedMismatch(plan: RolloutPlan): Experiment {
  const trigger = { metric: 'mismatches', above: 0 } as const;
  return rolloutExperiment(
    'planted-mismatch',
    { ...plan, trigger },
    { version: { failing: 0, wrongEvery: 5 } },
  );
}
