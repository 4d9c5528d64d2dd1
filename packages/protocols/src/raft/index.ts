export {
  classifyRaftResult,
  hadNoEffect,
  type RaftCommand,
  type RaftError,
  type RaftResult,
  type ReadMode,
} from './client.ts';
export { type RaftConfig, type RaftOptions, RaftOptionsError, raftConfig } from './config.ts';
export type { MembershipChange, NodeChange } from './confchange/change.ts';
export { raft, raftView } from './core.ts';
export { RAFT_DEFECTS, RAFT_FIELD_DEFECTS, type RaftDefect, type RaftFieldDefect } from './defects.ts';
export { leaseLengthMs } from './lease.ts';
export type { Entry as RaftEntry, RaftLog, Snapshot as RaftSnapshot } from './log.ts';
export { type RaftMessage, raftMessageName } from './messages.ts';
export type { RaftState } from './node.ts';
export { jointIndex, jointVote } from './quorum/joint.ts';
export { majorityIndex, majorityVote, type VoteResult } from './quorum/majority.ts';
export { entryTermAt, logEntries, logRange } from './readers.ts';
export type { RaftRole } from './state.ts';
export { lastIndex as raftLastIndex } from './log.ts';
export {
  type AppliedCommand,
  CONSENSUS_PROMISES,
  ConsensusMonitor,
  type ConsensusPromise,
  type ConsensusViolation,
} from './monitors/consensus.ts';
export {
  type Acknowledged,
  RAFT_PROMISES,
  RaftMonitor,
  type RaftPromise,
  type RaftViolation,
} from './monitors/safety.ts';
