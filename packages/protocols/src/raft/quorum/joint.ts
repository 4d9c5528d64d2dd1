import type { NodeId } from '../../core/core.ts';
import { majorityIndex, majorityVote, type VoteResult } from './majority.ts';

/**
 * The largest value reached by a majority of `incoming` AND a majority of `outgoing` (Raft, section 6: while the configuration is
 * joint every decision needs both). `outgoing` is empty when the configuration is not joint.
 */
export function jointIndex(
  incoming: readonly NodeId[],
  outgoing: readonly NodeId[],
  reached: (id: NodeId) => number,
): number {
  const first = majorityIndex(incoming, reached);
  return outgoing.length === 0 ? first : Math.min(first, majorityIndex(outgoing, reached));
}

/** How a vote stands when both majorities must grant it: lost as soon as one half is. */
export function jointVote(
  incoming: readonly NodeId[],
  outgoing: readonly NodeId[],
  answer: (id: NodeId) => boolean | undefined,
): VoteResult {
  const first = majorityVote(incoming, answer);
  const second = majorityVote(outgoing, answer);
  if (first === second) return first;
  return first === 'lost' || second === 'lost' ? 'lost' : 'pending';
}
