import type { Decisions } from './decisions.ts';

/** Values below this have an entry of their own. */
const NARROW = 16;
const BITS = 32;

/**
 * Which actions may be enabled in a state, told by the part that each reads first: most are not, and need not be looked at one by one. Bits
 * of all actions, for each such part and each value of it; made when they are first needed, and anew once more is known of what actions read.
 */
export class LiveActions {
  /** Per 32 actions their bits, after `find`. */
  readonly bits: Int32Array;
  private readonly decisions: Decisions;
  private readonly count: number;
  private readonly disabled: number;
  private readonly width: number;
  /** Actions of which it is not known what they read first, or that read nothing. */
  private readonly others: Int32Array;
  /** Parts that some action reads first. */
  private parts: Int32Array = new Int32Array(0);
  /** Per such part and value, whether its bits are known, and they. */
  private known: Uint8Array = new Uint8Array(0);
  private masks: Int32Array = new Int32Array(0);
  private version = -1;

  /** Of the programs of `decisions` the first `count`; `disabled` is the code of those that are not enabled. */
  constructor(decisions: Decisions, count: number, disabled: number) {
    this.decisions = decisions;
    this.count = count;
    this.disabled = disabled;
    this.width = Math.ceil(count / BITS);
    this.bits = new Int32Array(this.width);
    this.others = new Int32Array(this.width);
  }

  get bytes(): number {
    return this.masks.byteLength;
  }

  /** Puts the bits for a state into `bits`. */
  find(words: Int32Array, from: number): void {
    if (this.version !== this.decisions.firstReads) this.renew();
    const { bits, parts, known, masks, width, others } = this;
    for (let word = 0; word < width; word++) bits[word] = others[word] as number;
    for (let i = 0; i < parts.length; i++) {
      const id = words[from + (parts[i] as number)] as number;
      const entry = i * (NARROW + 1) + (id < NARROW ? id : NARROW);
      if (known[entry] === 0) this.make(i, entry, id);
      const at = entry * width;
      for (let word = 0; word < width; word++)
        bits[word] = (bits[word] as number) | (masks[at + word] as number);
    }
  }

  private renew(): void {
    const { decisions, others } = this;
    this.version = decisions.firstReads;
    const parts = new Set<number>();
    others.fill(0);
    for (let action = 0; action < this.count; action++) {
      const part = decisions.firstPart(action);
      if (part >= 0) parts.add(part);
      else set(others, 0, action);
    }
    this.parts = Int32Array.from(parts);
    this.known = new Uint8Array(parts.size * (NARROW + 1));
    this.masks = new Int32Array(this.known.length * this.width);
  }

  /** The entry for a value of a part; one for all values that have none of their own. */
  private make(part: number, entry: number, id: number): void {
    const { decisions } = this;
    this.known[entry] = 1;
    for (let action = 0; action < this.count; action++) {
      if (decisions.firstPart(action) !== this.parts[part]) continue;
      if (id < NARROW && decisions.afterFirst(action, id) === this.disabled) continue;
      set(this.masks, entry * this.width, action);
    }
  }
}

function set(bits: Int32Array, at: number, action: number): void {
  const word = at + Math.floor(action / BITS);
  bits[word] = (bits[word] as number) | (1 << (action % BITS));
}
