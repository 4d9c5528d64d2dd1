import type { Plain } from '@holdfast/plain';

/** A client's command; `client` 0 asks for no deduplication, else each command of a client has the next `sequence`. */
export interface ReplicatedCommand {
  readonly client: number;
  readonly sequence: number;
  readonly operation: Plain;
}

/** One position of the log; `command` null opens an epoch. */
export interface ReplicatedEntry {
  readonly epoch: number;
  readonly command: ReplicatedCommand | null;
}

/** A client's last command as carried out. */
export interface ReplicatedSession {
  readonly sequence: number;
  readonly result: Plain;
  readonly index: number;
}

/** The state after the entry at `index`, which has epoch `epoch`; index 0 is the empty state. */
export interface ReplicaSnapshot {
  readonly index: number;
  readonly epoch: number;
  readonly machine: Plain;
  readonly sessions: Readonly<Record<number, ReplicatedSession>>;
}

/** A digest of the state after applying `index`. */
export interface ReplicaAudit {
  readonly index: number;
  readonly digest: number;
}

/** What nodes of a leader-follower group say to each other. Log indexes count from 1. */
export type ReplicationMessage =
  /** The controller asks for a promise to follow no epoch before this one, and for the end of the log. */
  | { readonly type: 'fence'; readonly epoch: number }
  | { readonly type: 'report'; readonly epoch: number; readonly lastEpoch: number; readonly last: number }
  | { readonly type: 'appoint'; readonly epoch: number; readonly leader: number }
  /** The leader's entries after `previous`; none is a heartbeat. `last` is the end of its log. */
  | {
      readonly type: 'append';
      readonly epoch: number;
      readonly previous: { readonly index: number; readonly epoch: number };
      readonly entries: readonly ReplicatedEntry[];
      readonly acknowledged: number;
      readonly last: number;
    }
  /** The follower's disk equals the leader's log up to `index`; it has applied up to `applied`. */
  | {
      readonly type: 'appended';
      readonly epoch: number;
      readonly index: number;
      readonly applied: number;
      readonly audit: ReplicaAudit | null;
    }
  /** The follower cannot append there: it asks for entries from `from` on, or for a snapshot when 0. */
  | { readonly type: 'mismatch'; readonly epoch: number; readonly from: number }
  /** `rebuild` replaces a state that failed its audit. */
  | {
      readonly type: 'snapshot';
      readonly epoch: number;
      readonly snapshot: ReplicaSnapshot;
      readonly rebuild: boolean;
    }
  /** The leader lives, for the controller. */
  | { readonly type: 'alive'; readonly epoch: number }
  /** The sender knows a later epoch. */
  | { readonly type: 'refused'; readonly epoch: number };

const NAMES: Readonly<Record<ReplicationMessage['type'], string>> = {
  fence: 'Fence',
  report: 'Report',
  appoint: 'Appoint',
  append: 'Append',
  appended: 'Appended',
  mismatch: 'Mismatch',
  snapshot: 'Snapshot',
  alive: 'Alive',
  refused: 'Refused',
};

/** A message's name in pictures. */
export function replicationMessageName(message: ReplicationMessage): string {
  return message.type === 'append' && message.entries.length === 0 ? 'Heartbeat' : NAMES[message.type];
}
