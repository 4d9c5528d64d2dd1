import type { NodeId } from '../../core/core.ts';
import { addTo, copyMembership, isJoint, type Membership, removeFrom } from '../tracker/membership.ts';
import { newProgress, type Progress } from '../tracker/progress.ts';
import {
  entersJoint,
  leavesByItself,
  leavesJoint,
  type MembershipChange,
  type NodeChange,
} from './change.ts';

/** Why a membership change cannot be made from the configuration in force. */
export type ChangeRefusal =
  | 'already-joint'
  | 'not-joint'
  | 'no-voters-before'
  | 'no-voters-left'
  | 'several-voters-at-once';

/** A configuration with the progress of its nodes: what a change is made from, and what it gives. */
export interface Members {
  readonly membership: Membership;
  /** Sorted by id. */
  readonly progress: Progress[];
}

/** The outcome of a change: a new configuration, the given one untouched; or why not. */
export type ChangeOutcome = Members | { readonly refusal: ChangeRefusal };

/** Makes any change. `lastIndex` is the log's end: where nodes that join are probed first. */
export function changeMembers(members: Members, change: MembershipChange, lastIndex: number): ChangeOutcome {
  if (leavesJoint(change)) return leaveJoint(members);
  if (entersJoint(change)) return enterJoint(members, change.changes, leavesByItself(change), lastIndex);
  return simpleChange(members, change.changes, lastIndex);
}

/** Changes at most one voter, without a joint configuration: old and new majorities always overlap. */
export function simpleChange(
  members: Members,
  changes: readonly NodeChange[],
  lastIndex: number,
): ChangeOutcome {
  if (isJoint(members.membership)) return { refusal: 'already-joint' };
  const draft = draftOf(members);
  if (!applyChanges(draft, changes, lastIndex)) return { refusal: 'no-voters-left' };
  const before = members.membership.incoming;
  const after = draft.membership.incoming;
  const different =
    before.filter((id) => !after.includes(id)).length + after.filter((id) => !before.includes(id)).length;
  return different > 1 ? { refusal: 'several-voters-at-once' } : draft;
}

/** Enters a joint configuration: the old voters stay as `outgoing` until it is left. */
export function enterJoint(
  members: Members,
  changes: readonly NodeChange[],
  autoLeave: boolean,
  lastIndex: number,
): ChangeOutcome {
  if (isJoint(members.membership)) return { refusal: 'already-joint' };
  if (members.membership.incoming.length === 0) return { refusal: 'no-voters-before' };
  const draft = draftOf(members);
  draft.membership.outgoing = [...draft.membership.incoming];
  if (!applyChanges(draft, changes, lastIndex)) return { refusal: 'no-voters-left' };
  draft.membership.autoLeave = autoLeave;
  return draft;
}

/** Leaves a joint configuration: demoted voters become learners, removed nodes are forgotten. */
export function leaveJoint(members: Members): ChangeOutcome {
  if (!isJoint(members.membership)) return { refusal: 'not-joint' };
  const { membership, progress } = draftOf(members);
  for (const id of membership.learnersNext) {
    addTo(membership.learners, id);
    const p = progress.find((one) => one.id === id);
    if (p !== undefined) p.learner = true;
  }
  const gone = membership.outgoing.filter(
    (id) => !membership.incoming.includes(id) && !membership.learners.includes(id),
  );
  membership.learnersNext = [];
  membership.outgoing = [];
  membership.autoLeave = false;
  return { membership, progress: progress.filter((p) => !gone.includes(p.id)) };
}

function draftOf(members: Members): Members {
  return {
    membership: copyMembership(members.membership),
    progress: members.progress.map((p) => ({ ...p, inflight: [...p.inflight] })),
  };
}

/** Applies single changes to a draft; false when no voter would be left. */
function applyChanges(draft: Members, changes: readonly NodeChange[], lastIndex: number): boolean {
  for (const { type, node } of changes) {
    if (node === 0) continue;
    if (type === 'voter') makeVoter(draft, node, lastIndex);
    else if (type === 'learner') makeLearner(draft, node, lastIndex);
    else if (type === 'remove') removeNode(draft, node);
  }
  return draft.membership.incoming.length > 0;
}

function join(draft: Members, id: NodeId, learner: boolean, lastIndex: number): void {
  addTo(learner ? draft.membership.learners : draft.membership.incoming, id);
  const p = newProgress(id, learner, 0, Math.max(lastIndex, 1));
  // A node that joins counts as heard: a quorum check must not depose the leader before it could answer.
  p.active = true;
  let at = draft.progress.length;
  while (at > 0 && (draft.progress[at - 1] as Progress).id > id) at--;
  draft.progress.splice(at, 0, p);
}

function makeVoter(draft: Members, id: NodeId, lastIndex: number): void {
  const p = draft.progress.find((one) => one.id === id);
  if (p === undefined) {
    join(draft, id, false, lastIndex);
    return;
  }
  p.learner = false;
  removeFrom(draft.membership.learners, id);
  removeFrom(draft.membership.learnersNext, id);
  addTo(draft.membership.incoming, id);
}

function makeLearner(draft: Members, id: NodeId, lastIndex: number): void {
  const { membership } = draft;
  const p = draft.progress.find((one) => one.id === id);
  if (p === undefined) {
    join(draft, id, true, lastIndex);
    return;
  }
  if (p.learner) return;
  removeFrom(membership.incoming, id);
  // While joint it still votes in the outgoing half, and no node is voter and learner at once.
  if (membership.outgoing.includes(id)) addTo(membership.learnersNext, id);
  else {
    p.learner = true;
    addTo(membership.learners, id);
  }
}

function removeNode(draft: Members, id: NodeId): void {
  const { membership, progress } = draft;
  const at = progress.findIndex((p) => p.id === id);
  if (at < 0) return;
  removeFrom(membership.incoming, id);
  removeFrom(membership.learners, id);
  removeFrom(membership.learnersNext, id);
  if (!membership.outgoing.includes(id)) progress.splice(at, 1);
}
