import type { NodeId } from '../core/core.ts';
import type { Plain } from '@holdfast/plain';
import { type ConsensusCommand, type ConsensusState, decidedOf } from './module.ts';

/** Leader election by consensus: whoever wants to lead a term proposes itself. */
export function standFor(term: number, candidate: NodeId): ConsensusCommand {
  return { instance: `term/${term}`, value: candidate };
}

/**
 * Who was elected for a term, as far as a node knows; 0 for nobody. All who know agree. That it is up, or that it still leads when a later term
 * has begun, no decision says: a leader that is never wrong needs more than consensus.
 */
export function electedIn(state: ConsensusState, term: number): NodeId {
  return (decidedOf(state, `term/${term}`) as NodeId | undefined) ?? 0;
}

/** Atomic commit by consensus, one decision a participant (Gray and Lamport, "Consensus on Transaction Commit", 2006, section 4). */
export function vote(participant: NodeId, yes: boolean): ConsensusCommand {
  return { instance: `vote/${participant}`, value: yes };
}

/**
 * What became of a transaction, as far as a node knows; undefined while a vote is not decided. Whoever does not want to wait for a participant
 * votes no in its stead, and may do so for one that is only slow: that a transaction commits when all vote yes and nobody fails takes knowledge
 * of failures that consensus does not give.
 */
export function outcomeOf(
  state: ConsensusState,
  participants: readonly NodeId[],
): 'committed' | 'aborted' | undefined {
  const votes = participants.map((id) => decidedOf(state, `vote/${id}`));
  if (votes.includes(false)) return 'aborted';
  return votes.every((yes) => yes === true) ? 'committed' : undefined;
}

/** A replicated log by consensus, one decision a slot, from 1: proposes a command for the first slot this node knows nothing of. */
export function appendTo(state: ConsensusState, command: Plain): ConsensusCommand {
  return { instance: `slot/${logOf(state).length + 1}`, value: command };
}

/** The commands a node can carry out: those of the slots decided without a gap. The same at every node, as far as it goes. */
export function logOf(state: ConsensusState): Plain[] {
  const log: Plain[] = [];
  for (;;) {
    const next = decidedOf(state, `slot/${log.length + 1}`);
    if (next === undefined) return log;
    log.push(next);
  }
}
