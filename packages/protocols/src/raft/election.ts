import type { NodeId } from '../core/core.ts';
import { type Entry, isUpToDate, lastIndex, lastTerm } from './log.ts';
import type { VoteMessage, VoteReply } from './messages.ts';
import { appendOwn, broadcastAppend } from './replication.ts';
import { becomeCandidate, becomeFollower, becomeLeader, becomePreCandidate } from './roles.ts';
import type { Raft } from './state.ts';
import { armElection } from './timers.ts';
import { allVoters, isVoter } from './tracker/membership.ts';
import { recordVote } from './tracker/tracker.ts';

/** Whether this node may stand for election. */
export function isPromotable(raft: Raft): boolean {
  const { tracker, self, log } = raft.state;
  return isVoter(tracker.membership, self) && log.snapshot === null;
}

/** Starts an election, unless this node leads, may not, or has a committed membership change still to apply. */
export function startElection(raft: Raft, transfer: boolean): void {
  const { state, config } = raft;
  if (state.role === 'leader' || !isPromotable(raft) || hasUnappliedChange(raft)) return;
  // A hand-over asks at once: the leader itself wants this election.
  campaign(raft, config.preVote && !transfer ? 'pre-vote' : 'vote', transfer);
}

// The configuration in force would be the wrong one to be elected by.
function hasUnappliedChange(raft: Raft): boolean {
  const { log } = raft.state;
  for (let index = log.applied + 1; index <= log.committed; index++) {
    const entry = log.entries[index - log.offset - 1] as Entry;
    if (entry.kind === 'config') return true;
  }
  return false;
}

function campaign(raft: Raft, type: 'vote' | 'pre-vote', transfer: boolean): void {
  const { state } = raft;
  if (type === 'pre-vote') becomePreCandidate(raft);
  else becomeCandidate(raft);
  // A pre-vote asks about the term it would begin.
  const term = type === 'pre-vote' ? state.term + 1 : state.term;
  const { log, self, tracker } = state;
  for (const id of allVoters(tracker.membership)) {
    if (id === self) {
      // Its own vote counts once it is durable, like any other.
      raft.afterAppend.push({ to: self, message: { type: `${type}-reply`, term, reject: false } });
      continue;
    }
    raft.port.send(id, { type, term, lastIndex: lastIndex(log), lastTerm: lastTerm(log), transfer });
  }
}

/** Answers a request for a vote of this term, or for a pre-vote of any later one. */
export function handleVote(raft: Raft, from: NodeId, message: VoteMessage): void {
  const { state, config } = raft;
  const pre = message.type === 'pre-vote';
  const free =
    state.vote === from ||
    (state.vote === 0 && state.leader === 0) ||
    // A pre-vote for a later term binds nobody.
    (pre && message.term > state.term);
  const upToDate =
    // Broken twin: anyone is good enough.
    config.defect === 'no-up-to-date-check' || isUpToDate(state.log, message.lastTerm, message.lastIndex);
  const type = pre ? 'pre-vote-reply' : 'vote-reply';
  if (!free || !upToDate) {
    raft.afterAppend.push({ to: from, message: { type, term: state.term, reject: true } });
    return;
  }
  // A grant carries the term asked for, so that a pre-candidate knows its answer. PERSIST the vote BEFORE this leaves.
  raft.afterAppend.push({ to: from, message: { type, term: message.term, reject: false } });
  if (!pre) {
    state.vote = from;
    armElection(raft);
  }
}

/** Counts an answer to this node's own campaign. */
export function handleVoteReply(raft: Raft, from: NodeId, message: VoteReply): void {
  const { state } = raft;
  const awaited = state.role === 'pre-candidate' ? 'pre-vote-reply' : 'vote-reply';
  if ((state.role !== 'candidate' && state.role !== 'pre-candidate') || message.type !== awaited) return;
  const result = recordVote(state.tracker, from, !message.reject);
  if (result === 'lost') becomeFollower(raft, state.term, 0);
  else if (result === 'won') {
    if (state.role === 'pre-candidate') campaign(raft, 'vote', false);
    else win(raft);
  }
}

function win(raft: Raft): void {
  const { state } = raft;
  becomeLeader(raft);
  // An entry of its own term is what lets it commit the ones before (Raft, 5.4.2 and 8).
  appendOwn(raft, { term: state.term, index: lastIndex(state.log) + 1, kind: 'normal', data: null });
  broadcastAppend(raft);
}
