import type { Plain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';

/** Something worth telling. (origin, number) names it for all time. */
export interface Rumour {
  readonly origin: NodeId;
  /** Counts at the origin, from 1. */
  readonly number: number;
  readonly value: Plain;
}

/** The name of a rumour: `3/1`. */
export function rumourName({ origin, number }: Pick<Rumour, 'origin' | 'number'>): string {
  return `${origin}/${number}`;
}

/** What nodes say to each other. */
export type GossipMessage =
  /** What is hot; one that `asks` wants to hear as much in return. */
  | { readonly type: 'tell'; readonly rumours: readonly Rumour[]; readonly asks: boolean }
  /** The names of all that the sender knows. */
  | { readonly type: 'compare'; readonly names: readonly string[] }
  /** What the one that compared lacks, and the names of what this node lacks. */
  | { readonly type: 'differ'; readonly rumours: readonly Rumour[]; readonly wants: readonly string[] };

const NAMES: Readonly<Record<GossipMessage['type'], string>> = {
  tell: 'Tell',
  compare: 'Compare',
  differ: 'Differ',
};

/** The short name of a message. */
export function gossipMessageName(message: GossipMessage): string {
  return NAMES[message.type];
}
