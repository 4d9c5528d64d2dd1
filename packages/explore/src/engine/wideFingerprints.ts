import { finish, mix } from '@holdfast/plain';

/** Beyond this share of its slots in use a table grows. */
const FULLEST = 0.7;
const WIDTH = 3;

/**
 * The set of states seen, each as a 96-bit fingerprint: the 64 bits that spaces keep up to date, and 32 more of the whole vector, mixed in
 * another way. For spaces so large that 64 bits leave doubt.
 */
export class WideFingerprints {
  size = 0;
  private table: Int32Array;
  private mask: number;

  constructor(capacity: number = 1 << 12) {
    this.table = new Int32Array(WIDTH * capacity);
    this.mask = capacity - 1;
  }

  get bytes(): number {
    return this.table.byteLength;
  }

  /** The table as it is, for saving. */
  get words(): Int32Array {
    return this.table;
  }

  /** A set as it was saved. */
  static restored([words = new Int32Array(0)]: readonly Int32Array[]): WideFingerprints {
    const set = new WideFingerprints(2);
    set.table = words;
    set.mask = words.length / WIDTH - 1;
    for (let at = 0; at < words.length; at += WIDTH)
      if (words[at] !== 0 || words[at + 1] !== 0 || words[at + 2] !== 0) set.size++;
    return set;
  }

  /** Adds a state given by its 64-bit fingerprint and its vector; false when it was there. */
  add(low: number, high: number, vector: Int32Array, from: number, to: number): boolean {
    return this.insert(low, high, thirdOf(vector, from, to));
  }

  /** Adds a fingerprint. */
  insert(low: number, high: number, third: number): boolean {
    const { table, mask } = this;
    // All three words zero mark an empty slot.
    const first = low === 0 && high === 0 && third === 0 ? 1 : low;
    let slot = (first ^ (high >>> 7)) & mask;
    for (;;) {
      const at = WIDTH * slot;
      const [a, b, c] = [table[at] as number, table[at + 1] as number, table[at + 2] as number];
      if (a === first && b === high && c === third) return false;
      if (a === 0 && b === 0 && c === 0) {
        table[at] = first;
        table[at + 1] = high;
        table[at + 2] = third;
        if (++this.size > (mask + 1) * FULLEST) this.grow();
        return true;
      }
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const old = this.table;
    const capacity = 2 * (this.mask + 1);
    this.table = new Int32Array(WIDTH * capacity);
    this.mask = capacity - 1;
    this.size = 0;
    for (let at = 0; at < old.length; at += WIDTH) {
      const [a, b, c] = [old[at] as number, old[at + 1] as number, old[at + 2] as number];
      if (a !== 0 || b !== 0 || c !== 0) this.insert(a, b, c);
    }
  }
}

/** The third word: of the vector as it lies there, in order. Equal states have equal vectors. */
function thirdOf(vector: Int32Array, from: number, to: number): number {
  let h = (to - from) ^ 0x2545f491;
  for (let i = from; i < to; i++) h = mix(h, vector[i] as number);
  return finish(h);
}
