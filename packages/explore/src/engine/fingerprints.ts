/** Beyond this share of its slots in use a table grows. */
const FULLEST = 0.7;
/** Beyond this share one that cannot grow takes no more: each further state would have to look at ever more slots. */
const BRIM = 0.94;
/** Tables of fewer slots grow fourfold, which moves each fingerprint less often. */
const SMALL: number = 2 ** 20;
/** Slots a table may have: 2^30 of them are 8 GiB, and twice as many no array of Node 20 can hold. */
const MOST_SLOTS: number = 2 ** 30;

/**
 * The set of states seen, each as a 64-bit fingerprint in two 32-bit halves: an open-addressing table with both halves side by side.
 * Two states of one fingerprint count as one; `collisionOdds` says how likely that is.
 */
export class Fingerprints {
  size = 0;
  private table: Int32Array;
  private mask: number;
  private fullest: number;
  private readonly most: number;

  /** `most` is the number of slots it may have at most. */
  constructor(capacity: number = 1 << 12, most: number = MOST_SLOTS) {
    this.most = most;
    this.table = new Int32Array(2 * capacity);
    this.mask = capacity - 1;
    this.fullest = Math.floor(capacity * FULLEST);
  }

  get bytes(): number {
    return this.table.byteLength;
  }

  /** The table as it is, for saving. */
  get words(): Int32Array {
    return this.table;
  }

  /** A set as it was saved. */
  static restored(words: Int32Array, size: number): Fingerprints {
    const set = new Fingerprints(2);
    set.table = words;
    set.mask = words.length / 2 - 1;
    set.fullest = Math.floor((words.length / 2) * FULLEST);
    set.size = size;
    return set;
  }

  /** Adds a fingerprint; false when it was there. */
  add(low: number, high: number): boolean {
    const { table, mask } = this;
    // Both halves zero marks an empty slot.
    const first = low === 0 && high === 0 ? 1 : low;
    let slot = (first ^ (high >>> 7)) & mask;
    for (;;) {
      const at = slot << 1;
      const there = table[at] as number;
      const beside = table[at + 1] as number;
      if (there === first && beside === high) return false;
      if (there === 0 && beside === 0) {
        table[at] = first;
        table[at + 1] = high;
        if (++this.size > this.fullest) this.grow();
        return true;
      }
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const old = this.table;
    const capacity = (this.mask + 1) * (this.mask < SMALL ? 4 : 2);
    if (capacity > this.most) {
      this.fill();
      return;
    }
    const table = new Int32Array(2 * capacity);
    const mask = capacity - 1;
    for (let at = 0; at < old.length; at += 2) {
      const low = old[at] as number;
      const high = old[at + 1] as number;
      if (low === 0 && high === 0) continue;
      let slot = (low ^ (high >>> 7)) & mask;
      while (table[slot << 1] !== 0 || table[(slot << 1) + 1] !== 0) slot = (slot + 1) & mask;
      table[slot << 1] = low;
      table[(slot << 1) + 1] = high;
    }
    this.table = table;
    this.mask = mask;
    this.fullest = Math.floor(capacity * FULLEST);
  }

  /** Uses the slots that are left, as there will be no more. */
  private fill(): void {
    const brim = Math.floor((this.mask + 1) * BRIM);
    if (this.size > brim) throw new TableFullError(this.size);
    this.fullest = brim;
  }
}

/** Thrown when a set of fingerprints takes no more. */
export class TableFullError extends RangeError {
  readonly code = 'TABLE_FULL';
  constructor(states: number) {
    super(
      `Cannot remember another state as a table of fingerprints holds no more than an array may: ${states} states; ` +
        'bound the model more narrowly',
    );
    this.name = 'TableFullError';
  }
}

/** The probability that among `states` random fingerprints of `bits` bits any two are equal: at most n (n - 1) / 2^(bits + 1). */
export function collisionOdds(states: number, bits: number = 64): number {
  return (states * (states - 1)) / 2 / 2 ** bits;
}
