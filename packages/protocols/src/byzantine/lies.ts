import type { NodeId } from '../core/core.ts';
import type { Signer } from './signer.ts';

/** A node that lies: it knows its own key, and who the others are. */
export interface Liar {
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
  readonly signer: Signer;
}

/** What a liar sends instead of a message: any number of messages, none to stay silent. */
export type Rewriting<M> = (to: NodeId, message: M) => readonly M[];

/** A Byzantine behaviour as data: laid over what a correct core of the liar sends. May remember what it has seen. */
export type Lie<M> = (liar: Liar) => Rewriting<M>;

/** Messages kept for replay. */
const REPLAY_LIMIT = 40;

/** Says nothing to anybody: a crash as others see it, with a mind that goes on. */
export function silent<M>(): Rewriting<M> {
  return () => [];
}

/** Talks to a quorum at most: the last f of the others hear nothing, and fall behind. */
export function withholding<M>({ self, nodes }: Liar): Rewriting<M> {
  const others = nodes.filter((id) => id !== self);
  const victims = others.slice(others.length - Math.floor((nodes.length - 1) / 3));
  return (to, message) => (victims.includes(to) ? [] : [message]);
}

/** Adds to each message two of those sent before, to whomever they went. */
export function replaying<M>(): Rewriting<M> {
  const past: M[] = [];
  let next = 0;
  return (_, message) => {
    const again = [past[next % past.length], past[(next + 7) % past.length]];
    next += 3;
    past.push(message);
    if (past.length > REPLAY_LIMIT) past.shift();
    return [message, ...again.filter((old) => old !== undefined)];
  };
}

/** Whether this node hears the second story of one who tells two: every other node does. */
export function hearsSecondStory({ self, nodes }: Liar, to: NodeId): boolean {
  return nodes.filter((id) => id !== self).indexOf(to) % 2 === 1;
}
