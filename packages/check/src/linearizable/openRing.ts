import type { Arena } from './ints.ts';

/**
 * The operations open at a point of the history, by invocation: a ring of links through `none`. Removing leaves the links of
 * what is removed, so that it can be put back at its place as long as everything done since is undone first.
 */
export class OpenRing {
  /** The number that stands for no operation, where the ring begins and ends. */
  readonly none: number;
  /** The next older open operation; of `none` the youngest. */
  readonly older: Int32Array;
  private readonly younger: Int32Array;

  /** A ring for operations numbered below `count`. */
  constructor(count: number, arena: Arena) {
    this.none = count;
    this.older = arena.take(count + 1);
    this.younger = arena.take(count + 1);
    this.older[count] = count;
    this.younger[count] = count;
  }

  /** Adds the youngest. */
  add(i: number): void {
    const { none, older, younger } = this;
    const before = older[none] as number;
    older[i] = before;
    younger[i] = none;
    younger[before] = i;
    older[none] = i;
  }

  remove(i: number): void {
    const before = this.older[i] as number;
    const behind = this.younger[i] as number;
    this.younger[before] = behind;
    this.older[behind] = before;
  }

  /** Undoes `remove`, provided that all since has been undone. */
  putBack(i: number): void {
    this.younger[this.older[i] as number] = i;
    this.older[this.younger[i] as number] = i;
  }

  /** The open operations, the youngest first. */
  list(): number[] {
    const found: number[] = [];
    for (let i = this.older[this.none] as number; i !== this.none; i = this.older[i] as number) found.push(i);
    return found;
  }
}
