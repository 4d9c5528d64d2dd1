import { failureScenario, scenarioExperiment, type ScenarioId, type Subject } from 'holdfast';
import { counters } from './services/counter.ts';
import { followerReads } from './services/follower.ts';
import { jobs } from './services/jobs.ts';
import { delivery } from './services/outbox.ts';
import { promotion } from './services/promotion.ts';
import { regionsUnder } from './services/regions.ts';
import { rows } from './services/rows.ts';
import { timekeeper } from './services/timekeeper.ts';

/** Of each scenario a service that is right, and its twin that is not. */
export const SERVICES: Readonly<Record<ScenarioId, readonly [right: Subject, twin: Subject]>> = {
  SC1: [counters('replicated'), counters('none')],
  SC2: [counters('replicated'), counters('own')],
  SC3: [followerReads(true), followerReads(false)],
  SC4: [delivery(true), delivery(false)],
  SC5: [delivery(true), delivery(false)],
  SC6: [regionsUnder('global-waits'), regionsUnder('all-go-on')],
  SC7: [timekeeper(false), timekeeper(true)],
  SC8: [rows(true), rows(false)],
  SC9: [jobs(true), jobs(false)],
  SC10: [promotion(true), promotion(false)],
};

const both = Object.fromEntries(
  (Object.keys(SERVICES) as ScenarioId[]).flatMap((id) => {
    const [service, broken] = SERVICES[id];
    const name = id.toLowerCase();
    return [
      [name, scenarioExperiment(failureScenario(id), service, name)],
      [`${name}-twin`, scenarioExperiment(failureScenario(id), broken, `${name}-twin`)],
    ];
  }),
);

const [right, twin] = SERVICES.SC2;
const SC2 = failureScenario('SC2');

const experiments = {
  ...both,
  wrong: scenarioExperiment(SC2, twin, 'wrong'),
  better: scenarioExperiment(SC2, right, 'better'),
};

export default experiments;
