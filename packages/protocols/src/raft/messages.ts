import type { NodeId } from '../core/core.ts';
import type { Entry, Snapshot } from './log.ts';

/** Entries after (prevIndex, prevTerm), and how far the leader's log is committed. */
export interface AppendMessage {
  readonly type: 'append';
  readonly term: number;
  readonly prevIndex: number;
  readonly prevTerm: number;
  readonly commit: number;
  readonly entries: readonly Entry[];
}

/** `index` is the last entry that agrees, or, with `reject`, the previous entry refused; the hint is where the logs may agree. */
export interface AppendReply {
  readonly type: 'append-reply';
  readonly term: number;
  readonly index: number;
  readonly reject: boolean;
  readonly hintIndex: number;
  readonly hintTerm: number;
}

/** Asks for a vote; `pre-vote` only asks whether it would be given, for the term after the sender's. */
export interface VoteMessage {
  readonly type: 'vote' | 'pre-vote';
  readonly term: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** The leader asked for this election: nodes that hear it vote all the same. */
  readonly transfer: boolean;
}

/** A vote given or, with `reject`, refused. */
export interface VoteReply {
  readonly type: 'vote-reply' | 'pre-vote-reply';
  readonly term: number;
  readonly reject: boolean;
}

/**
 * The paper's empty append, as a message of its own: it says nothing of the log, so `commit` never passes what the follower is known to
 * have. `round` is 0 when nothing waits for the answer.
 */
export interface HeartbeatMessage {
  readonly type: 'heartbeat';
  readonly term: number;
  readonly commit: number;
  readonly round: number;
}

/** The follower still follows; `round` is the heartbeat's. */
export interface HeartbeatReply {
  readonly type: 'heartbeat-reply';
  readonly term: number;
  readonly round: number;
}

/** A snapshot for a follower that needs entries compacted away. */
export interface SnapshotMessage {
  readonly type: 'snapshot';
  readonly term: number;
  readonly snapshot: Snapshot;
}

/** The leader hands over: campaign at once. */
export interface TimeoutNowMessage {
  readonly type: 'timeout-now';
  readonly term: number;
}

/** A follower asks from which commit index on it may answer its read. */
export interface ReadMessage {
  readonly type: 'read';
  readonly term: number;
  readonly context: number;
  readonly lease: boolean;
}

/** The read `context` may be answered once `index` is applied. */
export interface ReadReply {
  readonly type: 'read-reply';
  readonly term: number;
  readonly context: number;
  readonly index: number;
}

/** Everything Raft nodes tell each other. `term` is the sender's, except in pre-votes and their grants, where it is the next one. */
export type RaftMessage =
  | AppendMessage
  | AppendReply
  | VoteMessage
  | VoteReply
  | HeartbeatMessage
  | HeartbeatReply
  | SnapshotMessage
  | TimeoutNowMessage
  | ReadMessage
  | ReadReply;

/** A message with its recipient. */
export interface Envelope {
  readonly to: NodeId;
  readonly message: RaftMessage;
}

const NAMES: Readonly<Record<RaftMessage['type'], string>> = {
  append: 'AppendEntries',
  'append-reply': 'AppendEntriesReply',
  vote: 'RequestVote',
  'vote-reply': 'RequestVoteReply',
  'pre-vote': 'PreVote',
  'pre-vote-reply': 'PreVoteReply',
  heartbeat: 'Heartbeat',
  'heartbeat-reply': 'HeartbeatReply',
  snapshot: 'InstallSnapshot',
  'timeout-now': 'TimeoutNow',
  read: 'ReadIndex',
  'read-reply': 'ReadIndexReply',
};

/** The field's own name for a message. */
export function raftMessageName(message: RaftMessage): string {
  return NAMES[message.type];
}
