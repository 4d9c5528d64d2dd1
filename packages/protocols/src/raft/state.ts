import type { NodeId, Outbox } from '../core/core.ts';
import type { RaftConfig } from './config.ts';
import type { Members } from './confchange/changer.ts';
import type { RaftLog, Snapshot } from './log.ts';
import type { Envelope, RaftMessage } from './messages.ts';
import { membershipText, votersText } from './tracker/membership.ts';
import type { Tracker } from './tracker/tracker.ts';

/** What a node is in its term; a pre-candidate asks around before it raises the term. */
export type RaftRole = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** A read at the leader, confirmed once a quorum has answered heartbeat `round`. */
export interface PendingRead {
  readonly round: number;
  readonly from: NodeId;
  readonly context: number;
  /** The commit index when the read arrived. */
  readonly index: number;
}

/** A read that arrived before the leader's first entry was committed. */
export interface EarlyRead {
  readonly from: NodeId;
  readonly context: number;
  readonly lease: boolean;
}

/** A read of this node that may be answered once `index` is applied. */
export interface ReadState {
  readonly context: number;
  readonly index: number;
}

/** The consensus module's state: plain data, changed in place by the functions of this folder only. */
export interface ConsensusState {
  readonly self: NodeId;
  role: RaftRole;
  term: number;
  /** Whom this node voted for in `term`; 0 nobody. */
  vote: NodeId;
  /** The leader of `term` as far as known; 0 unknown. */
  leader: NodeId;
  log: RaftLog;
  tracker: Tracker;
  /** The entry that made the configuration in force; 0 for the first. */
  membershipIndex: number;
  /** The configuration as text, for views. */
  votersText: string;
  membershipText: string;
  /** Leader: the last membership change proposed; no other until it is applied. */
  pendingChange: number;
  /** Leader: to whom leadership is being handed; proposals wait. 0 nobody. */
  transferTo: NodeId;
  /** Leader: the last heartbeat round begun that waits for answers. */
  round: number;
  /** Leader: the last round answered by a quorum. */
  confirmedRound: number;
  reads: PendingRead[];
  earlyReads: EarlyRead[];
  /** Leader: the round each lease timer belongs to; 0 when the timer is free. */
  leaseRounds: number[];
  /** Leader: has asked another to take over, so followers may vote: no lease for the rest of the term. */
  leaseBarred: boolean;
  /** A leader was heard within the minimum election timeout: votes are refused. Outlives a change of term. */
  leaderFresh: boolean;
  /** The hard state last handed to storage. */
  handedTerm: number;
  handedVote: NodeId;
  handedCommit: number;
}

/** Where the consensus module puts effects that wait for nothing. An `Outbox` is one. */
export type RaftPort = Pick<Outbox<RaftMessage, never>, 'send' | 'setTimer' | 'cancelTimer' | 'note'>;

/** One node's consensus module at work: its state, and what it says while handling an event. */
export interface Raft {
  readonly config: RaftConfig;
  readonly state: ConsensusState;
  readonly port: RaftPort;
  /** Messages that must wait until everything handed to storage so far is durable: votes and acknowledgements. */
  readonly afterAppend: Envelope[];
  readonly readStates: ReadState[];
  /** The latest snapshot a node can be given, or null when there is none. */
  snapshotFor(to: NodeId): Snapshot | null;
}

/** Lease timers per leader: rounds beyond that share an older one. */
export const LEASE_SLOTS = 8;

/** A follower with the given log and configuration, in term `term`. */
export function newConsensus(
  self: NodeId,
  log: RaftLog,
  members: Members,
  membershipIndex: number,
  hard: { readonly term: number; readonly vote: NodeId },
): ConsensusState {
  return {
    self,
    role: 'follower',
    term: hard.term,
    vote: hard.vote,
    leader: 0,
    log,
    tracker: { membership: members.membership, progress: members.progress, votes: {} },
    membershipIndex,
    votersText: votersText(members.membership),
    membershipText: membershipText(members.membership),
    pendingChange: 0,
    transferTo: 0,
    round: 0,
    confirmedRound: 0,
    reads: [],
    earlyReads: [],
    leaseRounds: [],
    leaseBarred: false,
    leaderFresh: false,
    handedTerm: hard.term,
    handedVote: hard.vote,
    handedCommit: log.committed,
  };
}
