import { type Arena, grown } from './ints.ts';
import type { UsedSets } from './usedSets.ts';

const FIXED_WORDS = 3;
const FIRST_SLOTS = 64;

/**
 * Configurations the search need not enter again: event position, state, mask of linearized live operations, and the unknown
 * operations used. With `dominance` an entry that used fewer unknown operations covers those that used more.
 * Open addressing over flat integers; exact, never by hash alone.
 */
export class Memo {
  private readonly maskWords: number;
  private readonly entryWords: number;
  private readonly dominance: boolean;
  private readonly used: UsedSets;
  private entries: Int32Array;
  private slots: Int32Array;
  private count = 0;

  constructor(maskWords: number, used: UsedSets, dominance: boolean, arena: Arena) {
    this.maskWords = maskWords;
    this.entryWords = FIXED_WORDS + maskWords;
    this.used = used;
    this.dominance = dominance;
    this.entries = arena.take(this.entryWords * (FIRST_SLOTS / 2));
    this.slots = arena.take(FIRST_SLOTS);
  }

  /** How many configurations are remembered. */
  get size(): number {
    return this.count;
  }

  /** True when the configuration is covered by one seen before; else remembers it. `mask` is not kept. */
  seen(event: number, state: number, mask: Int32Array): boolean {
    const { used, slots } = this;
    const last = slots.length - 1;
    let at = this.hash(event, state, mask) & last;
    for (; ; at = (at + 1) & last) {
      const slot = slots[at] as number;
      if (slot === 0) break;
      const base = (slot - 1) * this.entryWords;
      if (!this.equals(base, event, state, mask)) continue;
      const node = this.entries[base + 2] as number;
      if (this.dominance ? used.within(node) : used.same(node)) return true;
    }
    this.insert(at, event, state, mask);
    return false;
  }

  private equals(base: number, event: number, state: number, mask: Int32Array): boolean {
    const { entries } = this;
    if (entries[base] !== event || entries[base + 1] !== state) return false;
    for (let w = 0; w < this.maskWords; w++) if (entries[base + FIXED_WORDS + w] !== mask[w]) return false;
    return true;
  }

  private insert(slot: number, event: number, state: number, mask: Int32Array): void {
    const base = this.count * this.entryWords;
    if (base + this.entryWords > this.entries.length)
      this.entries = grown(this.entries, this.entries.length * 2);
    const { entries } = this;
    entries[base] = event;
    entries[base + 1] = state;
    entries[base + 2] = this.used.remember();
    for (let w = 0; w < this.maskWords; w++) entries[base + FIXED_WORDS + w] = mask[w] as number;
    this.slots[slot] = ++this.count;
    if (this.count * 2 > this.slots.length) this.rehash();
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const last = slots.length - 1;
    for (let i = 0; i < this.count; i++) {
      const base = i * this.entryWords;
      const mask = this.entries.subarray(base + FIXED_WORDS, base + this.entryWords);
      let at = this.hash(this.entries[base] as number, this.entries[base + 1] as number, mask) & last;
      while (slots[at] !== 0) at = (at + 1) & last;
      slots[at] = i + 1;
    }
    this.slots = slots;
  }

  private hash(event: number, state: number, mask: Int32Array): number {
    let h = Math.imul(event, 0x9e3779b1) ^ Math.imul(state, 0x85ebca77);
    for (let w = 0; w < this.maskWords; w++) h = Math.imul(h ^ (h >>> 15) ^ (mask[w] as number), 0x2c1b3c6d);
    h ^= h >>> 13;
    h = Math.imul(h, 0x297a2d39);
    return h ^ (h >>> 16);
  }
}
