import type { Slot } from './eventQueue.ts';

/** Drained entries are cut off once there are this many and they are at least half of the array. */
const COMPACT_AT = 1024;

/** Events held back at one host, first in, first out; constant time per event however long it grows. */
export class Backlog {
  private slots: Slot[] = [];
  private head = 0;

  /** How many events wait. */
  get size(): number {
    return this.slots.length - this.head;
  }

  /** Puts an event behind all that wait. */
  push(slot: Slot): void {
    this.slots.push(slot);
  }

  /** Takes the event that waits longest; -1 when none does. */
  shift(): Slot {
    const slot = this.slots[this.head];
    if (slot === undefined) return -1;
    this.head++;
    if (this.head === this.slots.length) {
      this.slots.length = 0;
      this.head = 0;
    } else if (this.head >= COMPACT_AT && this.head * 2 >= this.slots.length) {
      this.slots = this.slots.slice(this.head);
      this.head = 0;
    }
    return slot;
  }
}
