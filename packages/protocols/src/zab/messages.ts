import type { NodeId } from '../core/core.ts';
import type { ClientCommand } from '../kv/clientTable.ts';

/** A transaction identifier: the epoch of the primary that broadcast it, and its number in that epoch, from 1. */
export interface Zxid {
  readonly epoch: number;
  readonly counter: number;
}

/** What a primary broadcasts. */
export interface ZabTransaction extends Zxid {
  readonly command: ClientCommand;
}

/** Whom a node wants to lead, and why: what that node has. */
export interface ZabVote {
  readonly leader: NodeId;
  readonly currentEpoch: number;
  readonly last: Zxid;
}

/**
 * What nodes say to each other: a vote of phase 0, then the messages of Junqueira, Reed and Serafini 2011, section IV, with the names of that
 * paper in brackets. Positions in the history count from 1.
 */
export type ZabMessage =
  /** Phase 0. A leader answers votes with `leading`. */
  | { readonly type: 'vote'; readonly round: number; readonly vote: ZabVote; readonly leading: boolean }
  /** Phase 1 [CEPOCH]: the last epoch the follower promised. */
  | { readonly type: 'follower-info'; readonly epoch: number }
  /** [NEWEPOCH]. */
  | { readonly type: 'new-epoch'; readonly epoch: number }
  /** [ACK-E]: the epoch of the follower's last synchronisation, and all it has. */
  | {
      readonly type: 'ack-epoch';
      readonly epoch: number;
      readonly currentEpoch: number;
      readonly history: readonly ZabTransaction[];
    }
  /** Phase 2 [NEWLEADER]. */
  | { readonly type: 'new-leader'; readonly epoch: number; readonly history: readonly ZabTransaction[] }
  /** [ACK-LD]: the follower has the history up to `position`. */
  | { readonly type: 'ack-new-leader'; readonly epoch: number; readonly position: number }
  /** [COMMIT-LD]. */
  | { readonly type: 'commit-leader'; readonly epoch: number; readonly committed: number }
  /** Phase 3 [PROPOSE]. */
  | {
      readonly type: 'propose';
      readonly epoch: number;
      readonly position: number;
      readonly transaction: ZabTransaction;
    }
  /** [ACK]: has all up to `position`. */
  | { readonly type: 'ack'; readonly epoch: number; readonly position: number }
  /** [COMMIT]: all up to `position`. */
  | { readonly type: 'commit'; readonly epoch: number; readonly position: number }
  /** The leader lives, and has so much. */
  | { readonly type: 'ping'; readonly epoch: number; readonly committed: number }
  | { readonly type: 'pong'; readonly epoch: number; readonly position: number };

const NAMES: Readonly<Record<ZabMessage['type'], string>> = {
  vote: 'Vote',
  'follower-info': 'FollowerInfo',
  'new-epoch': 'NewEpoch',
  'ack-epoch': 'AckEpoch',
  'new-leader': 'NewLeader',
  'ack-new-leader': 'AckNewLeader',
  'commit-leader': 'CommitLeader',
  propose: 'Propose',
  ack: 'Ack',
  commit: 'Commit',
  ping: 'Ping',
  pong: 'Pong',
};

/** The short name of a message. */
export function zabMessageName(message: ZabMessage): string {
  return NAMES[message.type];
}
