import { locked } from './lock.ts';
import { CELLS, type Control, SEGMENT_WORDS, type SharedMemory } from './memory.ts';

/** A segment's header: number of its first state, step from one number to the next, states, end of the last one. */
const HEADER = 4;
/** Before each state: its length, low and high hash. */
const STATE_HEADER = 3;

/** Thrown for a state that is longer than a segment. */
export class StateTooLongError extends RangeError {
  readonly code = 'STATE_TOO_LONG';
  constructor(words: number) {
    super(
      `Cannot share a state among threads as it must fit ${SEGMENT_WORDS} words: ${words}; explore with one worker`,
    );
    this.name = 'StateTooLongError';
  }
}

/** The states of two levels, in segments that threads write alone and take in turn. */
export class SharedSegments {
  readonly words: Int32Array;
  private readonly control: Control;
  private readonly stride: number;
  /** The segment being written, -1 for none. */
  private open = -1;
  private end = 0;

  /** `stride` is the step from one of this thread's state numbers to the next. */
  constructor(memory: SharedMemory, control: Control, stride: number) {
    this.words = new Int32Array(memory.segments);
    this.control = control;
    this.stride = stride;
  }

  /** Where a state of up to `length` words may be written; `number` is its number. -1 when there is no room left. */
  room(length: number, number: number): number {
    const needed = STATE_HEADER + length;
    if (HEADER + needed > SEGMENT_WORDS) throw new StateTooLongError(length);
    if (this.open >= 0 && this.end + needed > (this.open + 1) * SEGMENT_WORDS) this.publish();
    if (this.open < 0) {
      const segment = locked(this.control.cells, CELLS.lock, () => this.control.allocate());
      if (segment < 0) return -1;
      this.open = segment;
      const base = segment * SEGMENT_WORDS;
      this.words[base] = number;
      this.words[base + 1] = this.stride;
      this.words[base + 2] = 0;
      this.end = base + HEADER;
    }
    return this.end + STATE_HEADER;
  }

  /** Says that a state was written up to `end`. */
  close(end: number, low: number, high: number): void {
    const { words } = this;
    words[this.end] = end - this.end - STATE_HEADER;
    words[this.end + 1] = low;
    words[this.end + 2] = high;
    const base = this.open * SEGMENT_WORDS;
    words[base + 2] = (words[base + 2] as number) + 1;
    this.end = end;
  }

  /** Hands the segment being written over to whoever reads the next level. */
  publish(): void {
    if (this.open < 0) return;
    const segment = this.open;
    this.words[segment * SEGMENT_WORDS + 3] = this.end;
    this.open = -1;
    locked(this.control.cells, CELLS.lock, () => this.control.publish(segment));
  }

  release(segment: number): void {
    locked(this.control.cells, CELLS.lock, () => this.control.release(segment));
  }

  /** How many states a segment holds. */
  states(segment: number): number {
    return this.words[segment * SEGMENT_WORDS + 2] as number;
  }

  /** Each state of a segment: where it starts and ends, its hash and its number. Ends early when `each` answers false. */
  read(
    segment: number,
    each: (from: number, to: number, low: number, high: number, number: number) => boolean,
  ): boolean {
    const { words } = this;
    const base = segment * SEGMENT_WORDS;
    const end = words[base + 3] as number;
    const stride = words[base + 1] as number;
    let number = words[base] as number;
    for (let at = base + HEADER; at < end; number += stride) {
      const from = at + STATE_HEADER;
      const to = from + (words[at] as number);
      if (!each(from, to, words[at + 1] as number, words[at + 2] as number, number)) return false;
      at = to;
    }
    return true;
  }
}
