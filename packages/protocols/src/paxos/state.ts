import type { Plain } from '@holdfast/plain';
import type { NodeId, Outbox, RequestId, StoreToken } from '../core/core.ts';
import type { Ballot } from './ballot.ts';
import type { PaxosConfig } from './config.ts';
import type { PaxosMessage } from './messages.ts';

/** What a client asks: that this value be chosen. */
export interface PaxosCommand {
  readonly value: Plain;
}

/** What a client hears: the value that was chosen, its own or another; or that too many requests wait at this node. */
export type PaxosResult =
  | { readonly ok: true; readonly value: Plain }
  | { readonly ok: false; readonly error: 'too-many-waiting' };

/** A proposal under way at its proposer. */
export interface PaxosProposal {
  readonly ballot: Ballot;
  phase: 'prepare' | 'accept';
  /** Acceptors that promised, or, in the second phase, accepted. */
  heard: NodeId[];
  /** The highest ballot reported in a promise, and its value. */
  adoptedBallot: Ballot;
  /** What is, or will be, proposed. */
  value: Plain;
}

/** A node's whole state: plain data. */
export interface PaxosState {
  readonly self: NodeId;
  /** Acceptor: the highest ballot promised. */
  promised: Ballot;
  /** Acceptor: the ballot accepted last, and its value. */
  acceptedBallot: Ballot;
  acceptedValue: Plain;
  /** Acceptor: the store that makes it durable; 0 once it is. */
  acceptedToken: StoreToken;
  /** Proposer: the last round it used, or saw used. */
  round: number;
  /** Proposer: the value a client of this node asked for first. */
  wanted: { readonly value: Plain } | null;
  proposal: PaxosProposal | null;
  /** Proposer: ballots lost in a row. */
  outbid: number;
  /** Learner. */
  decided: { readonly value: Plain } | null;
  waiting: RequestId[];
  /** Messages of this node to itself, each to be heard when a store is durable. */
  own: { readonly after: StoreToken; readonly message: PaxosMessage }[];
}

/** One node, for the length of one step. */
export interface PaxosNode {
  readonly config: PaxosConfig;
  readonly state: PaxosState;
  readonly out: Outbox<PaxosMessage, PaxosResult>;
}

/** More than half of the nodes. */
export function isMajority(count: number, nodes: readonly NodeId[]): boolean {
  return count * 2 > nodes.length;
}

/** Sends to another node, or tells itself, once the store is durable. */
export function tell({ state, out }: PaxosNode, to: NodeId, message: PaxosMessage, after: StoreToken): void {
  if (to === state.self) state.own.push({ after, message });
  else out.send(to, message, after);
}
