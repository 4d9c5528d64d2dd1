import type { NodeId, Outbox, RequestId, StoreToken } from '../core/core.ts';
import type { FailoverConfig } from './config.ts';

/** What the five nodes say to each other. An epoch numbers one tenure of authority; items count from 1. */
export type FailoverMessage =
  /** The leader lives: its `count`-th word; `next` is the number its next act will have. */
  | { readonly type: 'beat'; readonly epoch: number; readonly count: number; readonly next: number }
  | { readonly type: 'heard'; readonly epoch: number; readonly count: number; readonly next: number }
  /** Asks the witness for its vote. */
  | { readonly type: 'candidate'; readonly epoch: number }
  | { readonly type: 'vote'; readonly epoch: number; readonly granted: boolean; readonly next: number }
  /** Asks the power switch to shoot a node in the head. */
  | { readonly type: 'kill'; readonly node: NodeId }
  | { readonly type: 'killed'; readonly node: NodeId }
  | { readonly type: 'power-off' }
  | { readonly type: 'power-is-off' }
  /** Asks the storage to make the sender its writer. */
  | { readonly type: 'mount'; readonly epoch: number }
  | { readonly type: 'mounted'; readonly epoch: number; readonly next: number }
  /** An act of authority. */
  | { readonly type: 'act'; readonly epoch: number; readonly item: number }
  | { readonly type: 'done'; readonly epoch: number; readonly item: number }
  | { readonly type: 'refused'; readonly epoch: number; readonly item: number; readonly highest: number };

/** What is asked of a node: an act of authority, or, by an operator, that it takes over whatever the others think. */
export type FailoverCommand = { readonly kind: 'act' } | { readonly kind: 'force' };

/** What a client or operator hears; `item` 0 says that the node stands for leader. After `authority-lost` the outcome is unknown; after the others nothing was done. */
export type FailoverResult =
  | { readonly ok: true; readonly item: number }
  | { readonly ok: false; readonly error: 'not-leader'; readonly leader: NodeId }
  | { readonly ok: false; readonly error: 'authority-lost' | 'old-leader-not-fenced' };

/** One of the two that may lead: plain data. */
export interface PairState {
  readonly kind: 'pair';
  readonly self: NodeId;
  role: 'leader' | 'standby' | 'candidate' | 'off';
  epoch: number;
  /** Who leads, as far as it knows; 0 for nobody. */
  leader: NodeId;
  /** The number of its next act. */
  next: number;
  /** What a candidate still needs: each is struck out when it is had. */
  needs: ('vote' | 'kill')[];
  /** A leader's words so far, and the latest of them that one of the others has answered. */
  count: number;
  confirmed: number;
  /** Whether the shared part knows it. */
  mounted: boolean;
  /** Whether the power switch has said that the other one is off. */
  otherIsOff: boolean;
  /** Clients by the number of the act they wait for. */
  waiting: Record<number, RequestId>;
  lastStore: StoreToken;
}

/** The third vote: plain data. */
export interface WitnessState {
  readonly kind: 'witness';
  readonly self: NodeId;
  /** The highest epoch it has voted for or heard of. */
  epoch: number;
  leader: NodeId;
  /** The number of the next act, as the leader said. */
  next: number;
  /** Whether it has heard the leader lately. */
  isLed: boolean;
}

/** What both sides share: plain data. */
export interface SharedState {
  readonly kind: 'shared';
  readonly self: NodeId;
  /** The highest epoch that acted or mounted. */
  highest: number;
  writer: NodeId;
  /** The number of the next act as it stands there. */
  next: number;
  /** What each sender said last. */
  said: Record<NodeId, number>;
}

/** The power switch: plain data. */
export interface SwitchState {
  readonly kind: 'switch';
  readonly self: NodeId;
  /** Who asked for a node's end, by node. */
  orders: Record<NodeId, NodeId>;
  off: NodeId[];
}

/** A node's whole state, by its part. */
export type FailoverState = PairState | WitnessState | SharedState | SwitchState;

/** One node of a kind, for the length of one step. */
export interface FailoverNode<S extends FailoverState = FailoverState> {
  readonly config: FailoverConfig;
  readonly state: S;
  readonly out: Outbox<FailoverMessage, FailoverResult>;
}
