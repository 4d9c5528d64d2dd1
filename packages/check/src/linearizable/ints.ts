/**
 * Hands out zeroed integer arrays cut from one block. Small histories need some thirty short arrays, and one block costs
 * less to make, and to collect, than thirty.
 */
export class Arena {
  private readonly block: Int32Array;
  private taken = 0;

  /** `capacity` integers are set aside; more can be taken, at the usual price. */
  constructor(capacity: number) {
    this.block = new Int32Array(capacity);
  }

  take(length: number): Int32Array {
    const from = this.taken;
    const to = from + length;
    if (to > this.block.length) return new Int32Array(length);
    this.taken = to;
    return this.block.subarray(from, to);
  }
}

/** A longer copy, zeros behind. */
export function grown(items: Int32Array, capacity: number): Int32Array {
  const longer = new Int32Array(capacity);
  longer.set(items);
  return longer;
}
