const FIRST_BLOCK = 8192;
const LARGEST_BLOCK = 1 << 18;

/** Nothing. */
export const NO_INTEGERS: Int32Array = new Int32Array(0);

/** A zeroed block that nobody uses, or nothing. */
let spare: Int32Array = NO_INTEGERS;

/**
 * Hands out zeroed integer arrays cut from larger blocks. Small histories need some twenty short arrays for each of their
 * objects, and few blocks cost less to make, and to collect, than many.
 */
export class Arena {
  private block: Int32Array;
  private taken = 0;

  constructor() {
    this.block = spare;
    spare = NO_INTEGERS;
  }

  /** Nothing handed out is needed any more: the next arena begins with this one's block. */
  giveBack(): void {
    if (this.block.length !== FIRST_BLOCK) return;
    this.block.fill(0, 0, this.taken);
    spare = this.block;
    this.block = NO_INTEGERS;
  }

  take(length: number): Int32Array {
    if (length === 0) return NO_INTEGERS;
    const from = this.taken;
    const to = from + length;
    if (to > this.block.length) return this.takeFromNext(length);
    this.taken = to;
    return this.block.subarray(from, to);
  }

  private takeFromNext(length: number): Int32Array {
    const size = Math.min(LARGEST_BLOCK, Math.max(FIRST_BLOCK, this.block.length * 2));
    if (length * 4 > size) return new Int32Array(length);
    this.block = new Int32Array(size);
    this.taken = length;
    return this.block.subarray(0, length);
  }
}

/** A longer copy, zeros behind. */
export function grown(items: Int32Array, capacity: number): Int32Array {
  const longer = new Int32Array(capacity);
  longer.set(items);
  return longer;
}
