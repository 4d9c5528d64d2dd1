import {
  hearsSecondStory,
  type Liar,
  type Lie,
  replaying,
  type Rewriting,
  silent,
  withholding,
} from '../byzantine/lies.ts';
import { nodePrincipal, type Signed, signAs, type Unsigned } from '../byzantine/signer.ts';
import { blockDigest } from './blocks.ts';
import { VIEWS_PER_LEADER } from './config.ts';
import type { Block, HotStuffMessage, Proposal, QuorumCertificate, Vote } from './messages.ts';

function resign<T extends HotStuffMessage & Signed>({ signer, self }: Liar, body: Unsigned<T>): T {
  return signAs<T>(signer, nodePrincipal(self), body);
}

/** The liar's proposal with another block. */
function proposing(liar: Liar, words: Omit<Block, 'digest'>): Proposal {
  const block: Block = { ...words, digest: blockDigest(liar.signer, words) };
  return resign<Proposal>(liar, { type: 'proposal', by: liar.self, block });
}

/** Two stories: every other node gets an empty block; its votes go to both. */
function equivocating(liar: Liar): Rewriting<HotStuffMessage> {
  return (to, message) => {
    if (message.type !== 'proposal' || message.by !== liar.self || !hearsSecondStory(liar, to))
      return [message];
    return [proposing(liar, { ...message.block, commands: [] })];
  };
}

/** Votes in the names of all others; in the last view of its reign, whose votes the next leader counts, it proposes what no client asked for. */
function forging(liar: Liar): Rewriting<HotStuffMessage> {
  const others = liar.nodes.filter((by) => by !== liar.self);
  return (_, message) => {
    if (!('by' in message) || message.by !== liar.self) return [message];
    if (message.type === 'vote' && message.view % VIEWS_PER_LEADER !== 0) {
      return [message, ...others.map((by) => ({ ...message, by }))];
    }
    if (message.type !== 'proposal' || message.block.view % VIEWS_PER_LEADER !== 0) return [message];
    const operation = { f: 'append', key: 'list', value: -1 };
    const commands = message.block.commands.map((command) => ({ ...command, operation }));
    return [proposing(liar, { ...message.block, commands })];
  };
}

/** Shows certificates that hold no vote but its own. */
function certifying(liar: Liar): Rewriting<HotStuffMessage> {
  return (_, message) => {
    if (message.type !== 'proposal' || message.by !== liar.self) return [message];
    const { justify } = message.block;
    const votes = justify.votes.filter(({ by }) => by === liar.self);
    return [proposing(liar, { ...message.block, justify: { ...justify, votes } })];
  };
}

/** In the last view of its reign it forks: its block extends one that was certified some views ago. */
function forking(liar: Liar): Rewriting<HotStuffMessage> {
  const certificates: QuorumCertificate[] = [];
  return (_, message) => {
    if (message.type !== 'proposal' || message.by !== liar.self) return [message];
    const { view, justify } = message.block;
    if (certificates.at(-1)?.view !== justify.view) certificates.push(justify);
    const old = certificates.at(-5) ?? certificates[0];
    if (view % VIEWS_PER_LEADER !== 0 || old === undefined) return [message];
    return [proposing(liar, { view, commands: [], justify: old })];
  };
}

/**
 * In the last view of its reign it shows the newest certificate to the last of the others alone; the rest get a block that extends an older one, by one that
 * they are not locked against, and its vote.
 */
function splitting(liar: Liar): Rewriting<HotStuffMessage> {
  const certificates: QuorumCertificate[] = [];
  const favoured = liar.nodes.filter((id) => id !== liar.self).at(-1);
  let forked: Block | undefined;
  return (to, message) => {
    if (!('by' in message) || message.by !== liar.self) return [message];
    if (message.type === 'vote' && forked?.view === message.view) {
      const { signature: _s, ...body } = message;
      return [resign<Vote>(liar, { ...body, digest: forked.digest })];
    }
    if (message.type !== 'proposal') return [message];
    const { view, justify } = message.block;
    if (certificates.at(-1)?.view !== justify.view) certificates.push(justify);
    const old = certificates.at(-3);
    if (view % VIEWS_PER_LEADER !== 0 || old === undefined) return [message];
    const proposal = proposing(liar, { view, commands: [], justify: old });
    forked = proposal.block;
    return [to === favoured ? message : proposal];
  };
}

/** Speaks of the next view. */
function misplacing(liar: Liar): Rewriting<HotStuffMessage> {
  return (_, message) => {
    if (message.type === 'proposal' && message.by === liar.self) {
      return [proposing(liar, { ...message.block, view: message.block.view + 1 })];
    }
    if ((message.type !== 'vote' && message.type !== 'new-view') || message.by !== liar.self)
      return [message];
    const { signature: _s, ...body } = message;
    return [resign<typeof message>(liar, { ...body, view: message.view + 1 } as Unsigned<typeof message>)];
  };
}

/** Byzantine behaviours of a replica, by name. */
export const HOTSTUFF_LIES: Readonly<
  Record<
    'silence' | 'withhold' | 'equivocate' | 'forge' | 'replay' | 'wrong-view' | 'fork' | 'split' | 'certify',
    Lie<HotStuffMessage>
  >
> = {
  silence: silent,
  withhold: withholding,
  equivocate: equivocating,
  forge: forging,
  replay: replaying,
  'wrong-view': misplacing,
  fork: forking,
  split: splitting,
  certify: certifying,
};
