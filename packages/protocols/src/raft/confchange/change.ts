import type { Plain } from '@holdfast/plain';
import type { NodeId } from '../../core/core.ts';

/** One step of a membership change. `update` changes nothing but goes through the log. */
export interface NodeChange {
  readonly type: 'voter' | 'learner' | 'remove' | 'update';
  readonly node: NodeId;
}

/**
 * A membership change. `auto` goes joint only when it must and then leaves by itself; `implicit` always goes joint and leaves by itself;
 * `explicit` always goes joint and stays until an empty change asks to leave. (Raft, section 6; one-at-a-time: dissertation, 4.1.)
 */
export interface MembershipChange {
  readonly transition: 'auto' | 'implicit' | 'explicit';
  readonly changes: readonly NodeChange[];
  /** Carried through the log untouched. */
  readonly context?: Plain;
}

/** The change that leaves a joint configuration. */
export const LEAVE_JOINT: MembershipChange = { transition: 'auto', changes: [] };

/** Whether the change asks to leave a joint configuration. */
export function leavesJoint(change: MembershipChange): boolean {
  return change.changes.length === 0 && change.transition === 'auto';
}

/** Whether the change passes through a joint configuration. */
export function entersJoint(change: MembershipChange): boolean {
  return change.transition !== 'auto' || change.changes.length > 1;
}

/** Whether a joint configuration entered by this change is left without being asked. */
export function leavesByItself(change: MembershipChange): boolean {
  return change.transition !== 'explicit';
}
