import type { Plain } from '@holdfast/plain';
import type { NodeId, Outbox, RequestId, StoreToken } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import type { LeaderFollowerConfig } from './config.ts';
import type {
  ReplicaAudit,
  ReplicaSnapshot,
  ReplicatedCommand,
  ReplicatedEntry,
  ReplicatedSession,
  ReplicationMessage,
} from './messages.ts';

/** What a client may ask of a node. `read` is answered by the node itself, leader or not, from what it has applied. */
export type ReplicationCommand =
  | ({ readonly kind: 'write' } & ReplicatedCommand)
  | { readonly kind: 'read'; readonly operation: Plain };

/**
 * What a client hears. After `leadership-lost` the outcome is unknown; after the other errors the command certainly had no effect by
 * this request. `applied` is the index the answer was computed at.
 */
export type ReplicationResult =
  | { readonly ok: true; readonly value: Plain; readonly applied: number }
  | { readonly ok: false; readonly error: 'not-leader'; readonly leader: NodeId }
  | {
      readonly ok: false;
      readonly error: 'leadership-lost' | 'too-many-open' | 'stale-sequence';
    };

/** A follower as its leader knows it. */
export interface FollowerProgress {
  /** The next index to send. */
  next: number;
  /** Its disk equals the leader's log up to here. */
  match: number;
  /** It has applied up to here. */
  applied: number;
}

/** The controller's part of the state. */
export interface ControllerState {
  phase: 'fencing' | 'watching';
  /** The leader of the epoch before, whose word may be needed. */
  previous: NodeId;
  reports: Record<NodeId, { readonly lastEpoch: number; readonly last: number }>;
  /** Whether the time for reports is over, for a forced failover. */
  patient: boolean;
}

/** A node's whole state: plain data. */
export interface ReplicationState {
  readonly self: NodeId;
  role: 'follower' | 'leader' | 'controller';
  /** The latest epoch promised. */
  epoch: number;
  /** Who leads it; 0 for not known. */
  leader: NodeId;
  /** The state before `log[0]`. */
  base: ReplicaSnapshot;
  log: ReplicatedEntry[];
  /** Entries up to here are on this node's disk. */
  durable: number;
  storing: { readonly token: StoreToken; index: number }[];
  lastStore: StoreToken;
  /** Entries up to here are acknowledged, as far as known here. */
  acknowledged: number;
  applied: number;
  machine: unknown;
  sessions: Record<number, ReplicatedSession>;
  sessionCount: number;
  /** Leader: requests by the index of their entry. */
  waiting: Record<number, RequestId>;
  followers: Record<NodeId, FollowerProgress>;
  /** Leader at `semi-sync`: it has stopped waiting. */
  degraded: boolean;
  /** The latest digests of the state, by applied index. */
  audits: ReplicaAudit[];
  /** Its snapshot holds what the leader's log does not: only another snapshot helps. */
  diverged: boolean;
  /** The latest epoch promised before the node last started: it never leads that one. */
  barred: number;
  control: ControllerState | null;
}

/** One node, for the length of one step. */
export interface ReplicaNode {
  readonly config: LeaderFollowerConfig;
  readonly machine: Machine;
  readonly state: ReplicationState;
  readonly out: Outbox<ReplicationMessage, ReplicationResult>;
}
