import { FIRST_SLOTS, SegmentedTable } from '../segmentedTable.ts';
import { VISITS } from './visits.ts';

/**
 * The set of states seen, each with the fewest steps it was reached by: what a limit on the depth needs to be sound. A state met again
 * after fewer steps has more of its runs within the limit, so it has to be expanded again.
 */
export class ShallowFingerprints extends SegmentedTable {
  private readonly words: number;

  /** Of 96 bits where `wide`, else of 64. */
  constructor(wide: boolean, saved?: readonly Int32Array[]) {
    const words = wide ? 4 : 3;
    super(words, FIRST_SLOTS, Infinity);
    this.words = words;
    if (saved !== undefined) this.adopt(saved);
  }

  /** Notes a state, as `Visited.visit` does; `third` is of no meaning where fingerprints have 64 bits. */
  visit(low: number, high: number, third: number, steps: number): number {
    const { words } = this;
    // A slot is free when it begins with zeros.
    const first = low === 0 && high === 0 ? 1 : low;
    const segment = (high >>> 20) & this.mask;
    const table = this.segments[segment] as Int32Array;
    const last = words - 1;
    let at = words * Math.floor((first >>> 0) * (this.scales[segment] as number));
    for (;;) {
      const a = table[at] as number;
      const b = table[at + 1] as number;
      if (a === first && b === high && (words === 3 || table[at + 2] === third)) {
        const before = table[at + last] as number;
        if (before <= steps) return VISITS.known;
        table[at + last] = steps;
        return before;
      }
      if (a === 0 && b === 0) break;
      at += words;
      if (at === table.length) at = 0;
    }
    table[at] = first;
    table[at + 1] = high;
    if (words === 4) table[at + 2] = third;
    table[at + last] = steps;
    this.count(segment);
    return VISITS.fresh;
  }
}
