import {
  type Experiment,
  failureScenario,
  scenarioExperiment,
  type ScenarioId,
  scenarioPromise,
} from 'holdfast';
import { delivery } from '../failure-scenarios/services/outbox.ts';
import { rows } from '../failure-scenarios/services/rows.ts';
import { timekeeper } from '../failure-scenarios/services/timekeeper.ts';

const promiseOf = (id: ScenarioId): string => scenarioPromise(failureScenario(id));

/** What the crash of a relay between its two steps must not do. */
export const doubleRelay: string = promiseOf('SC5');
/** What old and new versions must read. */
export const renamedColumn: string = promiseOf('SC8');
/** What a clock that is set back must not do. */
export const clockBackward: string = promiseOf('SC7');

/** The relay of the outbox crashes after it has published and before it knows; whoever receives remembers, or does not. */
export function relayed(remembers: boolean): Experiment {
  return scenarioExperiment(failureScenario('SC5'), delivery(remembers), 'crash-between');
}

/** A schema in which a column is renamed, half deployed: both columns first, or the new one at once. */
export function renamed(expandsFirst: boolean): Experiment {
  return scenarioExperiment(failureScenario('SC8'), rows(expandsFirst), 'mixed-versions');
}

/** The wall clock of whoever gives leases is set back. */
export const clockSet: Experiment = scenarioExperiment(
  failureScenario('SC7'),
  timekeeper(false),
  'clock-step',
);
