import { ChunkReader } from './bytes.ts';
import type { FrameReader } from './frames.ts';
import type { Link } from './link.ts';
import type { MessageHead } from './messageHead.ts';
import { wholeChunks } from './wholeChunks.ts';

const LINE_END = Buffer.from('\r\n', 'latin1');

/** Where a stream of messages goes. */
export interface StreamEnds {
  /** How it is cut into frames. */
  readonly frames: FrameReader;
  /** Decides what passes; none between members and strangers. */
  readonly link: Link | undefined;
  /** Tells parcels of this connection from others. */
  readonly connection: object;
  /** Sends bytes on. */
  write(bytes: Uint8Array): void;
  /** Is told each message that goes on as it came, with the bytes its head was read from. */
  readonly passing: (head: MessageHead, bytes: Uint8Array) => void;
}

/** One stream of messages in HTTP's chunked coding, on its way through a link. */
export class StreamRelay {
  private readonly ends: StreamEnds;
  private readonly chunks = new ChunkReader();
  /** Frames that go on in one chunk, while what came at once is looked through. */
  private together: Uint8Array[] | undefined;

  constructor(ends: StreamEnds) {
    this.ends = ends;
  }

  /**
   * Bytes of the stream as they come. While no rule asks about messages, all of them that is whole goes on in one piece, untouched; the rest, and everything
   * else, goes frame by frame.
   */
  take(bytes: Buffer): void {
    const { frames, link, passing } = this.ends;
    let passed = 0;
    if (link?.isOpen === true && !this.chunks.isAmid && !frames.isAmid) {
      passed = wholeChunks(bytes, frames.grammar, passing);
      if (passed > 0) this.ends.write(passed === bytes.length ? bytes : bytes.subarray(0, passed));
    }
    if (passed < bytes.length) this.relayFrames(this.chunks.read(bytes.subarray(passed)));
  }

  /** What comes at once goes on at once: many small frames make one chunk and cost one write. */
  private relayFrames(parts: readonly Uint8Array[]): void {
    const { frames, link, connection } = this.ends;
    const together: Uint8Array[] = [];
    this.together = together;
    for (const part of parts) {
      for (const frame of frames.read(part)) {
        const deliver = (lossy: boolean): void => this.pass(lossy ? frame.standing : frame.bytes);
        if (link === undefined) deliver(false);
        else link.arrive({ message: frame.message, deliver, connection });
      }
    }
    this.together = undefined;
    if (together.length > 0) this.ends.write(chunkOf(together));
  }

  /** A frame goes with the others that came with it; one that had to wait goes alone. */
  private pass(frame: Uint8Array): void {
    if (this.together === undefined) this.ends.write(chunkOf([frame]));
    else this.together.push(frame);
  }
}

/** Frames as one chunk of HTTP's chunked coding. */
function chunkOf(frames: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const frame of frames) length += frame.length;
  return Buffer.concat([Buffer.from(`${length.toString(16)}\r\n`, 'latin1'), ...frames, LINE_END]);
}
