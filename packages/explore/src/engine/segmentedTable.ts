/** Beyond this share of its slots in use a segment grows; large ones, where memory counts, later. */
const FULLEST = 0.65;
const FULLEST_LARGE = 0.8;
/** Beyond this share one that cannot grow takes no more: each further state would have to look at ever more slots. */
const BRIM = 0.94;
/** Slots of a segment from which on it grows by a quarter only; smaller ones double, the smallest grow fourfold. */
const LARGE: number = 2 ** 19;
const SMALL: number = 2 ** 14;
const MOST_SEGMENTS = 64;
/** Slots a segment begins with, where the table is not smaller. */
const LEAST_SLOTS = 64;
const ROOM: number = 2 ** 32;

/** Slots of a table unless told otherwise. */
export const FIRST_SLOTS: number = MOST_SEGMENTS * LEAST_SLOTS;

/**
 * An open-addressing table of fingerprints, each some words, in 64 segments. The second word names the segment, the first, as a share of
 * 2^32, the place within it. So segments may have any length and grow one by one, each by a copy of its own from start to end: a table of
 * 8 GB never needs room for two of them. A slot whose words are all zero is free.
 */
export class SegmentedTable {
  size = 0;
  /** Whether a segment that cannot grow is filled to the brim: the search should end now. */
  isFull = false;
  protected readonly segments: Int32Array[] = [];
  /** Per segment, its slots by 2^32. */
  protected readonly scales: Float64Array;
  /** Per segment, how many it holds, and how many make it grow. */
  protected readonly used: Int32Array;
  protected readonly limits: Int32Array;
  protected readonly mask: number;
  private readonly width: number;
  private readonly most: number;

  /** Fingerprints of `width` words, with so many slots at first and at most `most`. */
  constructor(width: number, capacity: number, most: number) {
    const count = Math.max(1, Math.min(MOST_SEGMENTS, capacity / LEAST_SLOTS));
    this.width = width;
    this.mask = count - 1;
    this.most = most / count;
    this.scales = new Float64Array(count);
    this.used = new Int32Array(count);
    this.limits = new Int32Array(count);
    for (let i = 0; i < count; i++) this.replace(i, new Int32Array((width * capacity) / count), 0);
  }

  get bytes(): number {
    return this.segments.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** The segments as they are, for saving. */
  get tables(): readonly Int32Array[] {
    return this.segments;
  }

  /** Takes over as many segments as it has, as they were saved. */
  protected adopt(tables: readonly Int32Array[]): void {
    tables.forEach((table, i) => {
      let used = 0;
      for (let at = 0; at < table.length; at += this.width) if (!this.isFree(table, at)) used++;
      this.replace(i, table, used);
      this.size += used;
    });
  }

  /** Counts one that was put into a segment. */
  protected count(segment: number): void {
    this.size++;
    const used = (this.used[segment] as number) + 1;
    this.used[segment] = used;
    if (used >= (this.limits[segment] as number)) this.grow(segment);
  }

  private isFree(table: Int32Array, at: number): boolean {
    return table[at] === 0 && table[at + 1] === 0 && (this.width === 2 || table[at + 2] === 0);
  }

  private replace(segment: number, table: Int32Array, used: number): void {
    const slots = table.length / this.width;
    this.segments[segment] = table;
    this.scales[segment] = slots / ROOM;
    this.used[segment] = used;
    this.limits[segment] = Math.floor(slots * (slots < LARGE ? FULLEST : FULLEST_LARGE));
  }

  private grow(segment: number): void {
    const { width } = this;
    const old = this.segments[segment] as Int32Array;
    const slots = old.length / width;
    const larger = slots < SMALL ? 4 * slots : slots < LARGE ? 2 * slots : Math.floor(1.25 * slots);
    const table = larger > this.most ? undefined : room(width * larger);
    if (table === undefined) {
      this.fill(segment);
      return;
    }
    const scale = larger / ROOM;
    let used = 0;
    // In the order of their places, but for a few at either end: both tables are gone through once, from start to end.
    for (let at = 0; at < old.length; at += width) {
      if (this.isFree(old, at)) continue;
      let to = width * Math.floor(((old[at] as number) >>> 0) * scale);
      while (!this.isFree(table, to)) {
        to += width;
        if (to === table.length) to = 0;
      }
      for (let word = 0; word < width; word++) table[to + word] = old[at + word] as number;
      used++;
    }
    this.replace(segment, table, used);
  }

  /** Uses the slots that are left, as there will be no more; the last few for steps that were being taken when it became full. */
  private fill(segment: number): void {
    const slots = (this.segments[segment] as Int32Array).length / this.width;
    const used = this.used[segment] as number;
    const brim = Math.floor(slots * BRIM);
    this.isFull = used >= brim;
    if (used >= slots - 1) throw new TableFullError(this.size);
    this.limits[segment] = Math.max(used + 1, brim);
  }
}

/** Words for a segment; undefined where memory has no room for them. */
function room(words: number): Int32Array | undefined {
  try {
    return new Int32Array(words);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Thrown when a set of fingerprints takes no more. */
export class TableFullError extends RangeError {
  readonly code = 'TABLE_FULL';
  constructor(states: number) {
    super(
      `Cannot remember another state as the table of fingerprints finds no more memory: ${states} states; ` +
        'bound the model more narrowly, or go on with more memory',
    );
    this.name = 'TableFullError';
  }
}
