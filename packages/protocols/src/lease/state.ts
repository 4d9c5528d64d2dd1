import type { Plain } from '@holdfast/plain';
import type { NodeId, Outbox, RequestId, StoreToken } from '../core/core.ts';
import type { ClientCommand, ClientTable, Executed } from '../kv/clientTable.ts';
import type { FencedLeaseConfig } from './config.ts';
import type { LeaseMessage } from './messages.ts';

/** What a client asks of a holder: a `KvOperation` under a client's sequence, which is carried out once. */
export type LeaseCommand = ClientCommand;

/** What a client hears. After `lease-lost` the outcome is unknown; after the others the command had no effect by this request. */
export type LeaseResult =
  | { readonly ok: true; readonly value: Plain }
  | { readonly ok: false; readonly error: 'not-holder'; readonly holder: NodeId }
  | { readonly ok: false; readonly error: 'lease-lost' | 'too-many-open' | 'stale-sequence' };

/** A node that gives the lease away: plain data. */
export interface GranterState {
  readonly role: 'granter';
  readonly self: NodeId;
  /** The highest token given. */
  token: number;
  /** Who got it; 0 for nobody yet, or given back. */
  holder: NodeId;
  /** The latest request of the holder that was granted. */
  round: number;
  /** Whether the lease given may still run: nobody else gets it. */
  running: boolean;
}

/** A request to the granters whose lease, if it is granted, still runs by the holder's clock. */
export interface LeaseRound {
  readonly granted: NodeId[];
  readonly refused: NodeId[];
}

/** One client request a holder has taken up. */
export interface OpenRequest {
  readonly request: RequestId;
  readonly command: LeaseCommand;
}

/** A node that wants the lease, and serves clients while it has it: plain data. */
export interface HolderState {
  readonly role: 'holder';
  readonly self: NodeId;
  /** The token of the tenure it has or asks for; 0 for none. */
  token: number;
  /** The highest token it has heard of. */
  highest: number;
  /** Who has the lease, as far as it has heard; 0 when unknown. */
  known: NodeId;
  lastRound: number;
  rounds: Record<number, LeaseRound>;
  /** The round whose lease it acts under; 0 without the lease. */
  held: number;
  /** What the resource holds, once it has opened it; null before. */
  values: Record<string, Plain> | null;
  /** The number of the call it waits for or makes next. */
  op: number;
  /** Calls not answered, the oldest of them sent. */
  queue: OpenRequest[];
}

/** The node with the data: plain data. */
export interface ResourceState {
  readonly role: 'resource';
  readonly self: NodeId;
  /** The token it was last opened under: lower ones are refused. */
  highest: number;
  /** Who opened it. */
  writer: NodeId;
  values: Record<string, Plain>;
  clients: ClientTable;
  /** Calls carried out so far. */
  position: number;
  /** The last call carried out: sent again, it is answered again and not carried out. */
  last: { readonly token: number; readonly op: number; readonly done: Executed };
  lastStore: StoreToken;
  /** Nodes that have been let in once. */
  trusted: NodeId[];
}

/** A node's whole state, by its part. */
export type LeaseState = GranterState | HolderState | ResourceState;

/** One node of a kind, for the length of one step. */
export interface LeaseNode<S extends LeaseState = LeaseState> {
  readonly config: FencedLeaseConfig;
  readonly state: S;
  readonly out: Outbox<LeaseMessage, LeaseResult>;
}

/** A holder, for the length of one step. */
export type HolderNode = LeaseNode<HolderState>;

/** Whether a holder may act: its lease runs by its own clock, and the resource is open to it. */
export function isServing(state: LeaseState): boolean {
  return state.role === 'holder' && state.held > 0 && state.values !== null;
}
