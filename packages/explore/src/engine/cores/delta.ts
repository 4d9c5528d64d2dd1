import { BAG, mixHigh, mixLow } from '../mixing.ts';

/** What one step changes: slots of the vector, an envelope taken from the bag, envelopes put into it. */
export class Delta {
  count = 0;
  /** The envelope that leaves the bag; -1 for none. */
  removed = -1;
  added: Int32Array = new Int32Array(16);
  addedCount = 0;
  low = 0;
  high = 0;
  private readonly slots: Int32Array;
  private readonly values: Int32Array;

  /** `slots` is the most slots one step may change. */
  constructor(slots: number) {
    this.slots = new Int32Array(slots);
    this.values = new Int32Array(slots);
  }

  clear(): void {
    this.count = 0;
    this.removed = -1;
    this.addedCount = 0;
  }

  set(slot: number, value: number): void {
    const { slots, count } = this;
    for (let i = 0; i < count; i++) {
      if (slots[i] === slot) {
        this.values[i] = value;
        return;
      }
    }
    slots[count] = slot;
    this.values[count] = value;
    this.count++;
  }

  add(envelope: number): void {
    if (this.addedCount === this.added.length) {
      const added = new Int32Array(2 * this.added.length);
      added.set(this.added);
      this.added = added;
    }
    this.added[this.addedCount++] = envelope;
  }

  /** A slot's value with the changes so far. */
  get(words: Int32Array, from: number, slot: number): number {
    for (let i = 0; i < this.count; i++) if (this.slots[i] === slot) return this.values[i] as number;
    return words[from + slot] as number;
  }

  /** Puts the hash after the step into `low` and `high`. */
  rehash(words: Int32Array, from: number, low: number, high: number): void {
    let l = low;
    let h = high;
    for (let i = 0; i < this.count; i++) {
      const slot = this.slots[i] as number;
      const value = this.values[i] as number;
      const old = words[from + slot] as number;
      if (old === value) continue;
      l = (l + mixLow(slot, value) - mixLow(slot, old)) | 0;
      h = (h + mixHigh(slot, value) - mixHigh(slot, old)) | 0;
    }
    if (this.removed >= 0) {
      l = (l - mixLow(BAG, this.removed)) | 0;
      h = (h - mixHigh(BAG, this.removed)) | 0;
    }
    for (let i = 0; i < this.addedCount; i++) {
      const envelope = this.added[i] as number;
      l = (l + mixLow(BAG, envelope)) | 0;
      h = (h + mixHigh(BAG, envelope)) | 0;
    }
    this.low = l;
    this.high = h;
  }

  /** Writes the state after the step, the bag from `fixed` on sorted; answers its end. */
  write(words: Int32Array, from: number, to: number, fixed: number, target: Int32Array, at: number): number {
    let end = at;
    let removed = this.removed;
    for (let i = from; i < to; i++) {
      const word = words[i] as number;
      if (word === removed && i >= from + fixed) removed = -1;
      else target[end++] = word;
    }
    for (let i = 0; i < this.count; i++) target[at + (this.slots[i] as number)] = this.values[i] as number;
    for (let i = 0; i < this.addedCount; i++) {
      const envelope = this.added[i] as number;
      let place = end++;
      while (place > at + fixed && (target[place - 1] as number) > envelope) {
        target[place] = target[place - 1] as number;
        place--;
      }
      target[place] = envelope;
    }
    return end;
  }
}
