import type { Plain } from '@holdfast/plain';
import type { NodeId, Outbox, RequestId, StoreToken } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import type { RaftResult } from './client.ts';
import type { RaftConfig } from './config.ts';
import type { Snapshot } from './log.ts';
import type { Envelope, RaftMessage } from './messages.ts';
import type { StoreMark } from './ready.ts';
import type { Session } from './sessions.ts';
import { snapshotToSend } from './snapshots.ts';
import type { ConsensusState, Raft, ReadState } from './state.ts';

/** A store issued and not durable yet. */
export interface PendingStore {
  readonly token: StoreToken;
  readonly mark: StoreMark | null;
  /** What this node says to itself once it is durable: its own vote, its own acknowledgement. */
  readonly own: RaftMessage[];
}

/** A request in the log, waiting to be applied. */
export interface WaitingWrite {
  readonly id: RequestId;
  readonly index: number;
  readonly term: number;
}

/** A read waiting to be confirmed, and then for the state machine to get there. */
export interface WaitingRead {
  readonly id: RequestId;
  readonly context: number;
  readonly operation: Plain;
  /** The index to be applied first; -1 until it is confirmed. */
  index: number;
  readonly lease: boolean;
  /** A heartbeat has come since it was sent: at the next one it is sent again. */
  overdue: boolean;
}

/** A Raft node's whole state: consensus, the state machine, its clients, its disk. */
export interface RaftState extends ConsensusState {
  /** The replicated state machine's state. */
  machine: unknown;
  sessions: Record<number, Session>;
  sessionCount: number;
  /** The last snapshot taken or installed here; never changed once made. */
  snapshot: Snapshot | null;
  stores: PendingStore[];
  /** Log records on disk are within [diskFirst, diskLast]. */
  diskFirst: number;
  diskLast: number;
  /** By index. */
  waitingWrites: WaitingWrite[];
  waitingReads: WaitingRead[];
  /** Names this node's reads; above every name an earlier start of it may have sent. */
  lastContext: number;
  /** How many starts of this node have sent reads to a leader, durable before the first is sent. */
  readEpoch: number;
  /** The store of `readEpoch` by this start; 0 before it has sent any. */
  readEpochToken: StoreToken;
}

/** A node handling one event. */
export class RaftNode implements Raft {
  readonly config: RaftConfig;
  readonly machine: Machine;
  readonly state: RaftState;
  readonly port: Outbox<RaftMessage, RaftResult>;
  readonly afterAppend: Envelope[] = [];
  readonly readStates: ReadState[] = [];

  constructor(config: RaftConfig, machine: Machine, state: RaftState, port: Outbox<RaftMessage, RaftResult>) {
    this.config = config;
    this.machine = machine;
    this.state = state;
    this.port = port;
  }

  snapshotFor(_to: NodeId): Snapshot | null {
    return snapshotToSend(this.state);
  }
}
