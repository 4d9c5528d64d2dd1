/** A list of 32-bit integers that grows by doubling. */
export class IntList {
  items: Int32Array;
  length = 0;

  constructor(capacity = 16) {
    this.items = new Int32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.items.length) this.items = grown(this.items, this.length * 2);
    this.items[this.length++] = value;
  }

  at(index: number): number {
    return this.items[index] as number;
  }
}

/** A longer copy, zeros behind. */
export function grown(items: Int32Array, capacity: number): Int32Array {
  const longer = new Int32Array(capacity);
  longer.set(items);
  return longer;
}
