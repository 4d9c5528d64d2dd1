import type { Plain } from '@holdfast/plain';
import type { NodeId, Outbox, RequestId, StoreToken } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import type { Ballot } from '../paxos/ballot.ts';
import type { MultiPaxosConfig } from './config.ts';
import type { MultiPaxosMessage, ReportedSlot, SlotCommand, SlotEntry } from './messages.ts';

/** A client's command; `client` 0 asks for no deduplication, else each command of a client has the next `sequence`. */
export type MultiPaxosCommand = SlotCommand;

/**
 * What a client hears. After `leadership-lost` the outcome is unknown; after the other errors the command certainly had no effect
 * by this request.
 */
export type MultiPaxosResult =
  | { readonly ok: true; readonly value: Plain }
  | { readonly ok: false; readonly error: 'not-leader'; readonly leader: NodeId }
  | { readonly ok: false; readonly error: 'leadership-lost' | 'too-many-open' | 'stale-sequence' };

/** A slot the leader has proposed for. */
export interface OpenSlot {
  readonly entry: SlotEntry;
  readonly heard: NodeId[];
}

/** A node's whole state: plain data. Records are by slot. */
export interface MultiPaxosState {
  readonly self: NodeId;
  role: 'follower' | 'candidate' | 'leader';
  /** Whom this node believes to lead; 0 for nobody. */
  leader: NodeId;
  /** Acceptor: the highest ballot promised, for all slots. */
  promised: Ballot;
  accepted: Record<number, { readonly ballot: Ballot; readonly entry: SlotEntry }>;
  /** The ballot this node campaigns or leads with; 0 for neither. */
  ballot: Ballot;
  /** The highest round seen. */
  round: number;
  /** Candidate: who promised, and the best report of each slot. */
  promisedBy: NodeId[];
  reports: Record<number, ReportedSlot>;
  /** Leader. */
  open: Record<number, OpenSlot>;
  nextSlot: number;
  waiting: Record<number, RequestId>;
  /** Learner: what is chosen; all slots up to `chosenTo` are, none after `chosenMax`. */
  chosen: Record<number, SlotEntry>;
  chosenTo: number;
  chosenMax: number;
  /** The last slot carried out. */
  executed: number;
  /** A hash of all that was carried out, in order. */
  digest: number;
  machine: unknown;
  sessions: Record<number, { readonly sequence: number; readonly result: Plain; readonly slot: number }>;
  sessionCount: number;
  /** Messages of this node to itself, each to be heard when a store is durable. */
  own: { readonly after: StoreToken; readonly message: MultiPaxosMessage }[];
}

/** One node, for the length of one step. */
export interface MultiPaxosNode {
  readonly config: MultiPaxosConfig;
  readonly machine: Machine;
  readonly state: MultiPaxosState;
  readonly out: Outbox<MultiPaxosMessage, MultiPaxosResult>;
}

/** Sends to another node, or tells itself, once the store is durable. */
export function tell(
  { state, out }: MultiPaxosNode,
  to: NodeId,
  message: MultiPaxosMessage,
  after: StoreToken = 0,
): void {
  if (to === state.self) state.own.push({ after, message });
  else out.send(to, message, after);
}

/** Sends to all others. */
export function tellOthers(node: MultiPaxosNode, message: MultiPaxosMessage): void {
  for (const to of node.config.nodes) if (to !== node.state.self) node.out.send(to, message);
}
