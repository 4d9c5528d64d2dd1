import { countVoters } from '../byzantine/certificate.ts';
import { proposerOf } from './config.ts';
import { decide } from './decide.ts';
import type { Decision, Precommit, Prevote, Proposal } from './messages.ts';
import { openRound, precommit, prevote, startRound, startTimeout } from './rounds.ts';
import {
  isAuthentic,
  isValidBlock,
  ROUNDS_AHEAD,
  type RoundVotes,
  type TendermintNode,
  votesOf,
} from './state.ts';

/** Keeps a message of this height, if it is sound. Of two votes of one kind in a round the first counts, the second convicts. */
export function keep(node: TendermintNode, message: Proposal | Prevote | Precommit): void {
  const { config, state, out } = node;
  const { height, round, by } = message;
  if (height !== state.height || !Number.isSafeInteger(round) || round < 0) return;
  if (!isAuthentic(node, message)) return;
  state.heard[by] = Math.max(state.heard[by] ?? 0, round);
  state.awake = true;
  if (round > state.round + ROUNDS_AHEAD) return;
  const votes = votesOf(node, round);
  if (message.type === 'proposal') {
    if (by !== proposerOf(config, height, round) || votes.proposal !== null || !isValidBlock(node, message))
      return;
    votes.proposal = message;
    for (const vote of message.pol) if (vote.round === message.validRound) keep(node, vote);
    return;
  }
  const kept: Record<number, Prevote | Precommit> =
    message.type === 'prevote' ? votes.prevotes : votes.precommits;
  const known = kept[by];
  if (known === undefined) kept[by] = message;
  else if (known.digest !== message.digest) out.note('evidence', { by, height, round, votes: message.type });
}

/** Applies the rules of algorithm 1 until none applies. */
export function advance(node: TendermintNode): void {
  for (;;) {
    if (decideIfPossible(node) || skipAhead(node)) continue;
    if (!node.state.awake) return;
    openRound(node);
    if (!takeStep(node)) return;
  }
}

/** Line 49: a block with a quorum of precommits, of whatever round. */
function decideIfPossible(node: TendermintNode): boolean {
  const { config, state } = node;
  for (const { proposal, precommits } of Object.values(state.rounds)) {
    if (proposal === null) continue;
    const votes = Object.values(precommits).filter(({ digest }) => digest === proposal.digest);
    if (votes.length < config.quorum) continue;
    const { height, round, commands, digest } = proposal;
    decide(node, { height, round, commands, digest, precommits: votes });
    startRound(node, 0);
    return true;
  }
  return false;
}

/** Line 55: f + 1 nodes are in a later round, of which one is correct. */
function skipAhead(node: TendermintNode): boolean {
  const { config, state } = node;
  const rounds = Object.values(state.heard).sort((a, b) => b - a);
  const round = rounds[config.faulty] ?? 0;
  if (round <= state.round) return false;
  startRound(node, round);
  return true;
}

/** The rules of the current round. Answers whether one applied that may make way for another. */
function takeStep(node: TendermintNode): boolean {
  const { config, state } = node;
  const votes = votesOf(node, state.round);
  if (state.step === 'propose') return answerProposal(node, votes.proposal);
  const prevotes = Object.values(votes.prevotes);
  if (state.step === 'prevote' && prevotes.length >= config.quorum) startTimeout(node, 'prevote');
  if (Object.keys(votes.precommits).length >= config.quorum) startTimeout(node, 'precommit');
  if (lockIfPolled(node, votes)) return true;
  const nil = prevotes.filter(({ digest }) => digest === null);
  if (state.step !== 'prevote' || nil.length < config.quorum) return false;
  precommit(node, null);
  return true;
}

/** Lines 22 and 28: prevotes for what is proposed, unless this node is locked on something else and not shown a later quorum. */
function answerProposal(node: TendermintNode, proposal: Proposal | null): boolean {
  const { config, state } = node;
  if (proposal === null) return false;
  const { digest, validRound, round } = proposal;
  const { locked } = state;
  // Broken twin: what may be decided elsewhere is forgotten.
  const free = locked === null || locked.digest === digest || config.defect === 'no-lock';
  if (validRound === -1) {
    prevote(node, free ? digest : null);
    return true;
  }
  if (validRound < 0 || validRound >= round) return false;
  const polled = Object.values(votesOf(node, validRound).prevotes).filter((vote) => vote.digest === digest);
  // Broken twin: the proposer's word is enough.
  if (polled.length < config.quorum && config.defect !== 'believes-claimed-pol') return false;
  prevote(node, free || locked.round <= validRound ? digest : null);
  return true;
}

/** Line 36: a quorum prevoted for the proposal: this node locks on it, precommits, and will propose it from now on. */
function lockIfPolled(node: TendermintNode, { proposal, prevotes }: RoundVotes): boolean {
  const { config, state } = node;
  if (proposal === null || state.valid?.round === state.round) return false;
  const pol = Object.values(prevotes).filter(({ digest }) => digest === proposal.digest);
  if (pol.length < config.quorum) return false;
  const { commands, digest } = proposal;
  state.valid = { round: state.round, commands, digest, pol };
  if (state.step !== 'prevote') return false;
  state.locked = state.valid;
  precommit(node, digest);
  return true;
}

/** Takes a decision that somebody passed on, once it is checked. */
export function learnDecided(node: TendermintNode, decision: Decision): void {
  const { config, state } = node;
  const { height, round, digest, precommits } = decision;
  if (height !== state.height || !isValidBlock(node, decision)) return;
  const voters = countVoters(precommits, (vote) => {
    const fits = vote.height === height && vote.round === round && vote.digest === digest;
    return fits && isAuthentic(node, vote);
  });
  if (voters < config.quorum) return;
  decide(node, decision);
  startRound(node, 0);
}
