import { grown } from '../linearizable/ints.ts';

const FIRST_CAPACITY = 16;

/** Orders of writes found beside those of the sessions: `from` comes before `to`, because of what `read` saw. */
export class Edges {
  length = 0;
  from: Int32Array = new Int32Array(FIRST_CAPACITY);
  to: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** The read that shows it. */
  read: Int32Array = new Int32Array(FIRST_CAPACITY);

  /** Forgets all of them. */
  clear(): void {
    this.length = 0;
  }

  add(from: number, to: number, read: number): void {
    if (this.length === this.from.length) {
      this.from = grown(this.from, this.length * 2);
      this.to = grown(this.to, this.length * 2);
      this.read = grown(this.read, this.length * 2);
    }
    this.from[this.length] = from;
    this.to[this.length] = to;
    this.read[this.length++] = read;
  }
}
