import { isCertified, isRooted } from './blocks.ts';
import { commitBehind } from './commit.ts';
import type { QuorumCertificate, Vote } from './messages.ts';
import type { NodeId } from '../core/core.ts';
import { type HotStuffNode, isAuthentic, storeSafety } from './state.ts';

/** Learns a certificate: the view goes on, the lock follows one block behind, and what lies two behind may be decided. */
export function learnCertificate(node: HotStuffNode, certificate: QuorumCertificate, from: NodeId): boolean {
  const { state } = node;
  const { view, digest } = certificate;
  if (view < state.high.view || (view === state.high.view && view > 0))
    return isRooted(node, certificate, from);
  if (view === 0) return true;
  if (!isCertified(node, certificate) || !isRooted(node, certificate, from)) return false;
  state.high = certificate;
  state.failures = 0;
  const parent = state.blocks[digest]?.justify;
  if (parent !== undefined && parent.view > state.locked.view) state.locked = parent;
  if (view >= state.view) state.view = view + 1;
  state.wanted = Math.max(state.wanted, state.view);
  storeSafety(node);
  commitBehind(node, certificate);
  return true;
}

/** Keeps a vote: the latest of each replica. */
export function heardVote(node: HotStuffNode, vote: Vote): void {
  const { state } = node;
  const known = state.votes[vote.by];
  if (known !== undefined && known.view >= vote.view) return;
  if (vote.view < state.view || !isAuthentic(node, vote)) return;
  state.votes[vote.by] = vote;
}

/** The leader of the next view makes a certificate of a quorum of votes for a block it knows. */
export function certify(node: HotStuffNode): void {
  const { config, state } = node;
  for (const { view, digest } of Object.values(state.votes)) {
    if (view < state.view || state.blocks[digest] === undefined) continue;
    const votes = Object.values(state.votes).filter(
      (other) => other.view === view && other.digest === digest,
    );
    if (votes.length >= config.quorum) learnCertificate(node, { view, digest, votes }, state.self);
  }
}
