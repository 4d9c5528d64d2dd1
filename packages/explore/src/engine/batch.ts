import { type Space, SUCCESSOR_WORDS, type Successors } from './space.ts';
import { STATE_HEAD as HEAD } from './stateHead.ts';

/** States and steps that are worked out before the first of them is followed, so that memory can be asked for many at once. */
const MOST_STATES = 64;
const MOST_STEPS = 64;

/** A set of fingerprints that may be asked for many at once: see `Fingerprints.sift`. */
export interface Sifting {
  sift(rows: Int32Array, count: number, width: number, fresh: Int32Array): number;
}

/** Some states that wait one after another, and their steps. */
export class Batch {
  /** How many states it has. */
  count = 0;
  /** Per state, where its vector begins. */
  readonly froms: Int32Array = new Int32Array(MOST_STATES);
  /** Per state, where its steps end, and how many steps back to the same state there are up to it. */
  readonly ends: Int32Array = new Int32Array(MOST_STATES);
  readonly idles: Int32Array = new Int32Array(MOST_STATES);
  /** Steps that may lead to a new state, in order, and how many. */
  fresh: Int32Array = new Int32Array(4 * MOST_STEPS);
  freshCount = 0;
  /** Where the state after the last one begins. */
  next = 0;

  /** Works out the steps of at most so many of the states that lie between two places; `out` then holds them all. */
  fill(space: Space, out: Successors, words: Int32Array, start: number, end: number, most: number): void {
    const { froms, ends, idles } = this;
    const ahead = Math.min(most, MOST_STATES);
    out.clear();
    let count = 0;
    let at = start;
    for (; at < end && count < ahead && out.count < MOST_STEPS; count++) {
      const from = at + HEAD;
      const to = from + (words[at] as number);
      froms[count] = from;
      space.expand(words, from, to, words[at + 1] as number, words[at + 2] as number, out);
      ends[count] = out.count;
      idles[count] = out.idle;
      at = to;
    }
    this.count = count;
    this.next = at;
  }

  /** Leaves out steps to states that were met lately. */
  sift(seen: Sifting, out: Successors): void {
    if (out.count > this.fresh.length) this.fresh = new Int32Array(2 * out.count);
    this.freshCount = seen.sift(out.rows, out.count, SUCCESSOR_WORDS, this.fresh);
  }
}
