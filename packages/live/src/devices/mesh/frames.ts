import { ByteQueue } from './bytes.ts';
import { MessageHead, readHead } from './messageHead.ts';
import { afterAppend, messageOf, type RaftMessage, wholeAppend } from './raftMessage.ts';

/** How a stream between members is cut into frames, and what each says. */
export interface FrameGrammar {
  /** Where the frame ends that begins there; -1 while it does not end before the limit. */
  endOf(bytes: Buffer, at: number, limit: number): number;
  /** What a whole frame says. Each frame is read once, in order; the head is used again for the next one. */
  read(bytes: Buffer, at: number, end: number): MessageHead;
  /** A frame as it can stand without the one before. */
  standing(frame: Buffer, message: RaftMessage): Uint8Array;
}

/** One frame of a stream between members: the message in it, the frame as it came, and as it can stand without the one before. */
export interface Frame {
  readonly message: RaftMessage;
  readonly bytes: Uint8Array;
  readonly standing: Uint8Array;
}

/** Takes frames from a stream's bytes as they come. */
export class FrameReader {
  readonly grammar: FrameGrammar;
  private readonly queue = new ByteQueue();

  constructor(grammar: FrameGrammar) {
    this.grammar = grammar;
  }

  /** Whether a frame has begun and not ended. */
  get isAmid(): boolean {
    return this.queue.length > 0;
  }

  /** The frames that are whole now. */
  read(bytes: Uint8Array): Frame[] {
    const { queue, grammar } = this;
    queue.push(bytes);
    const frames: Frame[] = [];
    for (;;) {
      const end = grammar.endOf(queue.peek(), 0, queue.length);
      if (end < 0) return frames;
      const frame = queue.take(end);
      const message = messageOf(grammar.read(frame, 0, end), frame);
      frames.push({
        message,
        bytes: frame,
        // Asked for only when a frame before it was dropped.
        get standing() {
          return grammar.standing(frame, message);
        },
      });
    }
  }
}

/** Frames of `/raft/stream/message`: eight bytes of length, then a message. */
export function messageFrames(): FrameReader {
  const head = new MessageHead();
  return new FrameReader({
    endOf: (bytes, at, limit) => blockEnd(bytes, at, limit),
    read: (bytes, at, end) => readHead(bytes, at + 8, end, head),
    standing: (frame) => frame,
  });
}

/** Kinds of frames of `/raft/stream/msgapp`. */
const SHORT = 1;
const WHOLE = 2;

/** Frames of `/raft/stream/msgapp`: a byte of kind, then nothing, entries and a commit index, or a whole message. */
export function appendFrames(ends: { readonly from: bigint; readonly to: bigint }): FrameReader {
  const head = new MessageHead();
  /** Where the stream stands; numbers, as there is one for every write. */
  let term = 0;
  let index = 0;
  return new FrameReader({
    endOf(bytes, at, limit) {
      if (at >= limit) return -1;
      const kind = bytes[at];
      if (kind === WHOLE) return blockEnd(bytes, at + 1, limit);
      return kind === SHORT ? shortEnd(bytes, at, limit) : at + 1;
    },
    read(bytes, at, end) {
      const kind = bytes[at];
      if (kind === WHOLE) {
        const state = afterAppend(bytes.subarray(at + 9, end));
        term = Number(state.term);
        index = Number(state.index);
        return readHead(bytes, at + 9, end, head);
      }
      if (kind !== SHORT) return head.link();
      const before = index;
      const count = lengthAt(bytes, at + 1);
      index += count;
      return head.append(term, before, count);
    },
    standing(frame, message) {
      if (frame[0] !== SHORT) return frame;
      const state = { term: BigInt(message.term), index: BigInt(message.index) };
      const commit = frame.readBigUInt64BE(frame.length - 8);
      const whole = wholeAppend(state, ends, entriesOf(frame, message.entries), commit);
      return Buffer.concat([Buffer.of(WHOLE), number(whole.length), whole]);
    },
  });
}

/** The end of eight bytes of length and what they count; -1 while it is not all there. */
function blockEnd(bytes: Buffer, at: number, limit: number): number {
  if (at + 8 > limit) return -1;
  const end = at + 8 + lengthAt(bytes, at);
  return end > limit ? -1 : end;
}

/** The end of a short frame: how many entries, each with its length, and a commit index; -1 while it is not all there. */
function shortEnd(bytes: Buffer, begin: number, limit: number): number {
  let at = begin + 9;
  if (at > limit) return -1;
  for (let left = lengthAt(bytes, begin + 1); left > 0; left--) {
    at = blockEnd(bytes, at, limit);
    if (at < 0) return -1;
  }
  return at + 8 > limit ? -1 : at + 8;
}

/** The entries of a whole short frame. */
function entriesOf(frame: Buffer, count: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 9;
  for (let i = 0; i < count; i++) {
    const end = at + 8 + lengthAt(frame, at);
    entries.push(frame.subarray(at + 8, end));
    at = end;
  }
  return entries;
}

/** A length of eight bytes; read by halves, as there are several in every frame. */
function lengthAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
