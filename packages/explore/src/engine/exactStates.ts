import { Ints } from './ints.ts';

const FULLEST = 0.6;

/** The set of states seen, with every vector kept and compared: no two states are ever taken for one. Counts what a fingerprint would have confused. */
export class ExactStates {
  size = 0;
  /** States whose 64-bit fingerprint another state had before them. */
  confusions = 0;
  /** The number of the state that was asked about last. */
  last = 0;
  private readonly lows = new Ints(1024);
  private readonly highs = new Ints(1024);
  private readonly words = new Ints(4096);
  /** Offsets pass 2^31 only where memory has long ended. */
  private readonly starts = new Ints(1024);
  private table: Int32Array = new Int32Array(1 << 12).fill(-1);

  constructor() {
    this.starts.push(0);
  }

  get bytes(): number {
    const { lows, highs, words, starts, table } = this;
    return lows.bytes + highs.bytes + words.bytes + starts.bytes + table.byteLength;
  }

  /** Adds a state; false when it was there. */
  add(low: number, high: number, vector: Int32Array, from: number, to: number): boolean {
    const { table } = this;
    const mask = table.length - 1;
    let slot = (low ^ (high >>> 7)) & mask;
    let confused = false;
    for (;;) {
      const there = table[slot] as number;
      if (there === -1) break;
      if (this.lows.at(there) === low && this.highs.at(there) === high) {
        if (this.equals(there, vector, from, to)) {
          this.last = there;
          return false;
        }
        confused = true;
      }
      slot = (slot + 1) & mask;
    }
    if (confused) this.confusions++;
    this.last = this.size;
    table[slot] = this.size++;
    this.lows.push(low);
    this.highs.push(high);
    this.words.reserve(this.words.length + to - from);
    for (let i = from; i < to; i++) this.words.push(vector[i] as number);
    this.starts.push(this.words.length);
    if (this.size > table.length * FULLEST) this.grow();
    return true;
  }

  private equals(id: number, vector: Int32Array, from: number, to: number): boolean {
    const start = this.starts.at(id);
    if (this.starts.at(id + 1) - start !== to - from) return false;
    const { words } = this.words;
    for (let i = from; i < to; i++) if (words[start + i - from] !== vector[i]) return false;
    return true;
  }

  private grow(): void {
    const table = new Int32Array(2 * this.table.length).fill(-1);
    const mask = table.length - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = (this.lows.at(id) ^ (this.highs.at(id) >>> 7)) & mask;
      while (table[slot] !== -1) slot = (slot + 1) & mask;
      table[slot] = id;
    }
    this.table = table;
  }
}
