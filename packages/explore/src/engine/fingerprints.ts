/** Beyond this share of its slots in use a segment grows; large ones, where memory counts, later. */
const FULLEST = 0.65;
const FULLEST_LARGE = 0.8;
/** Beyond this share one that cannot grow takes no more: each further state would have to look at ever more slots. */
const BRIM = 0.94;
/** Slots of a segment from which on it grows by a quarter only; smaller ones double, the smallest grow fourfold. */
const LARGE: number = 2 ** 19;
const SMALL: number = 2 ** 14;
const MOST_SEGMENTS = 64;
/** Slots a segment begins with, where the set is not smaller. */
const LEAST_SLOTS = 64;
const ROOM: number = 2 ** 32;
/** Fingerprints kept for sifting, less one: as many as a processor's own memory holds. */
const RECENT: number = 2 ** 15 - 1;

/**
 * The set of states seen, each as a 64-bit fingerprint in two 32-bit halves. The high half names one of 64 open-addressing segments, the low
 * half, as a share of 2^32, the place within it. So segments may have any length and grow one by one, each by a copy of its own from start
 * to end: a set of 8 GB never needs room for two of them. Two states of one fingerprint count as one; `collisionOdds` says how likely that is.
 */
export class Fingerprints {
  size = 0;
  /** Whether a segment that cannot grow is filled to the brim: the search should end now. */
  isFull = false;
  private readonly segments: Int32Array[];
  /** Per segment, its slots by 2^32. */
  private readonly scales: Float64Array;
  /** Per segment, how many it holds, and how many make it grow. */
  private readonly used: Int32Array;
  private readonly limits: Int32Array;
  private readonly mask: number;
  private readonly most: number;
  /** Fingerprints lately sifted, each where its bits say. */
  private readonly recent: Int32Array;
  /** Keeps looks ahead from being optimised away. */
  private looked = 0;

  /** With so many slots at first, and at most `most`. */
  constructor(capacity: number = MOST_SEGMENTS * LEAST_SLOTS, most: number = Infinity) {
    const count = Math.max(1, Math.min(MOST_SEGMENTS, capacity / LEAST_SLOTS));
    this.mask = count - 1;
    this.most = most / count;
    this.segments = [];
    this.recent = new Int32Array(2 * (RECENT + 1));
    this.scales = new Float64Array(count);
    this.used = new Int32Array(count);
    this.limits = new Int32Array(count);
    for (let i = 0; i < count; i++) this.replace(i, new Int32Array((2 * capacity) / count), 0);
  }

  get bytes(): number {
    return this.segments.reduce((sum, { byteLength }) => sum + byteLength, this.recent.byteLength);
  }

  /** The segments as they are, for saving. */
  get tables(): readonly Int32Array[] {
    return this.segments;
  }

  /** A set as it was saved. */
  static restored(tables: readonly Int32Array[]): Fingerprints {
    const set = new Fingerprints(tables.length * LEAST_SLOTS);
    tables.forEach((table, i) => {
      let used = 0;
      for (let at = 0; at < table.length; at += 2) if (table[at] !== 0 || table[at + 1] !== 0) used++;
      set.replace(i, table, used);
      set.size += used;
    });
    return set;
  }

  /** Adds a fingerprint; false when it was there. */
  add(low: number, high: number): boolean {
    // Both halves zero mark an empty slot.
    const first = low === 0 && high === 0 ? 1 : low;
    const segment = (high >>> 20) & this.mask;
    const table = this.segments[segment] as Int32Array;
    let at = ((first >>> 0) * (this.scales[segment] as number)) << 1;
    for (;;) {
      const there = table[at] as number;
      const beside = table[at + 1] as number;
      if (there === first && beside === high) return false;
      if (there === 0 && beside === 0) break;
      at += 2;
      if (at === table.length) at = 0;
    }
    table[at] = first;
    table[at + 1] = high;
    this.size++;
    const used = (this.used[segment] as number) + 1;
    this.used[segment] = used;
    if (used >= (this.limits[segment] as number)) this.grow(segment);
    return true;
  }

  /**
   * Sifts out what was lately met: of rows of `width` words that begin with low and high, the numbers of those that may be new go into
   * `fresh`, in order; answers how many. The others are in the set, or will be once those before them are added, as all must be now.
   * Most states are found again soon after, if at all. For the rest it looks at where they would be: these looks do not wait for one
   * another as those of `add` do, so memory is fetched for many at once.
   */
  sift(rows: Int32Array, count: number, width: number, fresh: Int32Array): number {
    const { segments, scales, mask, recent } = this;
    let sum = 0;
    let kept = 0;
    for (let i = 0, at = 0; i < count; i++, at += width) {
      const low = rows[at] as number;
      const high = rows[at + 1] as number;
      const place = ((low ^ (high >>> 9)) & RECENT) << 1;
      if (recent[place] === low && recent[place + 1] === high && (low !== 0 || high !== 0)) continue;
      recent[place] = low;
      recent[place + 1] = high;
      const segment = (high >>> 20) & mask;
      sum ^= (segments[segment] as Int32Array)[((low >>> 0) * (scales[segment] as number)) << 1] as number;
      fresh[kept++] = i;
    }
    this.looked = sum;
    return kept;
  }

  private replace(segment: number, table: Int32Array, used: number): void {
    const slots = table.length / 2;
    this.segments[segment] = table;
    this.scales[segment] = slots / ROOM;
    this.used[segment] = used;
    this.limits[segment] = Math.floor(slots * (slots < LARGE ? FULLEST : FULLEST_LARGE));
  }

  private grow(segment: number): void {
    const old = this.segments[segment] as Int32Array;
    const slots = old.length / 2;
    const larger = slots < SMALL ? 4 * slots : slots < LARGE ? 2 * slots : Math.floor(1.25 * slots);
    const table = larger > this.most ? undefined : room(2 * larger);
    if (table === undefined) {
      this.fill(segment);
      return;
    }
    const scale = larger / ROOM;
    let used = 0;
    // In the order of their places, but for a few at either end: both tables are gone through once, from start to end.
    for (let at = 0; at < old.length; at += 2) {
      const low = old[at] as number;
      const high = old[at + 1] as number;
      if (low === 0 && high === 0) continue;
      let to = ((low >>> 0) * scale) << 1;
      while (table[to] !== 0 || table[to + 1] !== 0) {
        to += 2;
        if (to === table.length) to = 0;
      }
      table[to] = low;
      table[to + 1] = high;
      used++;
    }
    this.replace(segment, table, used);
  }

  /** Uses the slots that are left, as there will be no more; the last few for steps that were being taken when it became full. */
  private fill(segment: number): void {
    const slots = (this.segments[segment] as Int32Array).length / 2;
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

/** The probability that among `states` random fingerprints of `bits` bits any two are equal: at most n (n - 1) / 2^(bits + 1). */
export function collisionOdds(states: number, bits: number = 64): number {
  return (states * (states - 1)) / 2 / 2 ** bits;
}
