import type { Plain } from '@holdfast/plain';
import type { NodeId, Outbox, StoreToken } from '../core/core.ts';
import type { GossipConfig } from './config.ts';
import type { GossipMessage, Rumour } from './messages.ts';

/** A client publishes, or asks how many rumours a node knows. */
export type GossipCommand = { readonly kind: 'publish'; readonly value: Plain } | { readonly kind: 'count' };

/** What a client hears. */
export interface GossipResult {
  readonly known: number;
}

/** A node's whole state: plain data. */
export interface GossipState {
  readonly self: NodeId;
  /** By name, all it knows; durable. */
  rumours: Record<string, Rumour>;
  /** How many it published. */
  published: number;
  /** Names of what it still tells, and in how many rounds it told it. */
  hot: { readonly name: string; told: number }[];
  rounds: number;
  /** The last store; what is said waits for it. */
  token: StoreToken;
}

/** One node, for the length of one step. */
export interface GossipNode {
  readonly config: GossipConfig;
  readonly state: GossipState;
  readonly out: Outbox<GossipMessage, GossipResult>;
}
