import type { FrameGrammar } from './frames.ts';
import type { MessageHead } from './messageHead.ts';

const RETURN = 13;

/** Whole chunks at the beginning of some bytes: what they hold, and by their places where each ends, in what they hold and in the bytes. */
interface Chunks {
  readonly content: Buffer;
  readonly contentEnds: readonly number[];
  readonly ends: readonly number[];
}

/**
 * How far, from their beginning, bytes are whole chunks of HTTP's chunked coding (RFC 9112, section 7.1) that end together with a frame: so far they can go
 * on as they are, and the next rule finds the stream between two frames. Says each frame's head in order, and the bytes it was read from.
 */
export function wholeChunks(
  bytes: Buffer,
  grammar: FrameGrammar,
  each: (head: MessageHead, bytes: Uint8Array) => void,
): number {
  const { content, contentEnds, ends } = chunksIn(bytes);
  let passed = 0;
  let last = 0;
  // A frame may lie in several chunks, and a chunk may hold several frames.
  for (let at = 0, chunk = 0; at >= 0; at = grammar.endOf(content, at, content.length)) {
    while ((contentEnds[chunk] ?? Infinity) < at) chunk++;
    if (contentEnds[chunk] === at) [passed, last] = [ends[chunk] ?? 0, at];
  }
  for (let at = 0; at < last; ) {
    const next = grammar.endOf(content, at, last);
    each(grammar.read(content, at, next), content);
    at = next;
  }
  return passed;
}

function chunksIn(bytes: Buffer): Chunks {
  const contents: Buffer[] = [];
  const contentEnds: number[] = [];
  const ends: number[] = [];
  let length = 0;
  for (let at = 0; ; ) {
    const sizeEnd = bytes.indexOf(RETURN, at);
    const size = sizeEnd < 0 ? 0 : Number.parseInt(bytes.toString('latin1', at, sizeEnd), 16);
    const end = sizeEnd + 2 + size;
    // An empty chunk is the last one; what follows is not whole yet.
    if (!(size > 0) || end + 2 > bytes.length) break;
    contents.push(bytes.subarray(sizeEnd + 2, end));
    length += size;
    contentEnds.push(length);
    at = end + 2;
    ends.push(at);
  }
  const [first = Buffer.alloc(0)] = contents;
  return { content: contents.length < 2 ? first : Buffer.concat(contents, length), contentEnds, ends };
}
