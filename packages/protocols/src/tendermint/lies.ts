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
import type { Precommit, Prevote, Proposal, TendermintMessage } from './messages.ts';
import { blockDigest } from './state.ts';

function resign<T extends TendermintMessage & Signed>({ signer, self }: Liar, body: Unsigned<T>): T {
  return signAs<T>(signer, nodePrincipal(self), body);
}

/** The message with other words, signed again; only for messages of the liar's own. */
function reworded<T extends Proposal | Prevote | Precommit>(liar: Liar, message: T, words: Partial<T>): T {
  const { signature: _s, ...body } = message;
  return resign<T>(liar, { ...body, ...words } as unknown as Unsigned<T>);
}

/** Proposes an empty block in place of the one it has. */
function emptied(liar: Liar, message: Proposal): Proposal {
  return reworded(liar, message, { commands: [], digest: blockDigest(liar, message.height, []) });
}

/** Two stories: every other node hears of an empty block, and votes for it that come before the others. */
function equivocating(liar: Liar): Rewriting<TendermintMessage> {
  return (to, message) => {
    if (!('by' in message) || message.by !== liar.self || !hearsSecondStory(liar, to)) return [message];
    if (message.type === 'proposal') return [emptied(liar, message)];
    return [reworded(liar, message, { digest: blockDigest(liar, message.height, []) }), message];
  };
}

/** Votes in the names of all others, and proposes what no client asked for. */
function forging(liar: Liar): Rewriting<TendermintMessage> {
  return (_, message) => {
    if (!('by' in message) || message.by !== liar.self) return [message];
    if (message.type !== 'proposal') {
      return [message, ...liar.nodes.filter((by) => by !== liar.self).map((by) => ({ ...message, by }))];
    }
    const operation = { f: 'append', key: 'list', value: -1 };
    const commands = message.commands.map((command) => ({ ...command, operation }));
    return [reworded(liar, message, { commands, digest: blockDigest(liar, message.height, commands) })];
  };
}

/** Speaks of the next round. */
function misplacing(liar: Liar): Rewriting<TendermintMessage> {
  return (_, message) =>
    'by' in message && message.by === liar.self
      ? [reworded(liar, message, { round: message.round + 1 } as Partial<typeof message>)]
      : [message];
}

/** From round 1 on it proposes an empty block, claims that a quorum wanted it the round before, and votes for it. */
function claiming(liar: Liar): Rewriting<TendermintMessage> {
  const claimed = new Set<string>();
  return (_, message) => {
    if (!('by' in message) || message.by !== liar.self) return [message];
    const { height, round } = message;
    if (message.type !== 'proposal') {
      const follows = claimed.has(`${height}/${round}`);
      return [follows ? reworded(liar, message, { digest: blockDigest(liar, height, []) }) : message];
    }
    if (round === 0) return [message];
    claimed.add(`${height}/${round}`);
    return [reworded(liar, emptied(liar, message), { validRound: round - 1, pol: [] })];
  };
}

/** Proposes empty blocks in every round in which it prevotes, whoever's turn it is. */
function usurping(liar: Liar): Rewriting<TendermintMessage> {
  return (_, message) => {
    if (message.type !== 'prevote' || message.by !== liar.self) return [message];
    const { by, height, round } = message;
    const digest = blockDigest(liar, height, []);
    const body = {
      type: 'proposal',
      by,
      height,
      round,
      commands: [],
      digest,
      validRound: -1,
      pol: [],
    } as const;
    return [resign<Proposal>(liar, body), reworded(liar, message, { digest })];
  };
}

/** Byzantine behaviours of a node, by name. */
export const TENDERMINT_LIES: Readonly<
  Record<
    'silence' | 'withhold' | 'equivocate' | 'forge' | 'replay' | 'wrong-round' | 'claim-pol' | 'usurp',
    Lie<TendermintMessage>
  >
> = {
  silence: silent,
  withhold: withholding,
  equivocate: equivocating,
  forge: forging,
  replay: replaying,
  'wrong-round': misplacing,
  'claim-pol': claiming,
  usurp: usurping,
};
