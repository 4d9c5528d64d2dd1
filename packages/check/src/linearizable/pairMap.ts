import type { Arena } from './ints.ts';

const FIRST_CAPACITY = 32;

/** Open addressing from pairs of small numbers to a positive number; 0 means absent. */
export class PairMap {
  private keys: Int32Array;
  private cells: Int32Array;
  private used = 0;

  constructor(arena: Arena, capacity: number = FIRST_CAPACITY) {
    this.keys = arena.take(2 * capacity);
    this.cells = arena.take(capacity);
  }

  get(a: number, b: number): number {
    return this.cells[this.find(a, b)] as number;
  }

  /** Sets the cell of a pair to a number above 0. */
  set(a: number, b: number, cell: number): void {
    let at = this.find(a, b);
    if (this.cells[at] === 0) {
      if (this.used * 2 >= this.cells.length) {
        this.grow();
        at = this.find(a, b);
      }
      this.used++;
    }
    this.keys[2 * at] = a;
    this.keys[2 * at + 1] = b;
    this.cells[at] = cell;
  }

  private find(a: number, b: number): number {
    const { keys, cells } = this;
    const last = cells.length - 1;
    let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77);
    h ^= h >>> 15;
    let at = h & last;
    while (cells[at] !== 0 && (keys[2 * at] !== a || keys[2 * at + 1] !== b)) at = (at + 1) & last;
    return at;
  }

  private grow(): void {
    const { keys, cells } = this;
    this.keys = new Int32Array(keys.length * 2);
    this.cells = new Int32Array(cells.length * 2);
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] as number;
      if (cell === 0) continue;
      const a = keys[2 * i] as number;
      const b = keys[2 * i + 1] as number;
      const at = this.find(a, b);
      this.keys[2 * at] = a;
      this.keys[2 * at + 1] = b;
      this.cells[at] = cell;
    }
  }
}
