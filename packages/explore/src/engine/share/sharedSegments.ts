import { STATE_HEAD } from '../stateHead.ts';
import { locked } from './lock.ts';
import { CELLS, type Control, SEGMENT_WORDS, type SharedMemory } from './memory.ts';

/** A segment's header: number of its first state, step from one number to the next, states, end of the last one. */
const HEADER = 4;

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
  /** In the segment being read: where the next state begins, the end of the last one, and the number of the next. */
  at = 0;
  last = 0;
  number = 0;
  /** Step from one number to the next in it. */
  step = 0;
  private readonly control: Control;
  private readonly stride: number;
  private reading = -1;
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
    const needed = STATE_HEAD + length;
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
    return this.end + STATE_HEAD;
  }

  /** Says that a state was written up to `end`. */
  close(end: number, low: number, high: number): void {
    const { words } = this;
    words[this.end] = end - this.end - STATE_HEAD;
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

  /** Takes the next segment of the level being read, in place of the one that was read; false when all are taken. */
  take(): boolean {
    const { control, words } = this;
    const done = this.reading;
    if (done >= 0) locked(control.cells, CELLS.lock, () => control.release(done));
    this.reading = control.take();
    if (this.reading < 0) return false;
    const base = this.reading * SEGMENT_WORDS;
    this.number = words[base] as number;
    this.step = words[base + 1] as number;
    this.at = base + HEADER;
    this.last = words[base + 3] as number;
    return true;
  }
}
