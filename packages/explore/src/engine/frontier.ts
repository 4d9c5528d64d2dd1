import { Ints } from './ints.ts';
import { SEGMENT_WORDS, type Spill } from './spill.ts';

const NOT_SPILT = -1;

/** A run of states: where each starts in its words, the last entry being the end. Spilt ones have no words until they are read. */
interface Segment {
  words: Int32Array;
  starts: Ints;
  /** Where the file has it: as many words of starts, then the states. */
  position: number;
  states: number;
  length: number;
}

/**
 * The states of one level in the order they were found: low and high hash, then the vector. Lives in segments that pass from the
 * level being read to the level being written, so that two levels need little more room than their contents; beyond what may stay in
 * memory full segments wait in a file.
 */
export class Frontier {
  private readonly segments: Segment[] = [];
  private readonly pool: Int32Array[];
  readonly spill: Spill | undefined;
  private readonly segmentWords: number;
  count = 0;
  /** Bytes of segments in memory. */
  bytes = 0;

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

  startsOf(index: number): Ints {
    this.segment(index);
    return (this.segments[index] as Segment).starts;
  }

  /** Room for a state of up to `words` words at the end; answers the segment, whose free part starts at `end()`. */
  room(words: number): Int32Array {
    const last = this.segments[this.segments.length - 1];
    if (last !== undefined) {
      if (this.end() + words <= last.words.length) return last.words;
      this.putAside(last);
    }
    const size = Math.max(this.segmentWords, words);
    const segment = { words: this.buffer(size), starts: new Ints(1024), position: NOT_SPILT };
    segment.starts.push(0);
    this.segments.push({ ...segment, states: 0, length: 0 });
    this.bytes += segment.words.byteLength;
    return segment.words;
  }

  private buffer(size: number): Int32Array {
    return (size === this.segmentWords ? this.pool.pop() : undefined) ?? new Int32Array(size);
  }

  end(): number {
    const { starts } = this.segments[this.segments.length - 1] as Segment;
    return starts.at(starts.length - 1);
  }

  /** Says that a state was written up to `end`. */
  close(end: number): void {
    (this.segments[this.segments.length - 1] as Segment).starts.push(end);
    this.count++;
  }

  /** Writes a full segment to the file, when there are enough in memory. */
  private putAside(segment: Segment): void {
    const { spill } = this;
    if (spill === undefined || this.bytes < spill.residentBytes) return;
    const { words, starts } = segment;
    const length = this.end();
    const record = new Int32Array(starts.length + length);
    record.set(starts.words.subarray(0, starts.length));
    record.set(words.subarray(0, length), starts.length);
    const position = spill.append(record);
    if (position === undefined) return;
    this.recycle(segment);
    segment.position = position;
    segment.states = starts.length;
    segment.length = length;
  }

  private fetch(segment: Segment): void {
    const record = new Int32Array(segment.states + segment.length);
    this.spill?.read(segment.position, record);
    segment.starts = new Ints(segment.states);
    for (let i = 0; i < segment.states; i++) segment.starts.push(record[i] as number);
    segment.words = this.buffer(Math.max(this.segmentWords, segment.length));
    segment.words.set(record.subarray(segment.states));
    this.bytes += segment.words.byteLength;
  }

  private recycle(segment: Segment): void {
    this.bytes -= segment.words.byteLength;
    if (segment.words.length === this.segmentWords) this.pool.push(segment.words);
    segment.words = new Int32Array(0);
    segment.starts = new Ints(0);
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
      const { position: place } = this.segments[at] as Segment;
      if (place !== NOT_SPILT && at > segment) this.recycle(this.segments[at] as Segment);
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
    this.recycle(this.segments[index] as Segment);
    if (index === this.segments.length - 1) this.spill?.clear();
  }
}
