import type { NodeId } from '../core/core.ts';
import { lastIndex } from './log.ts';
import { sendAppend } from './replication.ts';
import type { Raft } from './state.ts';
import { dropLeases, TIMERS } from './timers.ts';
import { progressOf } from './tracker/tracker.ts';

/** Why leadership cannot be handed over. */
export type TransferRefusal = 'not-leader' | 'not-a-voter' | 'already-leader';

/**
 * Hands leadership to `target` (dissertation, 3.10): no proposals from now on, `target` is brought up to date and told to campaign. Given
 * up after the election timeout.
 */
export function transferLeadership(raft: Raft, target: NodeId): TransferRefusal | undefined {
  const { state, config, port } = raft;
  if (state.role !== 'leader') return 'not-leader';
  if (target === state.self) return 'already-leader';
  const p = progressOf(state.tracker, target);
  if (p === undefined || p.learner) return 'not-a-voter';
  if (state.transferTo === target) return undefined;
  state.transferTo = target;
  port.setTimer(TIMERS.transfer, config.electionTimeoutMs);
  if (p.match === lastIndex(state.log)) sendTimeoutNow(raft, target);
  else sendAppend(raft, p, true);
  return undefined;
}

/** Tells the new leader to campaign. From now on others may vote in spite of this leader: its lease is over for the term. */
export function sendTimeoutNow(raft: Raft, target: NodeId): void {
  raft.state.leaseBarred = true;
  dropLeases(raft);
  raft.port.send(target, { type: 'timeout-now', term: raft.state.term });
}

/** Goes on leading. */
export function abortTransfer(raft: Raft): void {
  if (raft.state.transferTo === 0) return;
  raft.state.transferTo = 0;
  raft.port.cancelTimer(TIMERS.transfer);
}
