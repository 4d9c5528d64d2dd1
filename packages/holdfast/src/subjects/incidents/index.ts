export {
  ASSUMPTION_PRESETS,
  type AssumptionPreset,
  type Assumptions,
  assumedExperiment,
  LAYERS,
  type Layer,
  MILD,
} from './assumptions.ts';
export {
  CACHE_TRUTH_DEFECTS,
  CACHE_TRUTH_PROMISES,
  type CacheTruthDefect,
  cacheTruthExperiment,
} from './cacheTruth.ts';
export { controlPlaneExperiment, type ControlQueue, RECOVERS_IN_TIME } from './controlPlane.ts';
export {
  FULL_DISK_DEFECTS,
  type FullDiskDefect,
  fullDiskExperiment,
  SURVIVES_FULL_DISK,
} from './fullDisk.ts';
export { OPERATOR_GUARDS, type OperatorGuard } from './operator.ts';
export { GUARDED_DAYS, OPERATOR_PROMISES, type OperatorDay, operatorExperiment } from './operatorActions.ts';
export { COMES_BACK, recoveryExperiment, type StartsFrom } from './recovery.ts';
export {
  TELEMETRY_DEFECTS,
  TELEMETRY_PROMISES,
  type TelemetryDefect,
  telemetryExperiment,
} from './telemetry.ts';
export {
  BOOKED,
  type FirstUpgraded,
  VERSION_DEFECTS,
  type VersionDefect,
  versionsExperiment,
} from './versions.ts';
export { POOL_PROMISE, poolExperiment } from './pool.ts';
export {
  COUNTED_ONCE,
  type Handler,
  HANDLERS,
  KILL_SPAN_US,
  killedExperiment,
  type Renewal,
  RENEWALS,
  SNAPSHOT_PROMISES,
  snapshotExperiment,
} from './serverless.ts';
export { MONITORED_RUNS, monitoredExperiment, type MonitoredRun } from './monitored.ts';
