import { Ints } from './ints.ts';

const SEGMENT_WORDS = 1 << 18;

/**
 * The states of one level in the order they were found: low and high hash, then the vector. Lives in segments that pass from the
 * level being read to the level being written, so that two levels need little more room than their contents.
 */
export class Frontier {
  private readonly segments: Int32Array[] = [];
  /** Per segment, where each of its states starts; the last entry is the end. */
  private readonly starts: Ints[] = [];
  private readonly pool: Int32Array[];
  count = 0;

  constructor(pool: Int32Array[]) {
    this.pool = pool;
  }

  get segmentCount(): number {
    return this.segments.length;
  }

  get bytes(): number {
    let bytes = 0;
    for (const segment of this.segments) bytes += segment.byteLength;
    for (const starts of this.starts) bytes += starts.bytes;
    return bytes;
  }

  segment(index: number): Int32Array {
    return this.segments[index] as Int32Array;
  }

  startsOf(index: number): Ints {
    return this.starts[index] as Ints;
  }

  /** Room for a state of up to `words` words at the end; answers the segment, whose free part starts at `end()`. */
  room(words: number): Int32Array {
    const last = this.segments.length - 1;
    if (last >= 0) {
      const segment = this.segments[last] as Int32Array;
      if (this.end() + words <= segment.length) return segment;
    }
    const size = Math.max(SEGMENT_WORDS, words);
    const segment = (size === SEGMENT_WORDS ? this.pool.pop() : undefined) ?? new Int32Array(size);
    this.segments.push(segment);
    const starts = new Ints(1024);
    starts.push(0);
    this.starts.push(starts);
    return segment;
  }

  end(): number {
    const starts = this.starts[this.starts.length - 1] as Ints;
    return starts.at(starts.length - 1);
  }

  /** Says that a state was written up to `end`. */
  close(end: number): void {
    (this.starts[this.starts.length - 1] as Ints).push(end);
    this.count++;
  }

  /** The states from one place on, for saving: length, low and high hash, and words of each. */
  records(segment: number, position: number): Int32Array {
    const found = new Ints(1024);
    for (let at = segment; at < this.segments.length; at++) {
      const words = this.segment(at);
      const starts = this.startsOf(at);
      for (let i = at === segment ? position : 0; i < starts.length - 1; i++) {
        const from = starts.at(i);
        const to = starts.at(i + 1);
        found.push(to - from - 2);
        for (let word = from; word < to; word++) found.push(words[word] as number);
      }
    }
    return found.words.slice(0, found.length);
  }

  /** Takes states as `records` gave them. */
  fill(records: Int32Array): void {
    for (let at = 0; at < records.length; ) {
      const length = (records[at] as number) + 2;
      const target = this.room(length);
      const end = this.end();
      for (let i = 0; i < length; i++) target[end + i] = records[at + 1 + i] as number;
      this.close(end + length);
      at += 1 + length;
    }
  }

  /** Gives a segment that was read back to the pool. */
  release(index: number): void {
    const segment = this.segments[index] as Int32Array;
    if (segment.length === SEGMENT_WORDS) this.pool.push(segment);
    this.segments[index] = new Int32Array(0);
    this.starts[index] = new Ints(0);
  }
}
