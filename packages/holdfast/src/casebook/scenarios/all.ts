import { clockBackward } from './clocks.ts';
import { crashBeforeResponse, doubleRelay, redelivery, timeoutAfterCommit } from './counting.ts';
import { forcedPromotion, growingBacklog, isolatedRegion } from './deciding.ts';
import { halfDeployed, staleFollower } from './reading.ts';
import type { FailureScenario, ScenarioId } from './scenario.ts';

/** The ten failure scenarios (S1.148), in their order. */
export const FAILURE_SCENARIOS: readonly FailureScenario[] = [
  timeoutAfterCommit,
  crashBeforeResponse,
  staleFollower,
  redelivery,
  doubleRelay,
  isolatedRegion,
  clockBackward,
  halfDeployed,
  growingBacklog,
  forcedPromotion,
];

/** One of the ten. */
export function failureScenario(id: ScenarioId): FailureScenario {
  const found = FAILURE_SCENARIOS.find((each) => each.id === id);
  if (found === undefined) throw new RangeError(`Cannot find scenario ${id}: there are SC1 to SC10`);
  return found;
}
