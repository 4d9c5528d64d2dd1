import type { NodeId } from '../../core/core.ts';

/**
 * The configuration in force. It is joint when `outgoing` is not empty: every decision then needs a majority of `incoming` and one of
 * `outgoing`. All lists are sorted.
 */
export interface Membership {
  incoming: NodeId[];
  outgoing: NodeId[];
  /** Non-voting members, fed like followers. */
  learners: NodeId[];
  /** Voters of `outgoing` that become learners when the joint configuration is left. */
  learnersNext: NodeId[];
  /** The leader leaves the joint configuration by itself. */
  autoLeave: boolean;
}

/** A configuration as snapshots and restarts carry it. */
export interface MembershipRecord {
  readonly voters: readonly NodeId[];
  readonly votersOutgoing: readonly NodeId[];
  readonly learners: readonly NodeId[];
  readonly learnersNext: readonly NodeId[];
  readonly autoLeave: boolean;
}

/** An empty configuration. */
export function noMembership(): Membership {
  return { incoming: [], outgoing: [], learners: [], learnersNext: [], autoLeave: false };
}

/** Whether decisions need two majorities. */
export function isJoint(m: Membership): boolean {
  return m.outgoing.length > 0;
}

/** Whether `id` votes, in either half. */
export function isVoter(m: Membership, id: NodeId): boolean {
  return m.incoming.includes(id) || m.outgoing.includes(id);
}

/** All voters of both halves, sorted. */
export function allVoters(m: Membership): NodeId[] {
  if (m.outgoing.length === 0) return m.incoming;
  return [...new Set([...m.incoming, ...m.outgoing])].sort((a, b) => a - b);
}

/** A copy that shares nothing. */
export function copyMembership(m: Membership): Membership {
  return {
    incoming: [...m.incoming],
    outgoing: [...m.outgoing],
    learners: [...m.learners],
    learnersNext: [...m.learnersNext],
    autoLeave: m.autoLeave,
  };
}

/** The record of a configuration. */
export function membershipRecord(m: Membership): MembershipRecord {
  return {
    voters: [...m.incoming],
    votersOutgoing: [...m.outgoing],
    learners: [...m.learners],
    learnersNext: [...m.learnersNext],
    autoLeave: m.autoLeave,
  };
}

/** Adds to a sorted list, once. */
export function addTo(list: NodeId[], id: NodeId): void {
  if (list.includes(id)) return;
  let at = list.length;
  while (at > 0 && (list[at - 1] as number) > id) at--;
  list.splice(at, 0, id);
}

/** Removes from a list, if there. */
export function removeFrom(list: NodeId[], id: NodeId): void {
  const at = list.indexOf(id);
  if (at >= 0) list.splice(at, 1);
}

/** The voters as text: `(1 2 3)`, or `(1 2 3)&&(1 2)` while joint. */
export function votersText(m: Membership): string {
  const incoming = `(${m.incoming.join(' ')})`;
  return m.outgoing.length === 0 ? incoming : `${incoming}&&(${m.outgoing.join(' ')})`;
}

/** The whole configuration as text: `voters=(1 2)&&(1) learners=(3) learners_next=(4) autoleave`. */
export function membershipText(m: Membership): string {
  let text = `voters=${votersText(m)}`;
  if (m.learners.length > 0) text += ` learners=(${m.learners.join(' ')})`;
  if (m.learnersNext.length > 0) text += ` learners_next=(${m.learnersNext.join(' ')})`;
  return m.autoLeave ? `${text} autoleave` : text;
}
