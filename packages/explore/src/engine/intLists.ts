import { finish, mix } from '@holdfast/plain';
import { Ints } from './ints.ts';
import type { Agreement, Numbered } from './share/numbered.ts';

const FULLEST = 0.6;

/** Gives every distinct list of integers a small number; 0 is the empty list. */
export class IntLists implements Numbered {
  /** The length of the longest list so far. */
  longest = 0;
  private readonly starts = new Ints(64);
  private readonly items = new Ints(256);
  private table: Int32Array = new Int32Array(256).fill(-1);
  private agreement: Agreement | undefined;

  constructor() {
    this.starts.push(0);
    this.intern([]);
  }

  get size(): number {
    return this.starts.length - 1;
  }

  get bytes(): number {
    return this.starts.bytes + this.items.bytes + this.table.byteLength;
  }

  /** The number of a list; a new one if it was never seen. */
  intern(list: ArrayLike<number>, from = 0, to: number = list.length): number {
    const slot = this.slotOf(list, from, to);
    const there = this.table[slot] as number;
    if (there !== -1) return there;
    if (this.agreement === undefined) return this.append(list, from, to, slot);
    return this.agreement.claim(
      () => this.table[this.slotOf(list, from, to)] as number,
      () => Array.from({ length: to - from }, (_, i) => list[from + i] as number),
      () => this.append(list, from, to, this.slotOf(list, from, to)),
    );
  }

  entry(id: number): ArrayLike<number> {
    return this.toArray(id);
  }

  adopt(words: Int32Array, from: number, to: number): void {
    this.append(words, from, to, this.slotOf(words, from, to));
  }

  share(agreement: Agreement): void {
    this.agreement = agreement;
  }

  /** Where a list is in the table, or would go. */
  private slotOf(list: ArrayLike<number>, from: number, to: number): number {
    const { table } = this;
    const mask = table.length - 1;
    let slot = hashList(list, from, to) & mask;
    for (;;) {
      const there = table[slot] as number;
      if (there === -1 || this.equals(there, list, from, to)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  length(id: number): number {
    return this.starts.at(id + 1) - this.starts.at(id);
  }

  item(id: number, position: number): number {
    return this.items.at(this.starts.at(id) + position);
  }

  toArray(id: number): number[] {
    const { words } = this.items;
    const list: number[] = [];
    const end = this.starts.at(id + 1);
    for (let at = this.starts.at(id); at < end; at++) list.push(words[at] as number);
    return list;
  }

  private append(list: ArrayLike<number>, from: number, to: number, slot: number): number {
    const id = this.size;
    this.longest = Math.max(this.longest, to - from);
    for (let i = from; i < to; i++) this.items.push(list[i] as number);
    this.starts.push(this.items.length);
    this.table[slot] = id;
    if (this.size > this.table.length * FULLEST) this.grow();
    return id;
  }

  private equals(id: number, list: ArrayLike<number>, from: number, to: number): boolean {
    const start = this.starts.at(id);
    if (this.starts.at(id + 1) - start !== to - from) return false;
    const { words } = this.items;
    for (let i = from; i < to; i++) if (words[start + i - from] !== list[i]) return false;
    return true;
  }

  private grow(): void {
    const table = new Int32Array(2 * this.table.length).fill(-1);
    const mask = table.length - 1;
    const { words } = this.items;
    for (let id = 0; id < this.size; id++) {
      let slot = hashList(words, this.starts.at(id), this.starts.at(id + 1)) & mask;
      while (table[slot] !== -1) slot = (slot + 1) & mask;
      table[slot] = id;
    }
    this.table = table;
  }
}

function hashList(list: ArrayLike<number>, from: number, to: number): number {
  let h = to - from;
  for (let i = from; i < to; i++) h = mix(h, list[i] as number);
  return finish(h);
}
