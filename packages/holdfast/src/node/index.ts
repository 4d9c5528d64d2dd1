export { type CampaignOptions, type CampaignResult, runCampaign } from '../campaign/campaign.ts';
export { MAX_JOBS, MAX_SEEDS } from '../campaign/limits.ts';
export { type BuiltIn, BUILT_IN } from './builtIn.ts';
export {
  type ExplorationEnd,
  type ExplorationOrder,
  runExploration,
} from './exploration/runExploration.ts';
export type { LoadedModel, ModelReference } from './exploration/resolveModel.ts';
export { type Finding, recordFinding } from './finding.ts';
export { INLINED_BYTECODE_BYTES, widenInlining } from './inlining.ts';
export { InputError } from './inputError.ts';
export { type Investigation, investigate, type InvestigateOptions, shownRun } from './investigate.ts';
export { runReport, type RunReportOptions, writeReport } from './report.ts';
export { type ExperimentReference, type LoadedExperiment, resolveExperiment } from './resolveExperiment.ts';
export { type PromiseOutcome, runSeed, type SeedOutcome } from './seedOutcome.ts';
export {
  type Conclusion,
  KEPT_OUTCOMES,
  type PromiseSummary,
  summarise,
  type Summary,
  SummaryBuilder,
} from './summary.ts';
export { simulateChaos, type SimulatedJournal, type SimulatedService } from './simulateChaos.ts';
export { shortTimeline, type ShortTimelineOptions } from './timeline.ts';
