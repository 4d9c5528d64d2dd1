/**
 * The queue of future events: a 4-ary min-heap over pooled events in typed arrays, ordered by (time, sequence), so that events
 * due at the same microsecond happen in the order they were scheduled. No allocation per event.
 */

/** A place in the event pool. */
export type Slot = number;

const INITIAL_CAPACITY = 1024;
/** More events pending than any sane run needs: a run that gets here is leaking timers or messages. */
export const MAX_PENDING_EVENTS: number = 1 << 24;

/** Thrown when a run has more than `MAX_PENDING_EVENTS` events pending. */
export class TooManyEventsError extends RangeError {
  readonly code = 'TOO_MANY_EVENTS';
  constructor(pending: number) {
    super(
      `Cannot schedule an event as at most ${MAX_PENDING_EVENTS} may be pending: current number is ${pending}`,
    );
    this.name = 'TooManyEventsError';
  }
}

/** Events to come. A slot is readable from `push` until `release`; `pop` alone does not free it. */
export class EventQueue {
  /** Due time of each pooled event, microseconds. */
  time: Float64Array = new Float64Array(INITIAL_CAPACITY);
  /** Tie-break between events due at the same time. */
  sequence: Float64Array = new Float64Array(INITIAL_CAPACITY);
  /** Which use of the slot this is, once `identify` was asked; 0 before. A handle is stale when its identity differs. */
  identity: Float64Array = new Float64Array(INITIAL_CAPACITY);
  /** What to do: see `world/eventKinds.ts`. 0 marks a cancelled event. */
  kind: Uint8Array = new Uint8Array(INITIAL_CAPACITY);
  host: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Four integers whose meaning the kind gives. */
  a: Int32Array = new Int32Array(INITIAL_CAPACITY);
  b: Int32Array = new Int32Array(INITIAL_CAPACITY);
  c: Int32Array = new Int32Array(INITIAL_CAPACITY);
  d: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** A second time, for timers: when they are due on their host's own clock. */
  deadline: Float64Array = new Float64Array(INITIAL_CAPACITY);
  payload: unknown[] = [];

  private heap: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private free: Int32Array = new Int32Array(INITIAL_CAPACITY);
  private freeCount = 0;
  private used = 0;
  private capacity = INITIAL_CAPACITY;
  private nextSequence = 1;
  /** Events pending, cancelled ones included until they come up. */
  size = 0;

  /** Adds an event and returns its slot, valid until it is popped. */
  push(time: number, kind: number, host: number, a: number, b: number, c: number, payload: unknown): Slot {
    const slot = this.allocate();
    this.time[slot] = time;
    this.sequence[slot] = this.nextSequence++;
    this.kind[slot] = kind;
    this.host[slot] = host;
    this.a[slot] = a;
    this.b[slot] = b;
    this.c[slot] = c;
    this.d[slot] = -1;
    this.payload[slot] = payload;
    this.siftUp(this.size++, slot);
    return slot;
  }

  /** Names this use of the slot, for a handle by which the event can be cancelled. */
  identify(slot: Slot): number {
    const identity = this.sequence[slot] as number;
    this.identity[slot] = identity;
    return identity;
  }

  /** Puts a popped, not yet released slot back with a new time, behind everything already due then. */
  again(slot: Slot, time: number): void {
    this.time[slot] = time;
    this.sequence[slot] = this.nextSequence++;
    this.siftUp(this.size++, slot);
  }

  /** Cancels the event in this slot if it still is the one that had this identity. */
  cancel(slot: Slot, identity: number): void {
    if (this.identity[slot] !== identity) return;
    this.kind[slot] = 0;
    this.payload[slot] = undefined;
  }

  /** Due time of the earliest event; Infinity when there is none. */
  nextTime(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : (this.time[this.heap[0] as number] as number);
  }

  /** Takes the earliest event out of the order, or -1. The caller reads its fields, then calls `release`. */
  pop(): Slot {
    return this.popDue(Number.POSITIVE_INFINITY);
  }

  /** Like `pop`, but -1 too when the earliest event is due after `untilUs`. */
  popDue(untilUs: number): Slot {
    if (this.size === 0) return -1;
    const heap = this.heap;
    const top = heap[0] as number;
    if ((this.time[top] as number) > untilUs) return -1;
    const last = heap[--this.size] as number;
    if (this.size > 0) this.siftDown(last);
    return top;
  }

  /** Returns a popped slot to the pool. */
  release(slot: Slot): void {
    this.payload[slot] = undefined;
    this.identity[slot] = 0;
    this.free[this.freeCount++] = slot;
  }

  /** Gives every pending event that `which` selects the time `when` says; rare, linear in the number pending. */
  reschedule(which: (slot: Slot) => boolean, when: (slot: Slot) => number): void {
    const pending = [...this.heap.subarray(0, this.size)];
    for (const slot of pending) if (which(slot)) this.time[slot] = when(slot);
    this.size = 0;
    for (const slot of pending) this.siftUp(this.size++, slot);
  }

  private siftUp(from: number, slot: Slot): void {
    const { heap, time, sequence } = this;
    const t = time[slot] as number;
    const s = sequence[slot] as number;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const other = heap[parent] as number;
      const ot = time[other] as number;
      if (ot < t || (ot === t && (sequence[other] as number) < s)) break;
      heap[at] = other;
      at = parent;
    }
    heap[at] = slot;
  }

  private siftDown(slot: Slot): void {
    const { heap, time, sequence, size } = this;
    const t = time[slot] as number;
    const s = sequence[slot] as number;
    let at = 0;
    for (;;) {
      const first = (at << 2) + 1;
      if (first >= size) break;
      let best = first;
      let bestSlot = heap[first] as number;
      let bt = time[bestSlot] as number;
      const end = first + 4 < size ? first + 4 : size;
      for (let child = first + 1; child < end; child++) {
        const childSlot = heap[child] as number;
        const ct = time[childSlot] as number;
        if (ct < bt || (ct === bt && (sequence[childSlot] as number) < (sequence[bestSlot] as number))) {
          best = child;
          bestSlot = childSlot;
          bt = ct;
        }
      }
      if (bt > t || (bt === t && (sequence[bestSlot] as number) > s)) break;
      heap[at] = bestSlot;
      at = best;
    }
    heap[at] = slot;
  }

  private allocate(): Slot {
    if (this.freeCount > 0) return this.free[--this.freeCount] as number;
    if (this.used === this.capacity) this.grow();
    return this.used++;
  }

  private grow(): void {
    if (this.capacity >= MAX_PENDING_EVENTS) throw new TooManyEventsError(this.size);
    this.capacity *= 2;
    const capacity = this.capacity;
    this.time = copyInto(new Float64Array(capacity), this.time);
    this.sequence = copyInto(new Float64Array(capacity), this.sequence);
    this.identity = copyInto(new Float64Array(capacity), this.identity);
    this.kind = copyInto(new Uint8Array(capacity), this.kind);
    this.host = copyInto(new Int32Array(capacity), this.host);
    this.a = copyInto(new Int32Array(capacity), this.a);
    this.b = copyInto(new Int32Array(capacity), this.b);
    this.c = copyInto(new Int32Array(capacity), this.c);
    this.deadline = copyInto(new Float64Array(capacity), this.deadline);
    this.d = copyInto(new Int32Array(capacity), this.d);
    this.heap = copyInto(new Int32Array(capacity), this.heap);
    this.free = copyInto(new Int32Array(capacity), this.free);
  }
}

function copyInto<T extends Float64Array | Int32Array | Uint8Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
