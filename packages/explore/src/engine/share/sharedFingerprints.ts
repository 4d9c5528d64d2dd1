import { CELLS } from './memory.ts';

/** A table fuller than this is made larger at the next meeting of the threads. */
const GROW_AT = 0.4;
/** No more are added to a table fuller than this. */
const FULLEST = 0.9;

/**
 * The fingerprints of all threads together, in memory they share: two 32-bit halves side by side, neither of them 0. A slot is claimed by
 * its low half and valid once its high half is there. It starts small and is made larger in place.
 */
export class SharedFingerprints {
  private readonly table: Int32Array;
  private readonly cells: Int32Array;
  private slots = 0;
  private mask = 0;

  constructor(memory: SharedArrayBuffer, cells: Int32Array) {
    this.table = new Int32Array(memory);
    this.cells = cells;
    this.refresh();
  }

  /** Bytes in use. */
  get bytes(): number {
    return 8 * this.slots;
  }

  /** After a meeting: the size may have changed. */
  refresh(): void {
    this.slots = Atomics.load(this.cells, CELLS.slots);
    this.mask = this.slots - 1;
  }

  /** Whether so many are too many for what there is: `grow`, or `full` when it cannot grow. */
  strain(states: number): 'none' | 'grow' | 'full' {
    if (states < this.slots * GROW_AT) return 'none';
    if (2 * this.slots <= this.table.length / 2) return 'grow';
    return states > this.slots * FULLEST ? 'full' : 'none';
  }

  /** Adds a fingerprint; false when some thread had it. */
  add(low: number, high: number): boolean {
    const { table, mask } = this;
    const l = low === 0 ? 1 : low;
    const h = high === 0 ? 1 : high;
    let slot = (l ^ (h >>> 7)) & mask;
    for (;;) {
      const at = slot << 1;
      let there = table[at] as number;
      // What was read plainly may be out of date only where it is still 0.
      if (there === 0) there = Atomics.compareExchange(table, at, 0, l);
      if (there === 0) {
        Atomics.store(table, at + 1, h);
        return true;
      }
      if (there === l && this.highAt(at + 1) === h) return false;
      slot = (slot + 1) & mask;
    }
  }

  /** The high half of a claimed slot; its thread is about to write it. */
  private highAt(at: number): number {
    let high = this.table[at] as number;
    while (high === 0) high = Atomics.load(this.table, at);
    return high;
  }

  /** Makes the table four times as large, or twice where there is no more room; only while nobody works. */
  grow(): void {
    const old = this.table.slice(0, 2 * this.slots);
    this.table.fill(0, 0, 2 * this.slots);
    Atomics.store(this.cells, CELLS.slots, Math.min(4 * this.slots, this.table.length / 2));
    this.refresh();
    const { table, mask } = this;
    for (let from = 0; from < old.length; from += 2) {
      const low = old[from] as number;
      if (low === 0) continue;
      const high = old[from + 1] as number;
      let slot = (low ^ (high >>> 7)) & mask;
      while (table[slot << 1] !== 0) slot = (slot + 1) & mask;
      table[slot << 1] = low;
      table[(slot << 1) + 1] = high;
    }
  }
}
