import type { NodeId } from '../../core/core.ts';

/** How a vote stands: decided for, decided against, or still open. */
export type VoteResult = 'won' | 'lost' | 'pending';

/**
 * The largest value that a majority of `voters` has reached; `reached` gives each voter's value, 0 when nothing is known. An empty
 * majority holds nothing back: its answer is Infinity, so that a joint quorum with an empty half is the other half.
 */
export function majorityIndex(voters: readonly NodeId[], reached: (id: NodeId) => number): number {
  const count = voters.length;
  if (count === 0) return Number.POSITIVE_INFINITY;
  const values: number[] = [];
  for (let i = 0; i < count; i++) {
    const value = reached(voters[i] as NodeId);
    // Insertion sort, largest first: groups are small.
    let at = values.length;
    values.push(value);
    while (at > 0 && (values[at - 1] as number) < value) {
      values[at] = values[at - 1] as number;
      at--;
    }
    values[at] = value;
  }
  return values[count >> 1] as number;
}

/** How a vote among `voters` stands; `answer` gives true, false, or undefined for no answer yet. An empty majority has won. */
export function majorityVote(
  voters: readonly NodeId[],
  answer: (id: NodeId) => boolean | undefined,
): VoteResult {
  if (voters.length === 0) return 'won';
  let granted = 0;
  let missing = 0;
  for (const id of voters) {
    const vote = answer(id);
    if (vote === undefined) missing++;
    else if (vote) granted++;
  }
  const needed = (voters.length >> 1) + 1;
  if (granted >= needed) return 'won';
  return granted + missing >= needed ? 'pending' : 'lost';
}
