export { type Alert, rings } from './alerts.ts';
export {
  type ClockAssumptions,
  DescriptionError,
  describeService,
  isReviewedService,
  type OperationDescription,
  REHEARSALS,
  type Rehearsal,
  type RehearsalName,
  type ReviewedService,
  type Runbook,
  type RunbookSteps,
  type ServiceDescription,
} from './description.ts';
export { followProcedure, hashBefore, type IncidentAction, type Preserved } from './incident/procedure.ts';
export {
  type ComponentFigure,
  INCIDENT_SOURCES,
  type IncidentReport,
  type IncidentSource,
  investigateIncident,
  type LogEntry,
  type TimelineEntry,
} from './incident/report.ts';
export { loudestIn, type Suspect, suspectsIn } from './incident/suspects.ts';
export { type Rehearsed, Rehearsals, RunCache } from './rehearsed.ts';
export { type Review, review, REVIEW_RULES, type ReviewedRule } from './review.ts';
export { type Finding, REVIEW_LISTS, type ReviewList, type Rule } from './rule.ts';
export {
  clockJumps,
  difference,
  errorShare,
  leaderChanges,
  type Point,
  replicationLag,
  requestRate,
  type SeriesOf,
  serversUp,
  shown,
  tailLatency,
  waiting,
} from './series.ts';
export { ROLLOUT_PROMISES } from './rollout/judge.ts';
export type { OperatorDefect } from './rollout/operator.ts';
export {
  readRolloutPlan,
  ROLLOUT_METRICS,
  type RolloutMetric,
  type RolloutPlan,
  rolloutPlan,
  RolloutPlanError,
} from './rollout/plan.ts';
export { rollout, rolloutExperiment, SOUND } from './rollout/rollout.ts';
export type { NewVersion } from './rollout/servers.ts';
export { ROLLOUT, type RolloutState } from './rollout/state.ts';
export { runbookDocument, runbookFindings } from './runbook.ts';
