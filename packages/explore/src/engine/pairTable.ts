const FULLEST = 0.6;

/** A map from pairs of whole numbers, the first not negative, to whole numbers other than -1; the memory of memoised steps. */
export class PairTable {
  private rows: Int32Array;
  private mask: number;
  private used = 0;

  constructor(capacity = 256) {
    this.rows = new Int32Array(3 * capacity).fill(-1);
    this.mask = capacity - 1;
  }

  get size(): number {
    return this.used;
  }

  get bytes(): number {
    return this.rows.byteLength;
  }

  /** The value of a pair, or -1. */
  get(a: number, b: number): number {
    const { rows, mask } = this;
    let slot = place(a, b) & mask;
    for (;;) {
      const at = 3 * slot;
      const there = rows[at] as number;
      if (there === a && rows[at + 1] === b) return rows[at + 2] as number;
      if (there === -1) return -1;
      slot = (slot + 1) & mask;
    }
  }

  /** Gives a pair that has none yet its value. */
  set(a: number, b: number, value: number): void {
    if (++this.used > (this.mask + 1) * FULLEST) this.grow();
    this.insert(a, b, value);
  }

  private insert(a: number, b: number, value: number): void {
    const { rows, mask } = this;
    let slot = place(a, b) & mask;
    while (rows[3 * slot] !== -1) slot = (slot + 1) & mask;
    rows[3 * slot] = a;
    rows[3 * slot + 1] = b;
    rows[3 * slot + 2] = value;
  }

  private grow(): void {
    const old = this.rows;
    const capacity = 2 * (this.mask + 1);
    this.rows = new Int32Array(3 * capacity).fill(-1);
    this.mask = capacity - 1;
    for (let at = 0; at < old.length; at += 3) {
      const a = old[at] as number;
      if (a !== -1) this.insert(a, old[at + 1] as number, old[at + 2] as number);
    }
  }
}

function place(a: number, b: number): number {
  const x = Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca77);
  return x ^ (x >>> 15);
}
