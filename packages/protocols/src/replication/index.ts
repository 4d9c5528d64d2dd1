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
