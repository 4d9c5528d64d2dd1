import { finish, mix } from '@holdfast/plain';
import { FIRST_SLOTS, SegmentedTable } from './segmentedTable.ts';

const WIDTH = 3;

/**
 * The set of states seen, each as a 96-bit fingerprint: the 64 bits that spaces keep up to date, and 32 more of the whole vector, mixed in
 * another way. For spaces so large that 64 bits leave doubt.
 */
export class WideFingerprints extends SegmentedTable {
  constructor() {
    super(WIDTH, FIRST_SLOTS, Infinity);
  }

  /** A set as it was saved. */
  static restored(tables: readonly Int32Array[]): WideFingerprints {
    const set = new WideFingerprints();
    set.adopt(tables);
    return set;
  }

  /** Adds a state given by its 64-bit fingerprint and its vector; false when it was there. */
  add(low: number, high: number, vector: Int32Array, from: number, to: number): boolean {
    return this.insert(low, high, thirdOf(vector, from, to));
  }

  /** Adds a fingerprint. */
  insert(low: number, high: number, third: number): boolean {
    // All three words zero mark a free slot.
    const first = low === 0 && high === 0 && third === 0 ? 1 : low;
    const segment = (high >>> 20) & this.mask;
    const table = this.segments[segment] as Int32Array;
    let at = WIDTH * Math.floor((first >>> 0) * (this.scales[segment] as number));
    for (;;) {
      const [a, b, c] = [table[at] as number, table[at + 1] as number, table[at + 2] as number];
      if (a === first && b === high && c === third) return false;
      if (a === 0 && b === 0 && c === 0) break;
      at += WIDTH;
      if (at === table.length) at = 0;
    }
    table[at] = first;
    table[at + 1] = high;
    table[at + 2] = third;
    this.count(segment);
    return true;
  }
}

/** The third word: of the vector as it lies there, in order. Equal states have equal vectors. */
export function thirdOf(vector: Int32Array, from: number, to: number): number {
  let h = (to - from) ^ 0x2545f491;
  for (let i = from; i < to; i++) h = mix(h, vector[i] as number);
  return finish(h);
}
