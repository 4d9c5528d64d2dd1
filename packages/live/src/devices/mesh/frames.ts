import { ByteQueue } from './bytes.ts';
import {
  afterAppend,
  type AppendState,
  LINK_HEARTBEAT,
  type RaftMessage,
  readRaftMessage,
  wholeAppend,
} from './raftMessage.ts';

/** One frame of a stream between members: the message in it, the frame as it came, and as it can stand without the one before. */
export interface Frame {
  readonly message: RaftMessage;
  readonly bytes: Uint8Array;
  readonly standing: Uint8Array;
}

/** Takes frames from a stream's bytes as they come. */
export interface FrameReader {
  read(bytes: Uint8Array): Frame[];
}

const LINK: RaftMessage = { type: LINK_HEARTBEAT, term: 0, index: 0, entries: 0, context: '' };

/** Frames of `/raft/stream/message`: eight bytes of length, then a message. */
export function messageFrames(): FrameReader {
  const queue = new ByteQueue();
  return {
    read(bytes) {
      queue.push(bytes);
      const frames: Frame[] = [];
      for (;;) {
        const length = lengthAt(queue.peek(), 0);
        if (length === undefined || queue.length < 8 + length) return frames;
        const frame = queue.take(8 + length);
        frames.push({ message: readRaftMessage(frame.subarray(8)), bytes: frame, standing: frame });
      }
    },
  };
}

/** Kinds of frames of `/raft/stream/msgapp`. */
const SHORT = 1;
const WHOLE = 2;

/** Frames of `/raft/stream/msgapp`: a byte of kind, then nothing, entries and a commit index, or a whole message. */
export function appendFrames(ends: { readonly from: bigint; readonly to: bigint }): FrameReader {
  const queue = new ByteQueue();
  /** Where the stream stands; numbers, as there is one for every write. */
  let term = 0;
  let index = 0;
  const next = (): Frame | undefined => {
    const held = queue.peek();
    const [kind] = held;
    if (kind === undefined) return undefined;
    if (kind === WHOLE) {
      const length = lengthAt(held, 1);
      if (length === undefined || held.length < 9 + length) return undefined;
      const bytes = queue.take(9 + length);
      const state = afterAppend(bytes.subarray(9));
      term = Number(state.term);
      index = Number(state.index);
      return { message: readRaftMessage(bytes.subarray(9)), bytes, standing: bytes };
    }
    if (kind !== SHORT) {
      const bytes = queue.take(1);
      return { message: LINK, bytes, standing: bytes };
    }
    const short = shortFrame(held);
    if (short === undefined) return undefined;
    const { count, length } = short;
    const before = index;
    index += count;
    const bytes = queue.take(length);
    const message: RaftMessage = { type: 'App', term, index: before, entries: count, context: '' };
    return {
      message,
      bytes,
      // Asked for only when a frame before it was dropped.
      get standing() {
        const state: AppendState = { term: BigInt(message.term), index: BigInt(before) };
        const commit = bytes.readBigUInt64BE(length - 8);
        const whole = wholeAppend(state, ends, entriesOf(bytes, count), commit);
        return Buffer.concat([Buffer.of(WHOLE), number(whole.length), whole]);
      },
    };
  };
  return {
    read(bytes) {
      queue.push(bytes);
      const frames: Frame[] = [];
      for (let frame = next(); frame !== undefined; frame = next()) frames.push(frame);
      return frames;
    },
  };
}

/** How many entries a short frame holds, and its length; undefined while it is not all there. */
function shortFrame(held: Buffer): { readonly count: number; readonly length: number } | undefined {
  const count = lengthAt(held, 1);
  if (count === undefined) return undefined;
  let at = 9;
  for (let i = 0; i < count; i++) {
    const length = lengthAt(held, at);
    if (length === undefined || held.length < at + 8 + length) return undefined;
    at += 8 + length;
  }
  return held.length < at + 8 ? undefined : { count, length: at + 8 };
}

/** The entries of a whole short frame. */
function entriesOf(frame: Buffer, count: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 9;
  for (let i = 0; i < count; i++) {
    const length = lengthAt(frame, at) ?? 0;
    entries.push(frame.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return entries;
}

/** A length of eight bytes; read by halves, as there are several in every frame. */
function lengthAt(bytes: Buffer, at: number): number | undefined {
  if (bytes.length < at + 8) return undefined;
  return bytes.readUInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
