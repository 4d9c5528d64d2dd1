import { locked } from './lock.ts';
import type { Numbered, Remembering } from './numbered.ts';

const LOCK = 0;
/** How many words are written; everything before is final. */
const WRITTEN = 1;
const FIRST = 2;
/** Before each entry: which part it is of, and how many words it has. */
const HEADER = 2;

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
 * parts and catches up from here, so that a number means the same everywhere, and looking up what is known costs nothing. What one
 * thread has worked out in terms of these numbers stands there, too, so that the others need not.
 */
export class SharedLog {
  private readonly words: Int32Array;
  private parts: readonly Numbered[] = [];
  private memory: Remembering | undefined;
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

  /** Joins with the parts of a fresh space, and what it remembers: all threads join with parts made the same way. */
  join(parts: readonly Numbered[], memory?: Remembering): void {
    this.parts = parts;
    this.memory = memory;
    this.skips = parts.map(({ size }) => size);
    locked(this.words, LOCK, () => {
      if (Atomics.load(this.words, WRITTEN) !== 0) return;
      Atomics.store(this.words, WRITTEN, FIRST);
      parts.forEach((part, index) => {
        for (let id = 0; id < part.size; id++) this.append(index, part.entry(id));
      });
    });
    this.catchUp();
    parts.forEach((part, index) => {
      part.share({ claim: (find, words, add) => this.claim(index, find, words, add) });
    });
    memory?.tell((words) => this.tell(words));
  }

  /** Takes over what other threads have numbered and worked out since. */
  catchUp(): void {
    const { words, parts } = this;
    const written = Atomics.load(words, WRITTEN);
    while (this.read < written) {
      const index = words[this.read] as number;
      const from = this.read + HEADER;
      const to = from + (words[this.read + 1] as number);
      // First, as what is taken over may lead back here.
      this.read = to;
      if (index === parts.length) {
        this.memory?.recall(words, from, to);
        continue;
      }
      const skip = this.skips[index] as number;
      if (skip > 0) this.skips[index] = skip - 1;
      else (parts[index] as Numbered).adopt(words, from, to);
    }
  }

  private claim(
    index: number,
    find: () => number,
    entry: () => ArrayLike<number>,
    add: () => number,
  ): number {
    // Most of it outside the lock.
    this.catchUp();
    return locked(this.words, LOCK, () => {
      this.catchUp();
      const known = find();
      if (known >= 0) return known;
      this.read = this.append(index, entry());
      return add();
    });
  }

  private tell(entry: ArrayLike<number>): void {
    locked(this.words, LOCK, () => {
      const upToDate = this.read === Atomics.load(this.words, WRITTEN);
      const end = this.append(this.parts.length, entry);
      if (upToDate) this.read = end;
    });
  }

  /** Answers the end of what is written. */
  private append(index: number, entry: ArrayLike<number>): number {
    const { words } = this;
    const at = words[WRITTEN] as number;
    const end = at + HEADER + entry.length;
    if (end > words.length) throw new SharedLogFullError(words.byteLength);
    words[at] = index;
    words[at + 1] = entry.length;
    for (let i = 0; i < entry.length; i++) words[at + HEADER + i] = entry[i] as number;
    Atomics.store(words, WRITTEN, end);
    return end;
  }
}
