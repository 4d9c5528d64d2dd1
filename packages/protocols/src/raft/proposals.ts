import type { Plain } from '@holdfast/plain';
import { LEAVE_JOINT, leavesJoint, type MembershipChange } from './confchange/change.ts';
import { lastIndex } from './log.ts';
import { appendOwn, broadcastAppend } from './replication.ts';
import type { Raft } from './state.ts';
import { isJoint } from './tracker/membership.ts';
import { progressOf } from './tracker/tracker.ts';

/** Why a leader does not take a proposal; nothing was appended. */
export type ProposalRefusal = 'not-leader' | 'removed' | 'transferring' | 'too-many-uncommitted';

/** Why a membership change does not fit now. */
export type ChangeProblem = 'change-pending' | 'must-leave-joint-first' | 'not-joint';

/** Whether this node takes proposals now. */
export function proposalRefusal(raft: Raft): ProposalRefusal | undefined {
  const { state, config } = raft;
  if (state.role !== 'leader') return 'not-leader';
  if (progressOf(state.tracker, state.self) === undefined) return 'removed';
  // What would be appended now could keep the next leader from catching up.
  if (state.transferTo !== 0) return 'transferring';
  if (lastIndex(state.log) - state.log.committed >= config.maxUncommitted) return 'too-many-uncommitted';
  return undefined;
}

/** Appends a command and sends it out; the leader must take proposals. Returns its index. */
export function propose(raft: Raft, data: Plain): number {
  const index = lastIndex(raft.state.log) + 1;
  appendOwn(raft, { term: raft.state.term, index, kind: 'normal', data });
  broadcastAppend(raft);
  return index;
}

/** Whether a change may enter the log: none other is under way, and it fits the configuration in force. */
export function changeProblem(raft: Raft, change: MembershipChange): ChangeProblem | undefined {
  const { state, config } = raft;
  if (config.skipChangeChecks) return undefined;
  if (state.pendingChange > state.log.applied) return 'change-pending';
  const joint = isJoint(state.tracker.membership);
  if (joint && change.changes.length > 0) return 'must-leave-joint-first';
  if (!joint && leavesJoint(change)) return 'not-joint';
  return undefined;
}

/** Appends a membership change, which the caller has checked, and sends it out. It is in force once applied. Returns its index. */
export function proposeChange(raft: Raft, change: MembershipChange): number {
  const { state } = raft;
  const index = lastIndex(state.log) + 1;
  state.pendingChange = index;
  appendOwn(raft, { term: state.term, index, kind: 'config', data: change });
  broadcastAppend(raft);
  return index;
}

/** Leaves a joint configuration that was entered to be left by itself, once the change that entered it is applied. */
export function leaveJointIfDue(raft: Raft): void {
  const { state } = raft;
  if (state.role !== 'leader' || !state.tracker.membership.autoLeave) return;
  if (state.log.applied < state.pendingChange || proposalRefusal(raft) !== undefined) return;
  proposeChange(raft, LEAVE_JOINT);
}
