import type { NodeId } from '../core/core.ts';

/** A ballot: round and proposer as one number, so that ballots are totally ordered and no two proposers share one. 0 means "none". */
export type Ballot = number;

/** The ballot of a node in a round (from 1): `round * nodes + rank of the node`. The node must be one of the nodes, in ascending order. */
export function ballotOf(round: number, nodes: readonly NodeId[], node: NodeId): Ballot {
  return round * nodes.length + nodes.indexOf(node);
}

/** The round of a ballot; 0 for no ballot. */
export function roundOf(ballot: Ballot, nodes: readonly NodeId[]): number {
  return Math.floor(ballot / nodes.length);
}
