import { decodeMessage, encodeMessage, type Message } from '../../wire/protobuf.ts';

/** Names of the Raft messages etcd's members exchange, by their numbers (etcd raftpb). */
const TYPES = [
  'Hup',
  'Beat',
  'Prop',
  'App',
  'AppResp',
  'Vote',
  'VoteResp',
  'Snap',
  'Heartbeat',
  'HeartbeatResp',
  'Unreachable',
  'SnapStatus',
  'CheckQuorum',
  'TransferLeader',
  'TimeoutNow',
  'ReadIndex',
  'ReadIndexResp',
  'PreVote',
  'PreVoteResp',
] as const;

/** What of a Raft message conditions can ask about. */
export interface RaftMessage {
  readonly type: string;
  readonly term: number;
  readonly index: number;
  readonly entries: number;
  /** The id of the read it speaks of, in hexadecimal; empty when there is none. */
  readonly context: string;
}

/** Keeps the connection alive; no message of Raft. */
export const LINK_HEARTBEAT = 'LinkHeartbeat';

/** Reads a Raft message. Throws `RangeError` when the bytes are not one. */
export function readRaftMessage(bytes: Uint8Array): RaftMessage {
  const message = decodeMessage(bytes);
  const type = TYPES[message.int(1)] ?? `type ${message.int(1)}`;
  const isLink = type === 'Heartbeat' && message.big(2) === 0n && message.big(3) === 0n;
  return {
    type: isLink ? LINK_HEARTBEAT : type,
    term: message.int(4),
    index: message.int(6),
    entries: message.count(7),
    context: contextOf(type, message),
  };
}

/** A read's id travels as an entry's data while it is asked for, later in the field of its own. */
function contextOf(type: string, message: Message): string {
  const isAsk = type === 'ReadIndex' || type === 'ReadIndexResp';
  const bytes = isAsk ? (message.messages(7)[0]?.bytes(4) ?? new Uint8Array()) : message.bytes(12);
  return bytes.length === 0 ? '' : Buffer.from(bytes).toString('hex');
}

/** Where an append stream stands: its short frames leave out what follows from the frame before. */
export interface AppendState {
  readonly term: bigint;
  readonly index: bigint;
}

/** The state after a whole append message. */
export function afterAppend(bytes: Uint8Array): AppendState {
  const message = decodeMessage(bytes);
  const last = message.messages(7).at(-1);
  return { term: message.big(4), index: last === undefined ? message.big(6) : last.big(3) };
}

/** A short append frame as the whole message it stands for. */
export function wholeAppend(
  state: AppendState,
  ends: { readonly from: bigint; readonly to: bigint },
  entries: readonly Uint8Array[],
  commit: bigint,
): Uint8Array {
  return encodeMessage([
    [1, TYPES.indexOf('App')],
    [2, ends.to],
    [3, ends.from],
    [4, state.term],
    [5, state.term],
    [6, state.index],
    ...entries.map((entry) => [7, entry] as const),
    [8, commit],
  ]);
}
