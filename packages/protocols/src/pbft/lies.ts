import { digestOf, type SignedCommand } from '../byzantine/command.ts';
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
import type { PbftMessage, PrePrepare } from './messages.ts';

function resign<T extends PbftMessage & Signed>({ signer, self }: Liar, body: Unsigned<T>): T {
  return signAs<T>(signer, nodePrincipal(self), body);
}

/**
 * Two stories: every other node hears that nothing is to be carried out, from the pre-prepare to the commit. There the vote for the
 * second story comes first, as of two votes in one view the first is the one that counts.
 */
function equivocating(liar: Liar): Rewriting<PbftMessage> {
  const { signer, self } = liar;
  const nothing = digestOf(signer, null);
  return (to, message) => {
    if (!hearsSecondStory(liar, to)) return [message];
    if (message.type === 'pre-prepare' && message.by === self) {
      const { signature: _, ...body } = message;
      return [resign<PrePrepare>(liar, { ...body, digest: nothing, command: null })];
    }
    if ((message.type === 'prepare' || message.type === 'commit') && message.by === self) {
      const { signature: _, ...body } = message;
      return [
        resign<typeof message>(liar, { ...body, digest: nothing } as Unsigned<typeof message>),
        message,
      ];
    }
    return [message];
  };
}

/** Changes its mind: sends everybody the one proposal, and then another for the same view and sequence number. */
function wavering(liar: Liar): Rewriting<PbftMessage> {
  const nothing = digestOf(liar.signer, null);
  return (to, message) => {
    if (message.type !== 'pre-prepare' || message.by !== liar.self) return [message];
    const { signature: _s, ...body } = message;
    const other = resign<PrePrepare>(liar, { ...body, digest: nothing, command: null });
    return hearsSecondStory(liar, to) ? [message, other] : [other, message];
  };
}

/** As primary it orders commands that were ordered before: each even sequence number gets the command of the one before it. */
function repeating(liar: Liar): Rewriting<PbftMessage> {
  let last: PrePrepare | undefined;
  return (_, message) => {
    if (message.type !== 'pre-prepare' || message.by !== liar.self) return [message];
    if (message.sequence % 2 === 1) last = message;
    else if (last?.sequence === message.sequence - 1) {
      const { signature: _s, ...body } = message;
      const { digest, command } = last;
      return [resign<PrePrepare>(liar, { ...body, digest, command })];
    }
    return [message];
  };
}

/** Votes in the names of all others, and passes on a command that no client gave. */
function forging(liar: Liar): Rewriting<PbftMessage> {
  const { nodes, self } = liar;
  return (_, message) => {
    switch (message.type) {
      case 'prepare':
      case 'commit':
      case 'checkpoint':
        return [message, ...nodes.filter((by) => by !== self).map((by) => ({ ...message, by }))];
      case 'pre-prepare': {
        if (message.by !== self || message.command === null) return [message];
        const operation = { f: 'append', key: 'list', value: -1 };
        const command: SignedCommand = { ...message.command, operation };
        const { signature: _s, ...body } = message;
        return [resign<PrePrepare>(liar, { ...body, command, digest: digestOf(liar.signer, command) })];
      }
      default:
        return [message];
    }
  };
}

/** Speaks of the next view, with its own signature. */
function misplacing(liar: Liar): Rewriting<PbftMessage> {
  return (_, message) => {
    switch (message.type) {
      case 'pre-prepare':
      case 'prepare':
      case 'commit':
      case 'view-change': {
        if (message.by !== liar.self) return [message];
        const { signature: _s, ...body } = message;
        const later = { ...body, view: message.view + 1 } as Unsigned<typeof message>;
        return [resign<typeof message>(liar, later)];
      }
      default:
        return [message];
    }
  };
}

/** As a new primary it forgets what was prepared: nothing, wherever there was something. */
function forgetting(liar: Liar): Rewriting<PbftMessage> {
  const nothing = digestOf(liar.signer, null);
  return (_, message) => {
    if (message.type !== 'new-view' || message.by !== liar.self) return [message];
    const { signature: _s, ...body } = message;
    const prePrepares = message.prePrepares.map(({ signature: _p, ...prePrepare }) =>
      resign<PrePrepare>(liar, { ...prePrepare, digest: nothing, command: null }),
    );
    return [resign<typeof message>(liar, { ...body, prePrepares })];
  };
}

/** Reports of status for which a dawdling primary keeps each proposal: at 100 ms a report, just under half a second. */
const DAWDLE_REPORTS = 4;

/**
 * A primary as slow as it may be: every proposal is kept until so many reports of status later, and each report is one step of time. No rule is
 * broken, and no timeout of a view change runs out.
 */
function dawdling({ self }: Liar): Rewriting<PbftMessage> {
  const reports = new Map<number, number>();
  const kept: { readonly to: number; readonly due: number; readonly message: PbftMessage }[] = [];
  return (to, message) => {
    const now = reports.get(to) ?? 0;
    if (message.type === 'pre-prepare' && message.by === self) {
      kept.push({ to, due: now + DAWDLE_REPORTS, message });
      return [];
    }
    if (message.type !== 'status') return [message];
    reports.set(to, now + 1);
    const due = kept.filter((held) => held.to === to && held.due <= now + 1);
    for (const held of due) kept.splice(kept.indexOf(held), 1);
    return [...due.map((held) => held.message), message];
  };
}

/** Byzantine behaviours of a replica, by name. */
export const PBFT_LIES: Readonly<
  Record<
    | 'silence'
    | 'withhold'
    | 'equivocate'
    | 'waver'
    | 'forge'
    | 'repeat'
    | 'replay'
    | 'wrong-view'
    | 'forget'
    | 'dawdle',
    Lie<PbftMessage>
  >
> = {
  silence: silent,
  withhold: withholding,
  equivocate: equivocating,
  waver: wavering,
  forge: forging,
  repeat: repeating,
  replay: replaying,
  'wrong-view': misplacing,
  forget: forgetting,
  dawdle: dawdling,
};
