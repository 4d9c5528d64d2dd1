import { decodeMessage, encodeMessage } from '../../wire/protobuf.ts';
import { APPEND, contextIn, MessageHead, readHead, typeNamed } from './messageHead.ts';

/** What of a Raft message conditions can ask about. */
export interface RaftMessage {
  readonly type: string;
  readonly term: number;
  readonly index: number;
  readonly entries: number;
  /** The id of the read it speaks of, in hexadecimal; empty when there is none. */
  readonly context: string;
}

/** Reads a Raft message. Throws `RangeError` when the bytes are not one. */
export function readRaftMessage(bytes: Uint8Array): RaftMessage {
  return messageOf(readHead(bytes, 0, bytes.length, new MessageHead()), bytes);
}

/** A head as a message of its own. */
export function messageOf(head: MessageHead, bytes: Uint8Array): RaftMessage {
  const { code, term, index, entries } = head;
  return { type: typeNamed(code), term, index, entries, context: contextIn(bytes, head) };
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
    [1, APPEND],
    [2, ends.to],
    [3, ends.from],
    [4, state.term],
    [5, state.term],
    [6, state.index],
    ...entries.map((entry) => [7, entry] as const),
    [8, commit],
  ]);
}
