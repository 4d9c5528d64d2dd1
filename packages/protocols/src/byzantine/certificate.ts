import type { NodeId } from '../core/core.ts';
import type { Signed } from './signer.ts';

/** A vote of a node that anybody can check. */
export interface Vote extends Signed {
  readonly by: NodeId;
}

/**
 * How many different nodes cast a vote that fits. Votes that do not fit are not counted, so that a liar can add nothing to a
 * certificate and spoil nothing of it. `fits` has to check the signature too.
 */
export function countVoters<V extends Vote>(votes: readonly V[], fits: (vote: V) => boolean): number {
  const voters = new Set<NodeId>();
  for (const vote of votes) if (!voters.has(vote.by) && fits(vote)) voters.add(vote.by);
  return voters.size;
}
