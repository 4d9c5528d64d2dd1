import { FIRST_SLOTS, SegmentedTable } from './segmentedTable.ts';

/** Fingerprints kept for sifting, less one: as many as a processor's own memory holds. */
const RECENT: number = 2 ** 15 - 1;
const WIDTH = 2;

/**
 * The set of states seen, each as a 64-bit fingerprint in two 32-bit halves. Two states of one fingerprint count as one; `collisionOdds` says
 * how likely that is.
 */
export class Fingerprints extends SegmentedTable {
  /** Fingerprints lately sifted, each where its bits say. */
  private readonly recent: Int32Array = new Int32Array(2 * (RECENT + 1));
  /** Keeps looks ahead from being optimised away. */
  private looked = 0;

  /** With so many slots at first, and at most `most`. */
  constructor(capacity: number = FIRST_SLOTS, most: number = Infinity) {
    super(WIDTH, capacity, most);
  }

  /** A set as it was saved. */
  static restored(tables: readonly Int32Array[]): Fingerprints {
    const set = new Fingerprints();
    set.adopt(tables);
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
    this.count(segment);
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
}

/** The probability that among `states` random fingerprints of `bits` bits any two are equal: at most n (n - 1) / 2^(bits + 1). */
export function collisionOdds(states: number, bits: number = 64): number {
  return (states * (states - 1)) / 2 / 2 ** bits;
}
