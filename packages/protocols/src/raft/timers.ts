import { LEASE_SLOTS, type Raft } from './state.ts';
import { isVoter } from './tracker/membership.ts';

/** The timers of a node. */
export const TIMERS = {
  /** Follower, candidate: nobody leads; campaign. */
  election: 'election',
  /** Leader: time to tell followers that it is there. */
  heartbeat: 'heartbeat',
  /** Leader: was a quorum heard since the last check? */
  quorumCheck: 'quorum-check',
  /** Follower: the minimum election timeout has passed since the leader was heard. */
  leaderFresh: 'leader-fresh',
  /** Leader: the hand-over has taken too long; go on. */
  transfer: 'transfer',
} as const;

/** The timer of lease slot `slot`. */
export const LEASE_TIMERS: readonly string[] = Array.from(
  { length: LEASE_SLOTS },
  (_, slot) => `read-lease/${slot}`,
);

/** (Re-)arms the election timer; nodes that may not campaign have none. */
export function armElection(raft: Raft): void {
  const { config, state, port } = raft;
  if (!isVoter(state.tracker.membership, state.self)) return;
  const { electionTimeoutMs, electionJitterMs } = config;
  port.setTimer(TIMERS.election, electionTimeoutMs, electionTimeoutMs + electionJitterMs - 1);
}

/** Notes that a leader was just heard: no votes for others for the minimum election timeout. */
export function armLeaderFresh(raft: Raft): void {
  if (!raft.config.checkQuorum) return;
  raft.state.leaderFresh = true;
  raft.port.setTimer(TIMERS.leaderFresh, raft.config.electionTimeoutMs);
}

/** Arms what a leader needs. */
export function armLeader(raft: Raft): void {
  const { config, port } = raft;
  port.cancelTimer(TIMERS.election);
  port.setTimer(TIMERS.heartbeat, config.heartbeatMs);
  if (config.checkQuorum) port.setTimer(TIMERS.quorumCheck, config.electionTimeoutMs);
}

/** Disarms what only a leader needs. */
export function disarmLeader(raft: Raft): void {
  const { state, port } = raft;
  port.cancelTimer(TIMERS.heartbeat);
  port.cancelTimer(TIMERS.quorumCheck);
  if (state.transferTo !== 0) port.cancelTimer(TIMERS.transfer);
  dropLeases(raft);
}

/** Ends every lease, granted or asked for. */
export function dropLeases(raft: Raft): void {
  const { leaseRounds } = raft.state;
  for (let slot = 0; slot < leaseRounds.length; slot++) {
    if (leaseRounds[slot] !== 0) raft.port.cancelTimer(LEASE_TIMERS[slot] as string);
  }
  raft.state.leaseRounds = [];
}
