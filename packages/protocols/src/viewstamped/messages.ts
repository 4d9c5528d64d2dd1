import type { NodeId } from '../core/core.ts';
import type { ClientCommand } from '../kv/clientTable.ts';

/** Which start of each replica the sender knows of, at least: 1 is the first start. Absent: none. */
export type CrashVector = Readonly<Record<NodeId, number>>;

/** What a replica tells the primary of a new view: all it has (section 4.2). */
export interface DoViewChange {
  readonly type: 'do-view-change';
  readonly view: number;
  /** The last view in which the sender's status was normal. */
  readonly lastNormal: number;
  readonly log: readonly ClientCommand[];
  readonly commit: number;
  readonly crashes: CrashVector;
}

/** The answer to a recovering replica; `log` from the primary only (section 4.3). */
export interface RecoveryResponse {
  readonly type: 'recovery-response';
  readonly view: number;
  readonly nonce: number;
  readonly log: readonly ClientCommand[] | null;
  readonly commit: number;
  readonly crashes: CrashVector;
}

/** What replicas say to each other (Liskov and Cowling 2012, section 4). Operations count from 1. */
export type ViewstampedMessage =
  /** The primary's: the request at `op`; all up to `commit` is committed. */
  | {
      readonly type: 'prepare';
      readonly view: number;
      readonly op: number;
      readonly request: ClientCommand;
      readonly commit: number;
    }
  /** A backup has all operations up to `op`. */
  | { readonly type: 'prepare-ok'; readonly view: number; readonly op: number }
  /** The idle primary's: it has operations up to `op`. */
  | { readonly type: 'commit'; readonly view: number; readonly op: number; readonly commit: number }
  /** State transfer (section 5.2): asks for what follows `op` in the log of `view`. */
  | { readonly type: 'get-state'; readonly view: number; readonly op: number }
  | {
      readonly type: 'new-state';
      readonly view: number;
      /** `log` follows this operation. */
      readonly after: number;
      readonly log: readonly ClientCommand[];
      readonly commit: number;
    }
  | { readonly type: 'start-view-change'; readonly view: number; readonly crashes: CrashVector }
  | DoViewChange
  | {
      readonly type: 'start-view';
      readonly view: number;
      readonly log: readonly ClientCommand[];
      readonly commit: number;
    }
  /** From a replica that lost its state; the nonce is the number of its start. */
  | { readonly type: 'recovery'; readonly nonce: number }
  | RecoveryResponse;

const NAMES: Readonly<Record<ViewstampedMessage['type'], string>> = {
  prepare: 'Prepare',
  'prepare-ok': 'PrepareOk',
  commit: 'Commit',
  'get-state': 'GetState',
  'new-state': 'NewState',
  'start-view-change': 'StartViewChange',
  'do-view-change': 'DoViewChange',
  'start-view': 'StartView',
  recovery: 'Recovery',
  'recovery-response': 'RecoveryResponse',
};

/** The short name of a message. */
export function viewstampedMessageName(message: ViewstampedMessage): string {
  return NAMES[message.type];
}
