import type { Fingerprints } from './fingerprints.ts';
import { type Space, SUCCESSOR_WORDS, type Successors } from './space.ts';
import { STATE_HEAD as HEAD } from './stateHead.ts';

/** States and steps that are worked out before the first of them is followed, so that memory can be asked for many at once. */
const MOST_STATES = 64;
const MOST_STEPS = 64;

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

  /** Works out the steps of at most so many of the states that lie between two places; `out` then holds them all. */
  fill(space: Space, out: Successors, words: Int32Array, start: number, end: number, most: number): void {
    const { froms, ends, idles } = this;
    const ahead = space.lookahead ? Math.min(most, MOST_STATES) : 1;
    out.clear();
    let count = 0;
    for (let at = start; at < end && count < ahead && out.count < MOST_STEPS; count++) {
      const from = at + HEAD;
      const to = from + (words[at] as number);
      froms[count] = from;
      space.expand(words, from, to, words[at + 1] as number, words[at + 2] as number, out);
      ends[count] = out.count;
      idles[count] = out.idle;
      at = to;
    }
    this.count = count;
  }

  /** Leaves out steps to states that were met lately. */
  sift(seen: Fingerprints, out: Successors): void {
    if (out.count > this.fresh.length) this.fresh = new Int32Array(2 * out.count);
    this.freshCount = seen.sift(out.rows, out.count, SUCCESSOR_WORDS, this.fresh);
  }
}
