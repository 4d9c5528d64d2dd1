import { type Experiment, failureScenario, scenarioExperiment, scenarioPromise } from 'holdfast';
import { delivery } from '../failure-scenarios/services/outbox.ts';

const SC5 = failureScenario('SC5');

/** What the crash of a relay between its two steps must not do. */
export const doubleRelay: string = scenarioPromise(SC5);

/** The relay of the outbox crashes after it has published and before it knows; whoever receives remembers, or does not. */
export function relayed(remembers: boolean): Experiment {
  return scenarioExperiment(SC5, delivery(remembers), 'crash-between');
}
