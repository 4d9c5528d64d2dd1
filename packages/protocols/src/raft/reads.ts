import type { NodeId } from '../core/core.ts';
import { broadcastHeartbeat } from './heartbeat.ts';
import { leaseHolds, startLease } from './lease.ts';
import { committedInTerm } from './replication.ts';
import type { EarlyRead, PendingRead, Raft } from './state.ts';
import { progressOf, quorumRound } from './tracker/tracker.ts';

/**
 * A read at the leader (dissertation, 6.4): the commit index of this moment, confirmed either by the lease or by a quorum's
 * answers to a heartbeat sent after the read arrived. The reader answers once that index is applied.
 */
export function leaderRead(raft: Raft, from: NodeId, context: number, lease: boolean): void {
  const { state } = raft;
  // Sent again while it waits: another round would only bring another heartbeat, and with it another repetition.
  if (from !== state.self && isPending(raft, from, context)) return;
  // Before its first entry is committed a leader does not know what its predecessors committed.
  if (!committedInTerm(state.log, state.term)) {
    state.earlyReads.push({ from, context, lease });
    return;
  }
  const index = state.log.committed;
  if (lease && leaseHolds(raft)) {
    confirm(raft, from, context, index);
    return;
  }
  state.reads.push({ round: state.round + 1, from, context, index });
  beginRound(raft);
}

function isPending({ state }: Raft, from: NodeId, context: number): boolean {
  const same = (read: EarlyRead | PendingRead): boolean => read.from === from && read.context === context;
  return state.reads.some(same) || state.earlyReads.some(same);
}

/** Begins a heartbeat round: its answers show that this leader was still followed after now. */
export function beginRound(raft: Raft): void {
  const { state } = raft;
  state.round++;
  const own = progressOf(state.tracker, state.self);
  if (own !== undefined) own.ackedRound = state.round;
  startLease(raft);
  broadcastHeartbeat(raft, state.round);
  confirmRounds(raft);
}

/** Confirms reads whose round a quorum has answered. An answer to a later round counts for the earlier ones. */
export function confirmRounds(raft: Raft): void {
  const { state } = raft;
  const round = Math.min(quorumRound(state.tracker), state.round);
  if (round <= state.confirmedRound) return;
  state.confirmedRound = round;
  let count = 0;
  while (count < state.reads.length && (state.reads[count] as PendingRead).round <= round) count++;
  if (count === 0) return;
  for (const read of state.reads.splice(0, count)) confirm(raft, read.from, read.context, read.index);
}

/** Goes on with reads that waited for the leader's first committed entry. */
export function releaseEarlyReads(raft: Raft): void {
  const { state } = raft;
  if (state.earlyReads.length === 0 || !committedInTerm(state.log, state.term)) return;
  for (const read of state.earlyReads.splice(0) as EarlyRead[]) {
    leaderRead(raft, read.from, read.context, read.lease);
  }
}

function confirm(raft: Raft, from: NodeId, context: number, index: number): void {
  const { state, port } = raft;
  if (from === state.self) raft.readStates.push({ context, index });
  else port.send(from, { type: 'read-reply', term: state.term, context, index });
}
