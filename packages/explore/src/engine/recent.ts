/** Fingerprints kept, less one: as many as a processor's own memory holds. */
const MASK: number = 2 ** 15 - 1;

/** Fingerprints lately met, each where its bits say: most states are found again soon after, if at all. */
export class Recent {
  private readonly table: Int32Array = new Int32Array(2 * (MASK + 1));

  /** Of rows of `width` words that begin with low and high, puts the numbers of those not lately met into `fresh`, in order; answers how many. */
  sift(rows: Int32Array, count: number, width: number, fresh: Int32Array): number {
    const { table } = this;
    let kept = 0;
    for (let i = 0, at = 0; i < count; i++, at += width) {
      const low = rows[at] as number;
      const high = rows[at + 1] as number;
      const place = ((low ^ (high >>> 9)) & MASK) << 1;
      // An empty place must not be taken for one.
      if (table[place] === low && table[place + 1] === high && (low !== 0 || high !== 0)) continue;
      table[place] = low;
      table[place + 1] = high;
      fresh[kept++] = i;
    }
    return kept;
  }
}
