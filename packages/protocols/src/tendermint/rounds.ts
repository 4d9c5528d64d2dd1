import { proposerOf } from './config.ts';
import type { Precommit, Prevote, Proposal } from './messages.ts';
import { blockDigest, say, signed, storeStand, type TendermintNode, type TendermintState } from './state.ts';

/** StartRound(round) of algorithm 1. */
export function startRound(node: TendermintNode, round: number): void {
  const { state, out } = node;
  state.round = round;
  state.step = 'propose';
  state.timed = { propose: false, prevote: false, precommit: false };
  state.said = [];
  for (const timer of ['propose', 'prevote', 'precommit']) out.cancelTimer(timer);
  if (round > 0) {
    state.awake = true;
    out.note('round', { height: state.height, round });
  }
  storeStand(node);
}

/** There is something to decide: the proposer proposes, the others wait for it. */
export function openRound(node: TendermintNode): void {
  const { config, state } = node;
  if (!state.awake || state.timed.propose || state.step !== 'propose') return;
  startTimeout(node, 'propose');
  if (proposerOf(config, state.height, state.round) !== state.self || state.said.length > 0) return;
  const { height, round } = state;
  // Broken twin: what may be decided elsewhere is not proposed again.
  const valid = config.defect === 'no-valid-value' ? null : state.valid;
  const fresh = state.pending.slice(0, config.maxBlock).map(({ command }) => command);
  const commands = valid?.commands ?? fresh;
  say(
    node,
    signed<Proposal>(node, {
      type: 'proposal',
      by: state.self,
      height,
      round,
      commands,
      digest: blockDigest(config, height, commands),
      validRound: valid?.round ?? -1,
      pol: valid?.pol ?? [],
    }),
  );
}

/** Prevotes, once in a round; null for nothing. */
export function prevote(node: TendermintNode, digest: string | null): void {
  const { state } = node;
  state.step = 'prevote';
  const { self: by, height, round } = state;
  say(node, signed<Prevote>(node, { type: 'prevote', by, height, round, digest }));
}

/** Precommits, once in a round; null for nothing. */
export function precommit(node: TendermintNode, digest: string | null): void {
  const { state } = node;
  state.step = 'precommit';
  const { self: by, height, round } = state;
  say(node, signed<Precommit>(node, { type: 'precommit', by, height, round, digest }));
}

/** Starts a timeout of this round, once; each round is more patient than the one before. */
export function startTimeout(
  { config, state, out }: TendermintNode,
  step: keyof TendermintState['timed'],
): void {
  if (state.timed[step]) return;
  state.timed[step] = true;
  const ms = config.timeoutMs + state.round * config.timeoutDeltaMs;
  out.setTimer(step, ms, ms + config.timeoutDeltaMs);
}

/** OnTimeoutPropose, OnTimeoutPrevote and OnTimeoutPrecommit (lines 57 to 67). */
export function timedOut(node: TendermintNode, timer: string): void {
  const { state } = node;
  if (timer === 'propose' && state.step === 'propose') prevote(node, null);
  else if (timer === 'prevote' && state.step === 'prevote') precommit(node, null);
  else if (timer === 'precommit') startRound(node, state.round + 1);
}
