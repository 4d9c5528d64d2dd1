import type { PackedStates, SavedStates } from './checkpoint.ts';
import { pack, unpack } from './packed.ts';
import { SEGMENT_WORDS, type Spill } from './spill.ts';
import { STATE_HEAD as HEAD } from './stateHead.ts';

const NOT_SPILT = -1;
const NO_WORDS: Int32Array = new Int32Array(0);

/** A run of states. Spilt ones have no words until they are read. */
interface Segment {
  words: Int32Array;
  /** How many of them are used. */
  length: number;
  /** Where the file has it, and how many words it takes there. */
  position: number;
  packed: number;
}

/**
 * The states of one level in the order they were found, each behind its length, low and high hash. Lives in segments that pass from
 * the level being read to the level being written, so that two levels need little more room than their contents; beyond what may stay in
 * memory full segments wait in a file.
 */
export class Frontier {
  readonly spill: Spill | undefined;
  count = 0;
  /** Bytes of segments in memory. */
  bytes = 0;
  private readonly segments: Segment[] = [];
  private readonly pool: Int32Array[];
  private readonly segmentWords: number;
  private tail: Segment = { words: NO_WORDS, length: 0, position: NOT_SPILT, packed: 0 };

  constructor(pool: Int32Array[], spill?: Spill) {
    this.pool = pool;
    this.spill = spill;
    this.segmentWords = spill?.segmentWords ?? SEGMENT_WORDS;
  }

  get segmentCount(): number {
    return this.segments.length;
  }

  segment(index: number): Int32Array {
    const segment = this.segments[index] as Segment;
    if (segment.position !== NOT_SPILT && segment.words.length === 0) this.fetch(segment);
    return segment.words;
  }

  lengthOf(index: number): number {
    return (this.segments[index] as Segment).length;
  }

  /** Room for a state of up to `words` words at the end; answers the segment. Its head goes to `end()`, its vector after that. */
  room(words: number): Int32Array {
    const { tail } = this;
    return tail.length + HEAD + words <= tail.words.length ? tail.words : this.open(HEAD + words);
  }

  end(): number {
    return this.tail.length;
  }

  /** Says that the vector of a state with such a hash was written up to `end`. */
  close(end: number, low: number, high: number): void {
    const { tail } = this;
    const { words, length } = tail;
    words[length] = end - length - HEAD;
    words[length + 1] = low;
    words[length + 2] = high;
    tail.length = end;
    this.count++;
  }

  private open(words: number): Int32Array {
    if (this.segments.length > 0) this.putAside(this.tail);
    const buffer = this.buffer(Math.max(this.segmentWords, words));
    this.tail = { words: buffer, length: 0, position: NOT_SPILT, packed: 0 };
    this.segments.push(this.tail);
    this.bytes += buffer.byteLength;
    return buffer;
  }

  private buffer(size: number): Int32Array {
    return (size === this.segmentWords ? this.pool.pop() : undefined) ?? new Int32Array(size);
  }

  /** Writes a full segment to the file, when there are enough in memory. */
  private putAside(segment: Segment): void {
    const { spill } = this;
    if (spill === undefined || this.bytes < spill.residentBytes) return;
    const packed = pack(segment.words, segment.length);
    const position = spill.append(packed);
    if (position === undefined) return;
    this.recycle(segment);
    segment.position = position;
    segment.packed = packed.length;
  }

  private fetch(segment: Segment): void {
    const packed = this.packedOf(segment);
    segment.words = this.buffer(Math.max(this.segmentWords, segment.length));
    unpack(packed, segment.words, segment.length);
    this.bytes += segment.words.byteLength;
  }

  private recycle(segment: Segment): void {
    this.bytes -= segment.words.byteLength;
    if (segment.words.length === this.segmentWords) this.pool.push(segment.words);
    segment.words = NO_WORDS;
  }

  /** The states from one place on, for saving. */
  saved(segment: number, offset: number): SavedStates {
    const all = this.segments.slice(segment).filter(({ length }, i) => length > (i === 0 ? offset : 0));
    return { count: all.length, pieces: this.pieces(all, this.segments[segment], offset) };
  }

  private *pieces(
    segments: readonly Segment[],
    first: Segment | undefined,
    offset: number,
  ): Generator<PackedStates, void, undefined> {
    for (const segment of segments) {
      const from = segment === first ? offset : 0;
      const length = segment.length - from;
      const inFile = segment.words.length === 0;
      const words = inFile ? this.packedOf(segment) : pack(segment.words.subarray(from), length);
      yield { length, words };
    }
  }

  private packedOf({ position, packed }: Segment): Int32Array {
    const words = new Int32Array(packed);
    this.spill?.read(position, words);
    return words;
  }

  /** Takes states as they were saved. */
  fill({ pieces }: SavedStates): void {
    for (const { length, words } of pieces) {
      const states = new Int32Array(length);
      unpack(words, states, length);
      for (let at = 0; at < length; ) {
        const from = at + HEAD;
        const to = from + (states[at] as number);
        const target = this.room(to - from);
        target.set(states.subarray(from, to), this.end() + HEAD);
        this.close(this.end() + HEAD + to - from, states[at + 1] as number, states[at + 2] as number);
        at = to;
      }
    }
  }

  /** Gives a segment that was read back to the pool. */
  release(index: number): void {
    this.recycle(this.segments[index] as Segment);
    if (index === this.segments.length - 1) this.spill?.clear();
  }
}
