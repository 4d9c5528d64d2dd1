export {
  type Anchor,
  type AnchorName,
  anchorOf,
  ANCHORS,
  BASICS_ANCHORS,
  type CapstoneName,
  CAPSTONES,
  type Mechanism,
  MECHANISMS,
} from './anchors.ts';
export {
  type CaseDefinition,
  type CaseExperiments,
  type CasePair,
  type CaseRuns,
  type CaseStudy,
  caseStudy,
  type CitedRun,
  type Combine,
  type DocumentRecipe,
  type FieldSource,
  isCaseStudy,
  type Measured,
  type TradeoffChoice,
  type TradeoffClaim,
  type TradeoffColumn,
  type Tradeoffs,
} from './case.ts';
export { CaseError } from './errors.ts';
export { filled, type FilledDocument, filledWhole, type FillOptions } from './fill.ts';
export { measured, measuring, type MeasuringStep, tradeoffRows } from './measure.ts';
export { brokenIn, pairOutcome, type PairOutcome, type PairStep, reasonOf, runningPair } from './pairs.ts';
export { type PageFault, pageFaults } from './page.ts';
export { assertSamePlans } from './samePlans.ts';
export { lostWrites } from './recipes/raftRun.ts';
export { partitionTrace } from './recipes/partitionTrace.ts';
export { type StaleRead, staleReads } from './recipes/staleness.ts';
export { type ReadApi, readContract, type ReadProbes } from './recipes/readContract.ts';
export { retryBudget } from './recipes/retryBudget.ts';
export { threeNodeEventTrace } from './recipes/threeNodeTrace.ts';
export { idempotentApi } from './recipes/idempotentApi.ts';
export { retryMeasures } from './recipes/serviceRun.ts';
export {
  type Completion,
  completionOf,
  parseProject,
  type ProjectAnswer,
  type ProjectFile,
  type Standing,
} from './completion.ts';
export { scenarioAnswers, type ScenarioExperiments } from './recipes/scenarios.ts';
export { messageTraceOf } from './recipes/messageTrace.ts';
export { beliefs } from './recipes/beliefs.ts';
export { raftStepTrace } from './recipes/raftStepTrace.ts';
