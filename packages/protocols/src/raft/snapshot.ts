import type { NodeId } from '../core/core.ts';
import { restoreMembers } from './confchange/restore.ts';
import { acknowledge } from './follower.ts';
import { lastIndex, replaceBySnapshot, termAt } from './log.ts';
import type { SnapshotMessage } from './messages.ts';
import { switchMembership } from './membership.ts';
import { commitTo } from './replication.ts';
import type { Raft } from './state.ts';
import { progressOf } from './tracker/tracker.ts';

/** Takes a snapshot from the leader, in place of the log, unless this node has all of it already. */
export function handleSnapshot(raft: Raft, from: NodeId, message: SnapshotMessage): void {
  const { log } = raft.state;
  acknowledge(raft, from, restore(raft, message) ? lastIndex(log) : log.committed);
}

function restore(raft: Raft, { snapshot }: SnapshotMessage): boolean {
  const { state } = raft;
  const { log, tracker } = state;
  if (snapshot.index <= log.committed) return false;
  const { membership } = snapshot;
  const members = [...membership.voters, ...membership.votersOutgoing, ...membership.learners];
  // A configuration without this node is not for it.
  if (!members.includes(state.self)) return false;
  // Broken twin: without the snapshot's term, the term of this moment takes its place.
  const term = raft.config.defect === 'snapshot-without-term' ? state.term : snapshot.term;
  if (termAt(log, snapshot.index) === term) {
    // The log agrees with the snapshot: only its end is news.
    commitTo(raft, snapshot.index);
    return false;
  }
  replaceBySnapshot(log, snapshot, term);
  if (raft.config.defect === 'snapshot-sets-term') goToTerm(raft, term);
  raft.port.note('snapshot', { action: 'receive', index: snapshot.index, term });
  switchMembership(raft, restoreMembers(membership, snapshot.index), snapshot.membershipIndex);
  const own = progressOf(tracker, state.self);
  if (own !== undefined) {
    own.match = snapshot.index;
    own.next = snapshot.index + 1;
  }
  return true;
}

/** Broken twin: the term of the snapshot's last entry becomes the node's. */
function goToTerm({ state, port }: Raft, term: number): void {
  state.term = term;
  state.vote = 0;
  port.note('role', { role: state.role, term, leader: state.leader });
}
