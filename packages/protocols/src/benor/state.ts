import type { NodeId, Outbox, RequestId, StoreToken } from '../core/core.ts';
import type { BenOrConfig } from './config.ts';
import type { BenOrMessage, Bit } from './messages.ts';

/** A client proposes a bit. */
export interface BenOrCommand {
  readonly value: Bit;
}

/** What a client hears. */
export type BenOrResult =
  | { readonly ok: true; readonly value: Bit }
  | { readonly ok: false; readonly error: 'too-many-waiting' };

/** What a node said in a round; the proposal once it has one. */
export interface Said {
  readonly report: Bit;
  readonly proposal?: Bit | null;
}

/** What a node heard in a round. */
export interface Heard {
  reports: Record<NodeId, Bit>;
  proposals: Record<NodeId, Bit | null>;
}

/** A node's whole state: plain data. Records are by round. */
export interface BenOrState {
  readonly self: NodeId;
  /** 0 before it takes part. */
  round: number;
  step: 'report' | 'proposal';
  said: Record<number, Said>;
  heard: Record<number, Heard>;
  decided: Bit | null;
  waiting: RequestId[];
  /** The last store; what is said waits for it. */
  token: StoreToken;
  /** Messages of this node to itself, each to be heard when a store is durable. */
  own: { readonly after: StoreToken; readonly message: BenOrMessage }[];
}

/** One node, for the length of one step. */
export interface BenOrNode {
  readonly config: BenOrConfig;
  readonly state: BenOrState;
  readonly out: Outbox<BenOrMessage, BenOrResult>;
}
