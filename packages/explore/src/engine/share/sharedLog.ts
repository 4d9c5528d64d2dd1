import { locked } from './lock.ts';
import type { Numbered } from './numbered.ts';

const LOCK = 0;
/** How many words are written; everything before is final. */
const WRITTEN = 1;
const FIRST = 2;

/** Thrown when the log has no room for another entry. */
export class SharedLogFullError extends RangeError {
  readonly code = 'SHARED_LOG_FULL';
  constructor(bytes: number) {
    super(
      `Cannot number another part of a state as the threads' common memory for them is full: ${bytes} bytes`,
    );
    this.name = 'SharedLogFullError';
  }
}

/**
 * One list of everything the parts of a space have numbered, in order, in memory that threads share. Each thread keeps its own copy of the
 * parts and catches up from here, so that a number means the same everywhere, and looking up what is known costs nothing.
 */
export class SharedLog {
  private readonly words: Int32Array;
  private parts: readonly Numbered[] = [];
  /** Per part, entries of its own to pass over: what every thread numbers alike before it joins. */
  private skips: number[] = [];
  private read: number = FIRST;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
  }

  get bytes(): number {
    return 4 * Atomics.load(this.words, WRITTEN);
  }

  /** Frees it from a thread that ended inside its lock; only while nobody works. What was written is whole. */
  free(): void {
    Atomics.store(this.words, LOCK, 0);
  }

  /** Joins with the parts of a fresh space: all threads join with parts made the same way. */
  join(parts: readonly Numbered[]): void {
    this.parts = parts;
    this.skips = parts.map(({ size }) => size);
    locked(this.words, LOCK, () => {
      if (Atomics.load(this.words, WRITTEN) === 0) {
        Atomics.store(this.words, WRITTEN, FIRST);
        parts.forEach((part, index) => {
          for (let id = 0; id < part.size; id++) this.append(index, part.entry(id));
        });
      }
      this.catchUp();
    });
    parts.forEach((part, index) => {
      part.share({ claim: (find, words) => this.claim(index, find, words) });
    });
  }

  /** Takes over what other threads have numbered since. */
  catchUp(): void {
    const { words } = this;
    const written = Atomics.load(words, WRITTEN);
    while (this.read < written) {
      const index = words[this.read] as number;
      const from = this.read + 2;
      const to = from + (words[this.read + 1] as number);
      const skip = this.skips[index] as number;
      if (skip > 0) this.skips[index] = skip - 1;
      else (this.parts[index] as Numbered).adopt(words, from, to);
      this.read = to;
    }
  }

  private claim(index: number, find: () => number, entry: () => ArrayLike<number>): number {
    return locked(this.words, LOCK, () => {
      this.catchUp();
      const known = find();
      if (known >= 0) return known;
      this.append(index, entry());
      this.catchUp();
      return (this.parts[index] as Numbered).size - 1;
    });
  }

  private append(index: number, entry: ArrayLike<number>): void {
    const { words } = this;
    const at = words[WRITTEN] as number;
    if (at + 2 + entry.length > words.length) throw new SharedLogFullError(words.byteLength);
    words[at] = index;
    words[at + 1] = entry.length;
    for (let i = 0; i < entry.length; i++) words[at + 2 + i] = entry[i] as number;
    Atomics.store(words, WRITTEN, at + 2 + entry.length);
  }
}
