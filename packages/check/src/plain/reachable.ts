/** The widest span of sums that is told sum by sum; beyond it only its ends are known. */
export const WIDEST_SPAN: number = 1 << 22;

/**
 * The sums that some of the given whole numbers can make: which increments of unknown outcome took effect is not known, so
 * each may count or not.
 */
export class ReachableSums {
  readonly least: number;
  readonly most: number;
  /** Bit i: `least + i` can be made. Undefined when the span is too wide. */
  private readonly bits: bigint | undefined;

  constructor(optional: Iterable<number>) {
    const often = new Map<number, number>();
    let least = 0;
    let most = 0;
    for (const value of optional) {
      if (value === 0) continue;
      if (value < 0) least += value;
      else most += value;
      // Leaving out a negative number adds its size to the least sum, just as counting a positive one does.
      const size = Math.abs(value);
      often.set(size, (often.get(size) ?? 0) + 1);
    }
    this.least = least;
    this.most = most;
    if (most - least > WIDEST_SPAN) return;
    let bits = 1n;
    for (const [size, n] of often) {
      // In powers of two, so that a thousand equal increments take ten shifts.
      let left = n;
      for (let chunk = 1; left > 0; chunk *= 2) {
        const take = Math.min(chunk, left);
        bits |= bits << BigInt(size * take);
        left -= take;
      }
    }
    this.bits = bits;
  }

  /** True when some of the numbers make the sum; for a span too wide, when it lies within. */
  has(sum: number): boolean {
    if (sum < this.least || sum > this.most) return false;
    return this.bits === undefined || ((this.bits >> BigInt(sum - this.least)) & 1n) === 1n;
  }
}
