import type { NodeId } from '../core/core.ts';
import { lastIndex } from './log.ts';
import type { Raft, RaftRole } from './state.ts';
import { armElection, armLeader, disarmLeader, TIMERS } from './timers.ts';
import { newProgress, type Progress } from './tracker/progress.ts';

/** Starts a term, or the same one over: nothing known of the others, no votes, no reads, no hand-over. */
function reset(raft: Raft, term: number): void {
  const { state } = raft;
  if (state.role === 'leader') disarmLeader(raft);
  if (state.term !== term) {
    state.term = term;
    state.vote = 0;
  }
  state.leader = 0;
  state.transferTo = 0;
  state.pendingChange = 0;
  state.round = 0;
  state.confirmedRound = 0;
  state.leaseBarred = false;
  if (state.reads.length > 0) state.reads = [];
  if (state.earlyReads.length > 0) state.earlyReads = [];
  const { tracker, log } = state;
  tracker.votes = {};
  const next = lastIndex(log) + 1;
  tracker.progress = tracker.progress.map((p: Progress) =>
    newProgress(p.id, p.learner, p.id === state.self ? log.stable : 0, next),
  );
}

function enter(raft: Raft, role: RaftRole, leader: NodeId): void {
  const { state, port } = raft;
  state.role = role;
  state.leader = leader;
  port.note('role', { role, term: state.term, leader });
}

/** Follows `leader` (0: whoever it may be) in `term`. */
export function becomeFollower(raft: Raft, term: number, leader: NodeId): void {
  reset(raft, term);
  enter(raft, 'follower', leader);
  armElection(raft);
}

/** Asks around without raising the term. */
export function becomePreCandidate(raft: Raft): void {
  const { state } = raft;
  state.tracker.votes = {};
  enter(raft, 'pre-candidate', 0);
  armElection(raft);
}

/** Stands for election in the next term, with its own vote. */
export function becomeCandidate(raft: Raft): void {
  const { state } = raft;
  reset(raft, state.term + 1);
  state.vote = state.self;
  enter(raft, 'candidate', 0);
  armElection(raft);
}

/** Leads its term. The empty entry that begins it is appended by the caller. */
export function becomeLeader(raft: Raft): void {
  const { state, port, config } = raft;
  reset(raft, state.term);
  enter(raft, 'leader', state.self);
  for (const p of state.tracker.progress) {
    // Broken twin: what is sent next moves on with every append, from the first.
    if (p.id === state.self || config.defect === 'ack-keeps-next-index') p.mode = 'replicate';
    if (p.id === state.self) p.active = true;
  }
  // A change that may be in the log, not applied: none is proposed before the log so far is.
  state.pendingChange = lastIndex(state.log);
  if (state.leaderFresh) {
    state.leaderFresh = false;
    port.cancelTimer(TIMERS.leaderFresh);
  }
  armLeader(raft);
}

/** Notes who leads, when that is news. */
export function followLeader(raft: Raft, leader: NodeId): void {
  const { state } = raft;
  if (state.leader !== leader) enter(raft, 'follower', leader);
}

/**
 * Forgets who leads, without leaving the term, so that votes can be given. False when there is nothing to forget, and with lease
 * reads, which rely on this loyalty.
 */
export function forgetLeader(raft: Raft): boolean {
  const { state, config, port } = raft;
  if (state.role !== 'follower' || state.leader === 0 || config.leaseReads) return false;
  state.leaderFresh = false;
  port.cancelTimer(TIMERS.leaderFresh);
  enter(raft, 'follower', 0);
  return true;
}
