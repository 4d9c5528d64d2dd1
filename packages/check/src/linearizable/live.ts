import type { Arena } from './ints.ts';

/**
 * The operations open at a point of the history, by invocation, and which of them are placed. They form a ring of links
 * through `none`; leaving it keeps the links of what leaves, so that it can come back to its place as long as everything
 * done since is undone first. Whether one is placed is a bit of the slot it holds from invocation to return.
 */
export class LiveOperations {
  /** The number that stands for no operation, where the ring begins and ends. */
  readonly none: number;
  /** The next older open operation; of `none` the youngest. */
  readonly older: Int32Array;
  /** How many are open. */
  size = 0;
  /** The slots of placed operations, for the memo. */
  readonly placedSlots: Int32Array;
  private readonly younger: Int32Array;
  private readonly slotOf: Int32Array;

  /** Operations are numbered by their place in `slotOf`, which gives each its slot, of `slots`. */
  constructor(slotOf: Int32Array, slots: number, arena: Arena) {
    this.none = slotOf.length;
    this.slotOf = slotOf;
    this.older = arena.take(this.none + 1);
    this.younger = arena.take(this.none + 1);
    this.older[this.none] = this.none;
    this.younger[this.none] = this.none;
    this.placedSlots = arena.take(Math.max(1, (slots + 31) >> 5));
  }

  /** Of an open operation. */
  isPlaced(i: number): boolean {
    const slot = this.slotOf[i] as number;
    return ((this.placedSlots[slot >> 5] as number) & (1 << (slot & 31))) !== 0;
  }

  place(i: number): void {
    const slot = this.slotOf[i] as number;
    this.placedSlots[slot >> 5] = (this.placedSlots[slot >> 5] as number) | (1 << (slot & 31));
  }

  /** Undoes `place`. */
  takeBack(i: number): void {
    const slot = this.slotOf[i] as number;
    this.placedSlots[slot >> 5] = (this.placedSlots[slot >> 5] as number) & ~(1 << (slot & 31));
  }

  /** The operation is invoked: it is the youngest, and not placed. */
  enter(i: number): void {
    this.size++;
    const { none, older, younger } = this;
    const before = older[none] as number;
    older[i] = before;
    younger[i] = none;
    younger[before] = i;
    older[none] = i;
  }

  /** The operation, placed, returns; or its invocation is undone. */
  leave(i: number): void {
    this.size--;
    this.takeBack(i);
    const before = this.older[i] as number;
    const behind = this.younger[i] as number;
    this.younger[before] = behind;
    this.older[behind] = before;
  }

  /** Undoes the return of a placed operation, provided that all since has been undone. */
  comeBack(i: number): void {
    this.size++;
    this.younger[this.older[i] as number] = i;
    this.older[this.younger[i] as number] = i;
    this.place(i);
  }

  /** True when another open operation of the same class, not placed, returns before `i` does. */
  hasEarlierTwin(i: number, of: { readonly classOf: Int32Array; readonly returnAt: Int32Array }): boolean {
    const { classOf, returnAt } = of;
    const { none, older } = this;
    const c = classOf[i] as number;
    const returns = returnAt[i] as number;
    for (let other = older[none] as number; other !== none; other = older[other] as number) {
      if (classOf[other] === c && (returnAt[other] as number) < returns && !this.isPlaced(other)) return true;
    }
    return false;
  }

  /** The open operations, the youngest first. */
  list(): number[] {
    const found: number[] = [];
    for (let i = this.older[this.none] as number; i !== this.none; i = this.older[i] as number) found.push(i);
    return found;
  }
}
