import { finish, mix } from '@holdfast/plain';

/** Marks an empty place and the end of a chain. */
export const NONE = -1;

/**
 * The live dots of a large set, in typed arrays: slot i is the dot (`actors[i]`, `counters[i]`), `next[i]` the next
 * slot of the same element. A hash table finds the slot of a dot. Freed slots are used again; memory follows the
 * largest number of dots that were ever live at once. Mutable.
 */
export class DotIndex {
  actors: Int32Array = new Int32Array(16);
  counters: Float64Array = new Float64Array(16);
  next: Int32Array = new Int32Array(16);
  /** Live dots. */
  size = 0;
  private free: number = NONE;
  private used = 0;
  private table: Int32Array = new Int32Array(32).fill(NONE);

  /** The slot of a dot, or `NONE`. */
  find(actor: number, counter: number): number {
    const mask = this.table.length - 1;
    for (let at = home(actor, counter) & mask; ; at = (at + 1) & mask) {
      const slot = this.table[at] as number;
      if (slot === NONE || (this.actors[slot] === actor && this.counters[slot] === counter)) return slot;
    }
  }

  /** Takes a slot for a dot that is not in; `next` is the slot that follows it in its element's chain. */
  insert(actor: number, counter: number, next: number): number {
    const slot = this.take();
    this.actors[slot] = actor;
    this.counters[slot] = counter;
    this.next[slot] = next;
    this.size++;
    if (this.size * 2 > this.table.length) this.rehash(this.table.length * 2);
    else this.place(slot);
    return slot;
  }

  /** Frees a slot that is in, closing the gap in the table. */
  remove(slot: number): void {
    const mask = this.table.length - 1;
    let at = this.homeOf(slot) & mask;
    while (this.table[at] !== slot) at = (at + 1) & mask;
    for (let probe = (at + 1) & mask; this.table[probe] !== NONE; probe = (probe + 1) & mask) {
      const wanted = this.homeOf(this.table[probe] as number) & mask;
      // The entry may move back only if its home is not between the gap and where it stands.
      if (((probe - wanted) & mask) < ((probe - at) & mask)) continue;
      this.table[at] = this.table[probe] as number;
      at = probe;
    }
    this.table[at] = NONE;
    this.next[slot] = this.free;
    this.free = slot;
    this.actors[slot] = NONE;
    this.size--;
  }

  /** Calls `visit` with every live slot. */
  forEach(visit: (slot: number) => void): void {
    for (let slot = 0; slot < this.used; slot++) if (this.actors[slot] !== NONE) visit(slot);
  }

  private take(): number {
    if (this.free !== NONE) {
      const slot = this.free;
      this.free = this.next[slot] as number;
      return slot;
    }
    if (this.used === this.actors.length) this.grow();
    return this.used++;
  }

  private grow(): void {
    const length = this.actors.length * 2;
    const { actors, counters, next } = this;
    this.actors = new Int32Array(length);
    this.actors.set(actors);
    this.counters = new Float64Array(length);
    this.counters.set(counters);
    this.next = new Int32Array(length);
    this.next.set(next);
  }

  private rehash(length: number): void {
    this.table = new Int32Array(length).fill(NONE);
    this.forEach((slot) => this.place(slot));
  }

  private place(slot: number): void {
    const mask = this.table.length - 1;
    let at = this.homeOf(slot) & mask;
    while (this.table[at] !== NONE) at = (at + 1) & mask;
    this.table[at] = slot;
  }

  private homeOf(slot: number): number {
    return home(this.actors[slot] as number, this.counters[slot] as number);
  }
}

function home(actor: number, counter: number): number {
  return finish(mix(mix(actor, counter | 0), Math.floor(counter / 0x1_0000_0000))) >>> 0;
}
