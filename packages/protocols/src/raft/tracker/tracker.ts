import type { NodeId } from '../../core/core.ts';
import { jointIndex, jointVote } from '../quorum/joint.ts';
import type { VoteResult } from '../quorum/majority.ts';
import type { Membership } from './membership.ts';
import type { Progress } from './progress.ts';

/** The configuration in force and what is known of each of its nodes. */
export interface Tracker {
  membership: Membership;
  /** One per node of the configuration, sorted by id. */
  progress: Progress[];
  /** Answers of the election under way, by node; the first answer of a node counts. */
  votes: Record<number, boolean>;
}

/** The progress of `id`; undefined when it is not of the configuration. */
export function progressOf(tracker: Tracker, id: NodeId): Progress | undefined {
  const { progress } = tracker;
  for (let i = 0; i < progress.length; i++) {
    const p = progress[i] as Progress;
    if (p.id === id) return p;
  }
  return undefined;
}

/** The last index durable at a quorum. */
export function quorumMatch(tracker: Tracker): number {
  const { incoming, outgoing } = tracker.membership;
  return jointIndex(incoming, outgoing, (id) => progressOf(tracker, id)?.match ?? 0);
}

/** The last heartbeat round answered by a quorum. */
export function quorumRound(tracker: Tracker): number {
  const { incoming, outgoing } = tracker.membership;
  return jointIndex(incoming, outgoing, (id) => progressOf(tracker, id)?.ackedRound ?? 0);
}

/** Whether a quorum was heard from since the last quorum check; `self` always counts as heard. */
export function quorumActive(tracker: Tracker, self: NodeId): boolean {
  const { incoming, outgoing } = tracker.membership;
  const heard = (id: NodeId): boolean => id === self || (progressOf(tracker, id)?.active ?? false);
  return jointVote(incoming, outgoing, heard) === 'won';
}

/** Records a vote, unless that node already answered, and tells how the election stands. */
export function recordVote(tracker: Tracker, id: NodeId, granted: boolean): VoteResult {
  if (tracker.votes[id] === undefined) tracker.votes[id] = granted;
  const { incoming, outgoing } = tracker.membership;
  return jointVote(incoming, outgoing, (voter) => tracker.votes[voter]);
}
