export { FAILURE_SCENARIOS, failureScenario } from './all.ts';
export { DECLARED_FRESHNESS_MS } from './reading.ts';
export {
  type AskedScenario,
  askScenario,
  type FailureScenario,
  type ScenarioAnswer,
  scenarioExperiment,
  type ScenarioId,
  scenarioPromise,
} from './scenario.ts';
