import { encodePlain } from '@holdfast/plain';

/** Gives each distinct plain value a small number, dense from 0; equal values get the same one. */
export class Interner {
  /** The values, by number. */
  readonly values: unknown[] = [];
  private readonly simple = new Map<unknown, number>();
  private readonly structured = new Map<string, number>();

  /** The number of a value, given out when it is new. */
  idOf(value: unknown): number {
    if (typeof value !== 'object' || value === null) {
      const key = value === undefined ? null : value;
      const known = this.simple.get(key);
      if (known !== undefined) return known;
      const id = this.values.push(value) - 1;
      this.simple.set(key, id);
      return id;
    }
    const text = encodePlain(value);
    const known = this.structured.get(text);
    if (known !== undefined) return known;
    const id = this.values.push(value) - 1;
    this.structured.set(text, id);
    return id;
  }
}

/** Gives each distinct pair of small numbers a small number, dense from 0. */
export class PairTable {
  private readonly rows = new Map<number, number>();

  /** The number of the pair; `a` below 2^26 and `b` below 2^27. */
  idOf(a: number, b: number): number {
    const key = a * 0x800_0000 + b;
    const known = this.rows.get(key);
    if (known !== undefined) return known;
    const id = this.rows.size;
    this.rows.set(key, id);
    return id;
  }
}
