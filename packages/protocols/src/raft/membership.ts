import type { MembershipChange } from './confchange/change.ts';
import { type ChangeRefusal, changeMembers, type Members } from './confchange/changer.ts';
import { lastIndex } from './log.ts';
import { broadcastAppend, commitByQuorum, sendAppend } from './replication.ts';
import { becomeFollower } from './roles.ts';
import type { Raft } from './state.ts';
import { armElection, dropLeases, TIMERS } from './timers.ts';
import { isVoter, membershipRecord, membershipText, votersText } from './tracker/membership.ts';
import { progressOf } from './tracker/tracker.ts';
import { abortTransfer } from './transfer.ts';

/** What the change would give from the configuration in force, or why it cannot be made. */
export function tryChange(raft: Raft, change: MembershipChange): Members | { refusal: ChangeRefusal } {
  const { tracker, log } = raft.state;
  const members = { membership: tracker.membership, progress: tracker.progress };
  // Broken twin: any change takes effect at once, old and new majorities need not overlap.
  if (raft.config.defect === 'direct-membership-switch')
    return switchDirectly(members, change, lastIndex(log));
  return changeMembers(members, change, lastIndex(log));
}

function switchDirectly(
  members: Members,
  change: MembershipChange,
  last: number,
): ReturnType<typeof tryChange> {
  const joint = changeMembers(members, { ...change, transition: 'implicit' }, last);
  if ('refusal' in joint) return joint;
  return changeMembers(joint, { transition: 'auto', changes: [] }, last);
}

/**
 * Puts an applied membership change in force. A change that cannot be made changes nothing, on every node alike. Returns
 * whether it was made.
 */
export function applyChange(raft: Raft, change: MembershipChange, index: number): boolean {
  const outcome = tryChange(raft, change);
  if ('refusal' in outcome) return false;
  switchMembership(raft, outcome, index);
  return true;
}

/** Puts a configuration in force; `index` is the entry that made it. */
export function switchMembership(raft: Raft, members: Members, index: number): void {
  const { state, port } = raft;
  const { tracker } = state;
  const votedBefore = isVoter(tracker.membership, state.self);
  tracker.membership = members.membership;
  tracker.progress = members.progress;
  state.membershipIndex = index;
  state.votersText = votersText(members.membership);
  state.membershipText = membershipText(members.membership);
  port.note('config', {
    index,
    text: state.membershipText,
    membership: membershipRecord(members.membership),
  });
  const votes = isVoter(tracker.membership, state.self);
  if (state.role === 'leader') leaderSwitched(raft);
  else if (votes && !votedBefore) armElection(raft);
  else if (!votes && votedBefore) port.cancelTimer(TIMERS.election);
}

function leaderSwitched(raft: Raft): void {
  const { state, config } = raft;
  const { tracker } = state;
  // Rounds begun under the old configuration say nothing of the new one's majorities.
  dropLeases(raft);
  const own = progressOf(tracker, state.self);
  if (own === undefined || own.learner) {
    if (config.stepDownOnRemoval) becomeFollower(raft, state.term, 0);
    return;
  }
  if (commitByQuorum(raft)) broadcastAppend(raft);
  else {
    for (const p of tracker.progress) if (p.id !== state.self) sendAppend(raft, p, false);
  }
  if (state.transferTo !== 0 && !isVoter(tracker.membership, state.transferTo)) abortTransfer(raft);
}
