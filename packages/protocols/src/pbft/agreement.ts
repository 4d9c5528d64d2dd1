import { digestOf, isGenuine } from '../byzantine/command.ts';
import type { StoreToken } from '../core/core.ts';
import { countVoters } from '../byzantine/certificate.ts';
import { primaryOf } from './config.ts';
import type { Commit, CommitCertificate, Prepare, PrePrepare } from './messages.ts';
import { broadcast, isAuthentic, type PbftNode, signed, type Slot, slotAt, storeSlot } from './state.ts';

/** Whether a pre-prepare is its view's primary's and carries what its digest says; says nothing of views and watermarks. */
export function isSound(node: PbftNode, prePrepare: PrePrepare): boolean {
  const { config } = node;
  const { by, view, digest, command } = prePrepare;
  if (by !== primaryOf(config, view) || !isAuthentic(node, prePrepare)) return false;
  if (digest !== digestOf(config.signer, command)) return false;
  return command === null || config.defect === 'believes-signatures' || isGenuine(config.signer, command);
}

/** Section 4.2: accepts the primary's proposal, at most one for each view and sequence number, and tells everybody. Answers when that is durable. */
export function acceptPrePrepare(node: PbftNode, prePrepare: PrePrepare): StoreToken {
  const { state } = node;
  const { view, sequence, digest } = prePrepare;
  if (view !== state.view || !state.active) return 0;
  const slot = slotAt(node, sequence);
  if (slot === undefined) return 0;
  const known = slot.prePrepare;
  if (known?.view === view || !isSound(node, prePrepare)) return 0;
  slot.prePrepare = prePrepare;
  const token = storeSlot(node, sequence);
  if (prePrepare.by !== state.self) {
    broadcast(
      node,
      signed<Prepare>(node, { type: 'prepare', by: state.self, view, sequence, digest }),
      token,
    );
  }
  advance(node, sequence, slot);
  return token;
}

/** Keeps a vote, and counts. */
export function vote(node: PbftNode, message: Prepare | Commit): void {
  const slot = slotAt(node, message.sequence);
  if (slot === undefined) return;
  const votes: Record<number, Prepare | Commit> = message.type === 'prepare' ? slot.prepares : slot.commits;
  const counts = node.config.defect === 'counts-messages';
  // Broken twin: whoever says it twice counts twice.
  const key = counts ? message.by + 1_000 * Object.keys(votes).length : message.by;
  const known = votes[key];
  if (known !== undefined && known.view >= message.view) return;
  if (!isAuthentic(node, message)) return;
  votes[key] = message;
  advance(node, message.sequence, slot);
}

/** Broken twin `counts-messages` (X14): by sequence number only. */
function fits(node: PbftNode, { view, digest }: PrePrepare): (vote: Prepare | Commit) => boolean {
  if (node.config.defect === 'counts-messages') return () => true;
  return (vote) => vote.view === view && vote.digest === digest;
}

function advance(node: PbftNode, sequence: number, slot: Slot): void {
  const { config, state, out } = node;
  const { prePrepare } = slot;
  if (prePrepare === null) return;
  const { view, digest } = prePrepare;
  const fit = fits(node, prePrepare);
  if (view === state.view && state.active && slot.prepared?.prePrepare.view !== view) {
    const prepares = Object.values(slot.prepares).filter((vote) => fit(vote) && vote.by !== prePrepare.by);
    // 2f of the others: with the primary's word a quorum.
    if (prepares.length >= config.quorum - 1) {
      slot.prepared = { prePrepare, prepares };
      const token = storeSlot(node, sequence);
      out.note('prepared', { view, sequence, digest });
      broadcast(
        node,
        signed<Commit>(node, { type: 'commit', by: state.self, view, sequence, digest }),
        token,
      );
    }
  }
  if (slot.committed !== null) return;
  const commits = Object.values(slot.commits).filter(fit);
  // A quorum of commits shows by itself that a quorum has prepared, in whatever view.
  if (commits.length >= config.quorum) decide(node, { prePrepare, commits });
}

/** Takes a certificate that somebody passed on, once it is checked. */
export function learnCommitted(node: PbftNode, { prePrepare, commits }: CommitCertificate): void {
  const { config } = node;
  const slot = slotAt(node, prePrepare.sequence);
  if (slot === undefined || slot.committed !== null || !isSound(node, prePrepare)) return;
  const { view, sequence, digest } = prePrepare;
  const voters = countVoters(commits, (commit) => {
    const fits = commit.view === view && commit.digest === digest && commit.sequence === sequence;
    return fits && isAuthentic(node, commit);
  });
  if (voters >= config.quorum) decide(node, { prePrepare, commits });
}

function decide(node: PbftNode, certificate: CommitCertificate): void {
  const { sequence, view, digest, command } = certificate.prePrepare;
  const slot = slotAt(node, sequence);
  if (slot === undefined) return;
  slot.committed = certificate;
  storeSlot(node, sequence);
  const commands = command === null ? [] : [command];
  node.out.note('committed', { position: sequence, view, digest, commands, votes: certificate.commits });
}
