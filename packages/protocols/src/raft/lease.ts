import type { RaftConfig } from './config.ts';
import { LEASE_SLOTS, type Raft } from './state.ts';
import { LEASE_TIMERS } from './timers.ts';

/**
 * How long a lease lasts by the leader's clock, in milliseconds: shorter than the time for which followers refuse votes, by the
 * stated bound on how much faster a follower's clock may run. Whoever drives the node must fire timers that are due before it
 * delivers what came later: a node that was paused and answers first, its overdue timers after, answers from a lease that is over.
 */
export function leaseLengthMs(
  config: Pick<RaftConfig, 'electionTimeoutMs' | 'maxDriftPpm' | 'defect'>,
): number {
  // Broken twin: a lease no drift bound can save.
  if (config.defect === 'lease-beyond-drift') return config.electionTimeoutMs * 4;
  return Math.floor(config.electionTimeoutMs * (1 - config.maxDriftPpm / 1_000_000));
}

/**
 * Starts the clock of the round that begins now, BEFORE its heartbeats leave: every follower that answers refuses votes from a later
 * moment on. When all timers are taken the round has none of its own and the newest older one stands for it.
 */
export function startLease(raft: Raft): void {
  const { state, config, port } = raft;
  if (!config.leaseReads || leaseLengthMs(config) <= 0) return;
  const { leaseRounds } = state;
  // Of the rounds a quorum has answered only the newest matters.
  const newest = newestConfirmed(raft);
  for (let slot = 0; slot < leaseRounds.length; slot++) {
    const round = leaseRounds[slot] as number;
    if (round === 0 || round >= newest) continue;
    leaseRounds[slot] = 0;
    port.cancelTimer(LEASE_TIMERS[slot] as string);
  }
  let free = leaseRounds.indexOf(0);
  if (free < 0 && leaseRounds.length < LEASE_SLOTS) free = leaseRounds.length;
  if (free < 0) return;
  leaseRounds[free] = state.round;
  port.setTimer(LEASE_TIMERS[free] as string, leaseLengthMs(config));
}

/** Whether a round answered by a quorum has time left: until then nobody else can have been elected. */
export function leaseHolds(raft: Raft): boolean {
  const { state } = raft;
  // Whoever was asked to take over is voted for in spite of a fresh leader.
  if (state.leaseBarred || state.transferTo !== 0) return false;
  return newestConfirmed(raft) > 0;
}

/** A lease timer has fired: its round says nothing any more. */
export function endLease(raft: Raft, slot: number): void {
  if (slot < raft.state.leaseRounds.length) raft.state.leaseRounds[slot] = 0;
}

function newestConfirmed(raft: Raft): number {
  const { leaseRounds, confirmedRound } = raft.state;
  let newest = 0;
  for (let i = 0; i < leaseRounds.length; i++) {
    const round = leaseRounds[i] as number;
    if (round <= confirmedRound && round > newest) newest = round;
  }
  return newest;
}
