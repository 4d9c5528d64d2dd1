export {
  ACKNOWLEDGE_LEVELS,
  type AcknowledgeLevel,
  failoverIsSafe,
  isAcknowledged,
  survivesLeaderLoss,
  type VotingNodes,
  type WeakestLoss,
  weakestLoss,
} from './acknowledge.ts';
export {
  type LeaderFollowerConfig,
  leaderFollowerConfig,
  type LeaderFollowerOptions,
  losesNothing,
} from './config.ts';
export { leaderFollower, replicationView } from './core.ts';
export { leaderFollowerLab } from './lab.ts';
export { REPLICATION_DEFECTS, type ReplicationDefect } from './defects.ts';
export {
  type ReplicaAudit,
  type ReplicaSnapshot,
  type ReplicatedCommand,
  type ReplicatedEntry,
  type ReplicatedSession,
  type ReplicationMessage,
  replicationMessageName,
} from './messages.ts';
export {
  type LostEntry,
  ReplicationMonitor,
  type ReplicationPromise,
  type ReplicationViolation,
} from './monitor.ts';
export { ReplicationOptionsError } from './optionsError.ts';
export type {
  ControllerState,
  FollowerProgress,
  ReplicationCommand,
  ReplicationResult,
  ReplicationState,
} from './state.ts';
export { type ReplicationAnswer, replicationAnswers, type ReplicationFacts } from './answers.ts';
export {
  applyLogical,
  applyPages,
  applyRow,
  applyStatement,
  catchUpProjection,
  type ColumnMapping,
  emptyTable,
  execute,
  type Expression,
  type Fold,
  isDeterministic,
  layOut,
  type Match,
  PAGE_BYTES,
  type PageChange,
  pageChanges,
  type Pages,
  type PoisonEvent,
  type Projection,
  projectionLag,
  QUARANTINE_LIMIT,
  rebuildProjection,
  type ReplicaStopCode,
  ReplicaStoppedError,
  type Row,
  type RowChange,
  type Schema,
  startProjection,
  type Statement,
  type Surroundings,
  type Table,
} from './formats/index.ts';
