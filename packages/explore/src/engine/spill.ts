/** Words of states that are written or read at once, unless told otherwise. */
export const SEGMENT_WORDS: number = 1 << 18;

/**
 * Where states wait that memory has no room for: words appended to something like a file and read back. A search uses two, one for the
 * level it reads and one for the level it writes.
 */
export interface SpillFile {
  /** Appends words and answers where they begin. Throws when there is no more room. */
  append(words: Int32Array): number;
  /** Fills `into` with what was appended there. */
  read(position: number, into: Int32Array): void;
  /** Forgets everything. */
  clear(): void;
}

/** What a search may do when memory gets short. */
export interface Spilling {
  /** Memory for states that wait, bytes; beyond it they go to a file. */
  readonly residentBytes: number;
  /** Words of states that are written or read at once. Default 2^18. */
  readonly segmentWords?: number;
  /** Makes a file when one is first needed. */
  open(): SpillFile;
}

/** One level's part in it: a file of its own, opened when it is first needed. */
export class Spill {
  readonly residentBytes: number;
  readonly segmentWords: number;
  /** Why the file takes no more; undefined while it does. */
  failure: string | undefined;
  /** Words written since it was last cleared. */
  words = 0;
  private readonly spilling: Spilling;
  private file: SpillFile | undefined;

  constructor(spilling: Spilling) {
    this.spilling = spilling;
    this.residentBytes = spilling.residentBytes;
    this.segmentWords = spilling.segmentWords ?? SEGMENT_WORDS;
  }

  /** Appends words and answers where they begin; undefined when they must stay where they are. */
  append(words: Int32Array): number | undefined {
    if (this.failure !== undefined) return undefined;
    try {
      this.file ??= this.spilling.open();
      const position = this.file.append(words);
      this.words += words.length;
      return position;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  }

  read(position: number, into: Int32Array): void {
    this.file?.read(position, into);
  }

  clear(): void {
    this.words = 0;
    this.file?.clear();
  }
}
