import type { NodeId } from '../core/core.ts';
import { handleVote, handleVoteReply, isPromotable, startElection } from './election.ts';
import { handleAppend, handleHeartbeat } from './follower.ts';
import { broadcastHeartbeat } from './heartbeat.ts';
import { handleAppendReply, handleHeartbeatReply } from './leader.ts';
import { endLease } from './lease.ts';
import type {
  AppendMessage,
  HeartbeatMessage,
  RaftMessage,
  SnapshotMessage,
  VoteMessage,
} from './messages.ts';
import { beginRound, leaderRead } from './reads.ts';
import { becomeFollower, followLeader } from './roles.ts';
import { handleSnapshot } from './snapshot.ts';
import type { Raft } from './state.ts';
import { armElection, armLeaderFresh, LEASE_TIMERS, TIMERS } from './timers.ts';
import { quorumActive } from './tracker/tracker.ts';
import { abortTransfer } from './transfer.ts';

/** Handles a message of another node, or of this node to itself. */
export function receive(raft: Raft, from: NodeId, message: RaftMessage): void {
  const { state } = raft;
  const { term } = message;
  if (asksForVote(message) && holdsVote(raft, message)) return;
  if (term > state.term) {
    // Pre-votes and their grants speak of a term nobody is in yet.
    const future = message.type === 'pre-vote' || (message.type === 'pre-vote-reply' && !message.reject);
    if (!future) becomeFollower(raft, term, fromLeader(message) ? from : 0);
  } else if (term < state.term && !countsStaleVotes(raft, message)) {
    receiveStale(raft, from, message);
    return;
  }
  dispatch(raft, from, message);
}

/** Broken twin: a vote is a vote. */
function countsStaleVotes({ config }: Raft, { type }: RaftMessage): boolean {
  return config.defect === 'counts-stale-votes' && type === 'vote-reply';
}

function asksForVote(message: RaftMessage): message is VoteMessage {
  return message.type === 'vote' || message.type === 'pre-vote';
}

function fromLeader(message: RaftMessage): message is AppendMessage | HeartbeatMessage | SnapshotMessage {
  return message.type === 'append' || message.type === 'heartbeat' || message.type === 'snapshot';
}

/** Whether this node has heard a leader too recently to listen to candidates (dissertation, 4.2.3). Read leases stand on this. */
function holdsVote(raft: Raft, message: VoteMessage): boolean {
  const { state, config } = raft;
  if (!config.checkQuorum || message.transfer) return false;
  if (message.term <= state.term && state.leader !== 0) return false;
  // Broken twin: a leader has heard of no other.
  if (config.defect === 'leader-grants-votes' && state.role === 'leader') return false;
  return state.leaderFresh || (state.role === 'leader' && message.term > state.term);
}

/** A message of an earlier term. Its sender may have to learn that the term is over. */
function receiveStale(raft: Raft, from: NodeId, message: RaftMessage): void {
  const { state, config, afterAppend } = raft;
  const { term } = state;
  if (message.type === 'append' || message.type === 'heartbeat') {
    // A node that raised its term while cut off would otherwise be ignored by the leader, and ignore it, for good.
    if (!config.checkQuorum && !config.preVote) return;
    afterAppend.push({
      to: from,
      message: { type: 'append-reply', term, index: 0, reject: false, hintIndex: 0, hintTerm: 0 },
    });
  } else if (message.type === 'pre-vote') {
    afterAppend.push({ to: from, message: { type: 'pre-vote-reply', term, reject: true } });
  }
}

function dispatch(raft: Raft, from: NodeId, message: RaftMessage): void {
  const { state } = raft;
  switch (message.type) {
    case 'append':
      if (heardLeader(raft, from)) handleAppend(raft, from, message);
      return;
    case 'append-reply':
      if (state.role === 'leader') handleAppendReply(raft, from, message);
      return;
    case 'heartbeat':
      if (heardLeader(raft, from)) handleHeartbeat(raft, from, message);
      return;
    case 'heartbeat-reply':
      if (state.role === 'leader') handleHeartbeatReply(raft, from, message);
      return;
    case 'vote':
    case 'pre-vote':
      handleVote(raft, from, message);
      return;
    case 'vote-reply':
    case 'pre-vote-reply':
      handleVoteReply(raft, from, message);
      return;
    case 'snapshot':
      if (heardLeader(raft, from)) handleSnapshot(raft, from, message);
      return;
    case 'timeout-now':
      if (state.role === 'follower') startElection(raft, true);
      return;
    case 'read':
      if (state.role === 'leader') leaderRead(raft, from, message.context, message.lease);
      return;
    case 'read-reply':
      raft.readStates.push({ context: message.context, index: message.index });
      return;
  }
}

/** The leader of this term was heard; false on a leader, which only a broken group makes happen. */
function heardLeader(raft: Raft, from: NodeId): boolean {
  const { state } = raft;
  if (state.role === 'leader') return false;
  if (state.role !== 'follower') becomeFollower(raft, state.term, from);
  else {
    followLeader(raft, from);
    armElection(raft);
  }
  armLeaderFresh(raft);
  return true;
}

/** Handles a timer that fired. */
export function fireTimer(raft: Raft, timer: string): void {
  const { state, config, port } = raft;
  switch (timer) {
    case TIMERS.election:
      if (state.role === 'leader') return;
      armElection(raft);
      if (isPromotable(raft)) startElection(raft, false);
      return;
    case TIMERS.heartbeat:
      if (state.role !== 'leader') return;
      port.setTimer(TIMERS.heartbeat, config.heartbeatMs);
      // A round only when someone waits for its answers; reads whose heartbeats were lost get another chance.
      if (config.leaseReads || state.reads.length > 0) beginRound(raft);
      else broadcastHeartbeat(raft, 0);
      return;
    case TIMERS.quorumCheck:
      if (state.role === 'leader') checkQuorum(raft);
      return;
    case TIMERS.leaderFresh:
      state.leaderFresh = false;
      return;
    case TIMERS.transfer:
      abortTransfer(raft);
      return;
    default: {
      const slot = LEASE_TIMERS.indexOf(timer);
      if (slot >= 0) endLease(raft, slot);
    }
  }
}

/** A leader that has not heard a quorum since the last check steps down (dissertation, 6.2). */
function checkQuorum(raft: Raft): void {
  const { state, config, port } = raft;
  if (!quorumActive(state.tracker, state.self)) {
    becomeFollower(raft, state.term, 0);
    return;
  }
  for (const p of state.tracker.progress) if (p.id !== state.self) p.active = false;
  port.setTimer(TIMERS.quorumCheck, config.electionTimeoutMs);
}
