import { Recent } from './recent.ts';
import { FIRST_SLOTS, SegmentedTable } from './segmentedTable.ts';

const WIDTH = 2;

/**
 * The set of states seen, each as a 64-bit fingerprint in two 32-bit halves. Two states of one fingerprint count as one; `collisionOdds` says
 * how likely that is.
 */
export class Fingerprints extends SegmentedTable {
  private readonly recent = new Recent();
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
   * For the rest it looks at where they would be: these looks do not wait for one
   * another as those of `add` do, so memory is fetched for many at once.
   */
  sift(rows: Int32Array, count: number, width: number, fresh: Int32Array): number {
    const { segments, scales, mask } = this;
    const kept = this.recent.sift(rows, count, width, fresh);
    let sum = 0;
    for (let i = 0; i < kept; i++) {
      const at = (fresh[i] as number) * width;
      const segment = ((rows[at + 1] as number) >>> 20) & mask;
      const place = ((rows[at] as number) >>> 0) * (scales[segment] as number);
      sum ^= (segments[segment] as Int32Array)[place << 1] as number;
    }
    this.looked = sum;
    return kept;
  }
}

/** The probability that among `states` random fingerprints of `bits` bits any two are equal: at most n (n - 1) / 2^(bits + 1). */
export function collisionOdds(states: number, bits: number = 64): number {
  return (states * (states - 1)) / 2 / 2 ** bits;
}
