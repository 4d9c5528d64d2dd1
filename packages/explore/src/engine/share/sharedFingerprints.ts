import { Recent } from '../recent.ts';
import { TableFullError } from '../segmentedTable.ts';
import { CELLS } from './memory.ts';

/** A table fuller than this is made larger at the next meeting of the threads. */
const GROW_AT = 0.75;
/** No more are added to a table fuller than this. */
const FULLEST = 0.9;
/** Slots below which it becomes four times as large, from which on twice. */
const SMALL: number = 2 ** 20;
const SEGMENTS = 64;

/**
 * The fingerprints of all threads together, in memory they share: two 32-bit halves side by side, neither of them 0. A slot is claimed by
 * its low half and valid once its high half is there. The high half names one of 64 segments, the low one, as a share of 2^32, the place
 * within it: so the table is made larger in place, segment by segment, each gone through once from start to end.
 */
export class SharedFingerprints {
  private readonly table: Int32Array;
  private readonly cells: Int32Array;
  private readonly recent = new Recent();
  /** Words from one segment's beginning to the next one's. */
  private readonly spacing: number;
  /** Words of each segment that are in use. */
  private used = 0;
  /** Bits of the low half that do not name a slot. */
  private shift = 0;
  /** Keeps looks ahead from being optimised away. */
  private looked = 0;

  constructor(memory: SharedArrayBuffer, cells: Int32Array) {
    this.table = new Int32Array(memory);
    this.spacing = this.table.length / SEGMENTS;
    this.cells = cells;
    this.refresh();
  }

  /** Bytes in use. */
  get bytes(): number {
    return 8 * this.slots;
  }

  private get slots(): number {
    return (this.used / 2) * SEGMENTS;
  }

  /** After a meeting: the size may have changed. */
  refresh(): void {
    const slots = Atomics.load(this.cells, CELLS.slots) / SEGMENTS;
    this.used = 2 * slots;
    this.shift = 32 - Math.log2(slots);
  }

  /** Whether so many are too many for what there is: `grow`, or `full` when it cannot grow. */
  strain(states: number): 'none' | 'grow' | 'full' {
    const { slots } = this;
    if (states < slots * GROW_AT) return 'none';
    if (2 * slots <= this.table.length / 2) return 'grow';
    return states > slots * FULLEST ? 'full' : 'none';
  }

  /** Adds a fingerprint; false when some thread had it. Throws `TableFullError` where its segment has no room. */
  add(low: number, high: number): boolean {
    const { table } = this;
    const l = low === 0 ? 1 : low;
    const h = high === 0 ? 1 : high;
    const base = ((h >>> 20) & (SEGMENTS - 1)) * this.spacing;
    const end = base + this.used;
    const first = base + ((l >>> this.shift) << 1);
    let at = first;
    for (;;) {
      let there = table[at] as number;
      // What was read plainly may be out of date only where it is still 0.
      if (there === 0) there = Atomics.compareExchange(table, at, 0, l);
      if (there === 0) {
        Atomics.store(table, at + 1, h);
        return true;
      }
      if (there === l && this.highAt(at + 1) === h) return false;
      at += 2;
      if (at === end) at = base;
      if (at === first) throw new TableFullError(this.slots);
    }
  }

  /** The high half of a claimed slot; its thread is about to write it. */
  private highAt(at: number): number {
    let high = this.table[at] as number;
    while (high === 0) high = Atomics.load(this.table, at);
    return high;
  }

  /** As `Fingerprints.sift`: what this thread met lately is left out, for the rest memory is asked for many at once. */
  sift(rows: Int32Array, count: number, width: number, fresh: Int32Array): number {
    const { table, spacing, shift } = this;
    const kept = this.recent.sift(rows, count, width, fresh);
    let sum = 0;
    for (let i = 0; i < kept; i++) {
      const at = (fresh[i] as number) * width;
      const base = (((rows[at + 1] as number) >>> 20) & (SEGMENTS - 1)) * spacing;
      sum ^= table[base + (((rows[at] as number) >>> shift) << 1)] as number;
    }
    this.looked = sum;
    return kept;
  }

  /** Says that the table is larger from now on; only while nobody works. What is in it must be moved before anybody goes on. */
  enlarge(): void {
    const { slots, cells } = this;
    const larger = slots < SMALL ? 4 * slots : 2 * slots;
    Atomics.store(cells, CELLS.slotsBefore, slots);
    Atomics.store(cells, CELLS.moved, 0);
    Atomics.store(cells, CELLS.slots, Math.min(larger, this.table.length / 2));
  }

  /** Moves what is in segments that no other thread has taken to where it now belongs. */
  move(): void {
    const { cells } = this;
    const old = new Int32Array((2 * Atomics.load(cells, CELLS.slotsBefore)) / SEGMENTS);
    for (;;) {
      const segment = Atomics.add(cells, CELLS.moved, 1);
      if (segment >= SEGMENTS) return;
      this.spread(segment * this.spacing, old);
    }
  }

  /** Puts what is in the first words of a segment where it now belongs; `old` has room for it. */
  private spread(base: number, old: Int32Array): void {
    const { table, shift } = this;
    const end = base + this.used;
    old.set(table.subarray(base, base + old.length));
    // Beyond what it held, too: memory that is written before it is read is asked of the system once, not twice.
    table.fill(0, base, end);
    for (let from = 0; from < old.length; from += 2) {
      const low = old[from] as number;
      if (low === 0) continue;
      let at = base + ((low >>> shift) << 1);
      while (table[at] !== 0) {
        at += 2;
        if (at === end) at = base;
      }
      table[at] = low;
      table[at + 1] = old[from + 1] as number;
    }
  }
}
