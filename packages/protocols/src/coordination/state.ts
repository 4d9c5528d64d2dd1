import type { Plain } from '@holdfast/plain';
import type { NodeId, RequestId } from '../core/core.ts';
import type { RaftMessage } from '../raft/messages.ts';
import type { RaftState } from '../raft/node.ts';
import type { CoordinationOperation } from './machine.ts';
import type { CoordinationEvent, CoordinationMachineState } from './store.ts';

/** What members say to each other: Raft's messages, under the name of the cluster. */
export interface CoordinationMessage {
  readonly cluster: string;
  readonly message: RaftMessage;
}

/** What a client asks of a node. `seen` is the highest revision it has been told of; left out, it has seen none. */
export type CoordinationCommand =
  | {
      readonly kind: 'do';
      /** Who asks, and for which operation of theirs: a retry is carried out once. Client 0 asks for no deduplication. */
      readonly client: number;
      readonly sequence: number;
      readonly operation: CoordinationOperation;
      readonly seen?: number;
    }
  /** Events of keys with this prefix from a revision on; answered when there are some, or after a while with none. */
  | { readonly kind: 'watch'; readonly prefix: string; readonly from: number; readonly seen?: number };

/**
 * What a client hears. `revision` is that of the state the answer was made from. After `unknown` the outcome is unknown; after the others nothing
 * was done. `compacted`: events before `compacted` are gone, read the keys anew. `revision-ahead`: the client has seen more than
 * this cluster has ever had; it was restored from an older snapshot, or another cluster is meant.
 */
export type CoordinationResult =
  | { readonly ok: true; readonly value: Plain; readonly revision: number }
  | { readonly ok: true; readonly events: readonly CoordinationEvent[]; readonly revision: number }
  | { readonly ok: false; readonly error: 'not-leader' | 'busy' | 'unknown'; readonly leader: NodeId }
  | { readonly ok: false; readonly error: 'compacted'; readonly compacted: number; readonly revision: number }
  | { readonly ok: false; readonly error: 'revision-ahead'; readonly revision: number };

/** A watch that waits. */
export interface OpenWatch {
  readonly request: RequestId;
  readonly prefix: string;
  readonly from: number;
}

/** A node's whole state: plain data. */
export interface CoordinationState {
  readonly self: NodeId;
  readonly raft: RaftState;
  watches: OpenWatch[];
  /** The leader's timers of sessions: how often each was renewed when its timer was set, and the term it was set in. */
  armed: Record<number, { readonly renewals: number; readonly term: number }>;
  /** Requests of this node's own are numbered downwards from -1. */
  lastOwn: number;
}

/** The replicated part of a node's state. */
export function machineOf({ raft }: CoordinationState): CoordinationMachineState {
  return raft.machine as CoordinationMachineState;
}
