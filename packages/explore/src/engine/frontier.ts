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
    const packed = new Int32Array(segment.packed);
    this.spill?.read(segment.position, packed);
    segment.words = this.buffer(Math.max(this.segmentWords, segment.length));
    unpack(packed, segment.words, segment.length);
    this.bytes += segment.words.byteLength;
  }

  private recycle(segment: Segment): void {
    this.bytes -= segment.words.byteLength;
    if (segment.words.length === this.segmentWords) this.pool.push(segment.words);
    segment.words = NO_WORDS;
  }

  /** The states from one place on, for saving, as they lie: segment by segment, each but the first whole. */
  *records(segment: number, offset: number): Generator<Int32Array, void, undefined> {
    for (let at = segment; at < this.segments.length; at++) {
      const from = at === segment ? offset : 0;
      const { position } = this.segments[at] as Segment;
      const words = this.segment(at).slice(from, this.lengthOf(at));
      if (position !== NOT_SPILT && at > segment) this.recycle(this.segments[at] as Segment);
      if (words.length > 0) yield words;
    }
  }

  /** How many words `records` has to give. */
  recorded(segment: number, offset: number): number {
    return this.segments.slice(segment).reduce((sum, { length }) => sum + length, -offset);
  }

  /** Takes states as `records` gave them. */
  fill(records: Int32Array): void {
    for (let at = 0; at < records.length; ) {
      const length = records[at] as number;
      const target = this.room(length);
      const to = this.end() + HEAD;
      for (let i = 0; i < length; i++) target[to + i] = records[at + HEAD + i] as number;
      this.close(to + length, records[at + 1] as number, records[at + 2] as number);
      at += HEAD + length;
    }
  }

  /** Gives a segment that was read back to the pool. */
  release(index: number): void {
    this.recycle(this.segments[index] as Segment);
    if (index === this.segments.length - 1) this.spill?.clear();
  }
}
