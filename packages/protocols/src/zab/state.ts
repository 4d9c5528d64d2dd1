import { hashPlain, type Plain } from '@holdfast/plain';
import type { NodeId, Outbox, RequestId, StoreToken } from '../core/core.ts';
import { type ClientTable, executeOnce } from '../kv/clientTable.ts';
import type { Machine } from '../kv/machine.ts';
import type { ZabConfig } from './config.ts';
import type { ZabMessage, ZabTransaction, ZabVote, Zxid } from './messages.ts';

/**
 * What a client hears. After `leadership-lost` the outcome is unknown; after the other errors the command certainly had no effect
 * by this request.
 */
export type ZabResult =
  | { readonly ok: true; readonly value: Plain }
  | { readonly ok: false; readonly error: 'not-leader'; readonly leader: NodeId }
  | { readonly ok: false; readonly error: 'leadership-lost' | 'too-many-open' | 'stale-sequence' };

/** Phases 0 to 3. */
export type ZabPhase = 'election' | 'discovery' | 'synchronisation' | 'broadcast';

/** What a follower acknowledged of an epoch: where it stood before. */
export interface ZabReport {
  readonly currentEpoch: number;
  readonly history: readonly ZabTransaction[];
}

/** A node's whole state: plain data. */
export interface ZabState {
  readonly self: NodeId;
  phase: ZabPhase;
  /** Whom it follows, itself when it leads; 0 in election. */
  leader: NodeId;
  /** Durable: the last epoch promised, and to whom. */
  acceptedEpoch: number;
  acceptedLeader: NodeId;
  acceptedToken: StoreToken;
  /** Durable: the epoch of the last synchronisation, with the history. */
  currentEpoch: number;
  history: ZabTransaction[];
  historyToken: StoreToken;
  /** All up to this position is delivered. */
  committed: number;
  /** A hash of all that was delivered, in order. */
  digest: number;
  machine: unknown;
  clients: ClientTable;
  /** Election. */
  round: number;
  vote: ZabVote;
  votes: Record<NodeId, ZabVote>;
  /** Follower: proposals that arrived before an earlier one. */
  early: Record<number, ZabTransaction>;
  /** Leader: the epoch it proposed, 0 before; who told its epoch; who acknowledged, and with what. */
  epoch: number;
  infos: Record<NodeId, number>;
  reports: Record<NodeId, ZabReport>;
  /** Leader: up to where each synchronised follower has its history. */
  synced: Record<NodeId, number>;
  heard: NodeId[];
  waiting: Record<number, RequestId[]>;
  /** Messages of this node to itself, each to be heard when a store is durable. */
  own: { readonly after: StoreToken; readonly message: ZabMessage }[];
}

/** One node, for the length of one step. */
export interface ZabNode {
  readonly config: ZabConfig;
  readonly machine: Machine;
  readonly state: ZabState;
  readonly out: Outbox<ZabMessage, ZabResult>;
}

/** Sends to another node, or tells itself, once the store is durable. */
export function tell({ state, out }: ZabNode, to: NodeId, message: ZabMessage, after: StoreToken = 0): void {
  if (to === state.self) state.own.push({ after, message });
  else out.send(to, message, after);
}

/** Whether this node leads. */
export function isLeading({ self, leader }: ZabState): boolean {
  return leader === self;
}

/** The last transaction of a history; epoch and counter 0 for none. */
export function lastOf(history: readonly ZabTransaction[]): Zxid {
  const { epoch, counter } = history.at(-1) ?? { epoch: 0, counter: 0 };
  return { epoch, counter };
}

/** Orders transactions: by epoch, then by number. Negative when `a` comes first. */
export function compareZxids(a: Zxid, b: Zxid): number {
  return a.epoch - b.epoch || a.counter - b.counter;
}

/** Delivers what is committed as far as the history reaches, and answers who waits. */
export function deliverTo(node: ZabNode, position: number): void {
  const { config, machine, state, out } = node;
  const last = Math.min(position, state.history.length);
  while (state.committed < last) {
    const at = ++state.committed;
    const transaction = state.history[at - 1] as ZabTransaction;
    state.digest = hashPlain([state.digest, at, transaction]);
    out.note('deliver', { position: at, transaction });
    const limit = config.maxClients;
    const result = executeOnce(machine, state, transaction.command, { position: at, limit });
    for (const id of state.waiting[at] ?? []) out.reply(id, result);
    delete state.waiting[at];
  }
}

/** Writes one transaction behind the synchronised history. */
export function storeTransaction(node: ZabNode, position: number, transaction: ZabTransaction): void {
  node.state.historyToken = node.out.store([{ key: `transaction/${position}`, value: transaction }]);
}

/** The store a follower's acknowledgement waits for. */
export function whenStored({ config, state }: ZabNode): StoreToken {
  // Broken twin: a crash may still undo what is acknowledged.
  return config.defect === 'acknowledges-before-fsync' ? 0 : state.historyToken;
}
