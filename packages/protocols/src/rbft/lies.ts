import { type Liar, type Lie, replaying, type Rewriting, silent, withholding } from '../byzantine/lies.ts';
import { nodePrincipal, signAs } from '../byzantine/signer.ts';
import { PBFT_LIES } from '../pbft/lies.ts';
import type { PbftMessage } from '../pbft/messages.ts';
import { instanceSigner, MASTER } from './config.ts';
import type { InstanceChange, RbftMessage } from './messages.ts';

/** A lie of PBFT's, told in one instance or in all; elsewhere the node says what is so. */
function inInstances(lie: Lie<PbftMessage>, told: (instance: number) => boolean): Lie<RbftMessage> {
  return (liar: Liar): Rewriting<RbftMessage> => {
    const rewritings = new Map<number, Rewriting<PbftMessage>>();
    return (to, message) => {
      if (message.type !== 'instance' || !told(message.instance)) return [message];
      const { instance } = message;
      const signer = instanceSigner(liar.signer, instance);
      const rewriting = rewritings.get(instance) ?? lie({ ...liar, signer });
      rewritings.set(instance, rewriting);
      return rewriting(to, message.message).map((inner) => ({ type: 'instance', instance, message: inner }));
    };
  };
}

/** Votes against every master, whatever it does. */
function accusing({ self: by, signer }: Liar): Rewriting<RbftMessage> {
  return (_, message) => {
    if (message.type !== 'instance' || message.message.type !== 'status') return [message];
    const body = { type: 'instance-change', by, change: message.message.view } as const;
    return [message, signAs<InstanceChange>(signer, nodePrincipal(by), body)];
  };
}

const everywhere = (): boolean => true;

/** Byzantine behaviours of a node, by name. */
export const RBFT_LIES: Readonly<Record<keyof typeof PBFT_LIES | 'accuse', Lie<RbftMessage>>> = {
  silence: silent,
  withhold: withholding,
  equivocate: inInstances(PBFT_LIES.equivocate, everywhere),
  waver: inInstances(PBFT_LIES.waver, everywhere),
  forge: inInstances(PBFT_LIES.forge, everywhere),
  repeat: inInstances(PBFT_LIES.repeat, everywhere),
  replay: replaying,
  'wrong-view': inInstances(PBFT_LIES['wrong-view'], everywhere),
  forget: inInstances(PBFT_LIES.forget, everywhere),
  dawdle: inInstances(PBFT_LIES.dawdle, (instance) => instance === MASTER),
  accuse: accusing,
};
