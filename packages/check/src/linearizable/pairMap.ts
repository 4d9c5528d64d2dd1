import type { Arena } from './ints.ts';

const LEAST_CAPACITY = 16;
const MOST_CAPACITY = 4096;
const STRIDE = 3;

/** Open addressing from pairs of small numbers to a positive number; 0 means absent. */
export class PairMap {
  /** Triples of the pair and its number. */
  private cells: Int32Array;
  private mask: number;
  private used = 0;

  /** `expected` pairs go in without growing, within reason. */
  constructor(arena: Arena, expected = 0) {
    const wanted = Math.min(Math.max(LEAST_CAPACITY, 2 * expected), MOST_CAPACITY);
    const capacity = 2 ** Math.ceil(Math.log2(wanted));
    this.cells = arena.take(STRIDE * capacity);
    this.mask = capacity - 1;
  }

  get(a: number, b: number): number {
    return this.cells[this.find(a, b) + 2] as number;
  }

  /** Sets the number of a pair, above 0. */
  set(a: number, b: number, value: number): void {
    let at = this.find(a, b);
    if (this.cells[at + 2] === 0) {
      if (this.used * 2 > this.mask) {
        this.grow();
        at = this.find(a, b);
      }
      this.used++;
    }
    this.cells[at] = a;
    this.cells[at + 1] = b;
    this.cells[at + 2] = value;
  }

  /** Where the pair is, or where it would go. */
  private find(a: number, b: number): number {
    const { cells, mask } = this;
    let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77);
    h ^= h >>> 15;
    let slot = h & mask;
    let at = slot * STRIDE;
    while (cells[at + 2] !== 0 && (cells[at] !== a || cells[at + 1] !== b)) {
      slot = (slot + 1) & mask;
      at = slot * STRIDE;
    }
    return at;
  }

  private grow(): void {
    const { cells } = this;
    this.cells = new Int32Array(cells.length * 2);
    this.mask = this.mask * 2 + 1;
    for (let from = 0; from < cells.length; from += STRIDE) {
      const value = cells[from + 2] as number;
      if (value === 0) continue;
      const a = cells[from] as number;
      const b = cells[from + 1] as number;
      const at = this.find(a, b);
      this.cells[at] = a;
      this.cells[at + 1] = b;
      this.cells[at + 2] = value;
    }
  }
}
