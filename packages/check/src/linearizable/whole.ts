import { mix } from '@holdfast/plain';
import { type Arena, grown } from './ints.ts';
import { PairMap } from './pairMap.ts';
import type { Rules } from './rules.ts';

const FIRST_STATES = 64;

/**
 * Several objects judged as one. A state is the row of the objects' states; an operation changes one place of the
 * row. Rows are kept once each, so a transition costs no more than for a single object.
 */
export class WholeRules implements Rules {
  readonly initial: number;
  readonly observes: Int32Array;
  readonly overwrites: Int32Array;
  private readonly single: Rules;
  /** The object of each class. */
  private readonly objectOf: Int32Array;
  private readonly width: number;
  private readonly known: PairMap;
  private rows: Int32Array;
  private slots: Int32Array;
  private count = 0;

  /** `single` are the rules of one object, `objectOf` the object of each class, of `width` objects. */
  constructor(single: Rules, objectOf: Int32Array, width: number, arena: Arena) {
    this.single = single;
    this.objectOf = objectOf;
    this.width = width;
    this.observes = single.observes;
    // What overwrites one object leaves the others as they are.
    this.overwrites = arena.take(objectOf.length);
    this.known = new PairMap(arena, objectOf.length);
    this.rows = new Int32Array(width * (FIRST_STATES + 1));
    this.slots = new Int32Array(FIRST_STATES * 2);
    this.rows.fill(single.initial, 0, width);
    this.initial = this.place();
  }

  /** The state of one object within a state of all. */
  stateOf(s: number, object: number): number {
    return this.rows[s * this.width + object] as number;
  }

  next(s: number, c: number): number {
    const object = this.objectOf[c] as number;
    const before = this.stateOf(s, object);
    const after = this.single.next(before, c);
    if (after === -1 || after === before) return after === -1 ? -1 : s;
    const known = this.known.get(s, c);
    if (known !== 0) return known - 1;
    const draft = this.count * this.width;
    this.rows.copyWithin(draft, s * this.width, (s + 1) * this.width);
    this.rows[draft + object] = after;
    const t = this.place();
    this.known.set(s, c, t + 1);
    return t;
  }

  /** The number of the row drafted behind the last one, given out when it is new. */
  private place(): number {
    const last = this.slots.length - 1;
    let at = this.hash(this.count) & last;
    for (; this.slots[at] !== 0; at = (at + 1) & last) {
      const s = (this.slots[at] as number) - 1;
      if (this.isSame(s, this.count)) return s;
    }
    this.slots[at] = ++this.count;
    if ((this.count + 1) * this.width > this.rows.length) this.rows = grown(this.rows, this.rows.length * 2);
    if (this.count * 2 > this.slots.length) this.rehash();
    return this.count - 1;
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    const last = this.slots.length - 1;
    for (let s = 0; s < this.count; s++) {
      let at = this.hash(s) & last;
      while (this.slots[at] !== 0) at = (at + 1) & last;
      this.slots[at] = s + 1;
    }
  }

  private isSame(s: number, t: number): boolean {
    const { rows, width } = this;
    for (let k = 0; k < width; k++) if (rows[s * width + k] !== rows[t * width + k]) return false;
    return true;
  }

  private hash(s: number): number {
    const { rows, width } = this;
    let h = 0;
    for (let k = 0; k < width; k++) h = mix(h, rows[s * width + k] as number);
    return h ^ (h >>> 15);
  }
}
