import type { SignedCommand } from '../byzantine/command.ts';
import type { Execution } from '../byzantine/execution.ts';
import type { NodeId } from '../core/core.ts';

/** The primary gives a command (null: nothing) a sequence number in its view. */
export interface PrePrepare {
  readonly type: 'pre-prepare';
  readonly by: NodeId;
  readonly view: number;
  readonly sequence: number;
  readonly digest: string;
  readonly command: SignedCommand | null;
  readonly signature: string;
}

/** A backup has accepted that pre-prepare. */
export interface Prepare {
  readonly type: 'prepare';
  readonly by: NodeId;
  readonly view: number;
  readonly sequence: number;
  readonly digest: string;
  readonly signature: string;
}

/** A replica knows that a quorum has accepted it: nothing else can be prepared there in this view. */
export interface Commit {
  readonly type: 'commit';
  readonly by: NodeId;
  readonly view: number;
  readonly sequence: number;
  readonly digest: string;
  readonly signature: string;
}

/** What a replica's state is after carrying out everything up to `sequence`. */
export interface Checkpoint {
  readonly type: 'checkpoint';
  readonly by: NodeId;
  readonly sequence: number;
  readonly digest: string;
  readonly signature: string;
}

/** A pre-prepare and 2f prepares of others that fit: anybody can check that it was prepared. */
export interface PreparedCertificate {
  readonly prePrepare: PrePrepare;
  readonly prepares: readonly Prepare[];
}

/** A pre-prepare and 2f + 1 commits that fit. */
export interface CommitCertificate {
  readonly prePrepare: PrePrepare;
  readonly commits: readonly Commit[];
}

/** A replica gives up on the views before `view`, and says what it has: its stable checkpoint with proof (C), and what it prepared since (P). */
export interface ViewChange {
  readonly type: 'view-change';
  readonly by: NodeId;
  readonly view: number;
  readonly stable: number;
  readonly proof: readonly Checkpoint[];
  readonly prepared: readonly PreparedCertificate[];
  readonly signature: string;
}

/** The new primary begins: 2f + 1 view changes (V), and the pre-prepares that follow from them (O). */
export interface NewView {
  readonly type: 'new-view';
  readonly by: NodeId;
  readonly view: number;
  readonly viewChanges: readonly ViewChange[];
  readonly prePrepares: readonly PrePrepare[];
  readonly signature: string;
}

/**
 * What PBFT replicas say to each other (Castro and Liskov 1999, sections 4.2 to 4.4). Each names its author and carries the author's
 * signature, so that it can be passed on; sequence numbers count from 1, views from 0.
 */
export type PbftMessage =
  /** A client's request, passed on. */
  | { readonly type: 'request'; readonly command: SignedCommand }
  | PrePrepare
  | Prepare
  | Commit
  | Checkpoint
  | ViewChange
  | NewView
  /** What a replica has (section 5.2 of the 2002 paper): the others send what it lacks. A false one costs messages only. */
  | {
      readonly type: 'status';
      readonly view: number;
      readonly active: boolean;
      readonly stable: number;
      readonly executed: number;
    }
  /** A sequence number that is decided, for one that is behind. */
  | ({ readonly type: 'committed' } & CommitCertificate)
  /** The state at a stable checkpoint, for one that is further behind. */
  | {
      readonly type: 'state';
      readonly sequence: number;
      readonly proof: readonly Checkpoint[];
      readonly snapshot: Execution;
    };

const NAMES: Readonly<Record<PbftMessage['type'], string>> = {
  request: 'Request',
  'pre-prepare': 'PrePrepare',
  prepare: 'Prepare',
  commit: 'Commit',
  checkpoint: 'Checkpoint',
  'view-change': 'ViewChange',
  'new-view': 'NewView',
  status: 'Status',
  committed: 'Committed',
  state: 'State',
};

/** The short name of a message. */
export function pbftMessageName(message: PbftMessage): string {
  return NAMES[message.type];
}
