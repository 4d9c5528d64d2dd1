/** A list of 32-bit integers that grows. */
export class Ints {
  words: Int32Array;
  length = 0;

  constructor(capacity = 16) {
    this.words = new Int32Array(capacity);
  }

  /** Appends a value and answers its position. */
  push(value: number): number {
    if (this.length === this.words.length) this.reserve(this.length + 1);
    this.words[this.length] = value;
    return this.length++;
  }

  at(position: number): number {
    return this.words[position] as number;
  }

  /** Makes room for `capacity` values in all. */
  reserve(capacity: number): void {
    if (capacity <= this.words.length) return;
    let size = Math.max(16, this.words.length);
    while (size < capacity) size *= 2;
    const words = new Int32Array(size);
    words.set(this.words.subarray(0, this.length));
    this.words = words;
  }

  get bytes(): number {
    return this.words.byteLength;
  }
}
