import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue, MAX_PENDING_EVENTS, TooManyEventsError } from '../../src/loop/eventQueue.ts';

/** The queue as one would write it without caring for speed. */
interface Expected {
  readonly name: number;
  time: number;
  sequence: number;
  cancelled: boolean;
  readonly slot: number;
  readonly identity: number;
}

type Step =
  | { readonly kind: 'push'; readonly time: number }
  | { readonly kind: 'pop' }
  | { readonly kind: 'again'; readonly time: number }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'reschedule'; readonly modulus: number; readonly by: number };

const time = fc.integer({ min: 0, max: 50 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('push' as const), time }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'pop' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), time }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('reschedule' as const),
      modulus: fc.integer({ min: 1, max: 4 }),
      by: time,
    }),
  },
);

/** What the queue says beside what the array says. */
interface Look {
  readonly got: readonly unknown[];
  readonly wanted: readonly unknown[];
}

/** Runs the queue and a sorted array side by side. */
class Pair {
  readonly queue = new EventQueue();
  pending: Expected[] = [];
  readonly all: Expected[] = [];
  private sequence = 0;
  private names = 0;

  push(at: number): void {
    const name = this.names++;
    const slot = this.queue.push(at, 1, 0, name, 0, 0, `payload ${name}`);
    const identity = this.queue.identify(slot);
    const event = { name, time: at, sequence: this.sequence++, cancelled: false, slot, identity };
    this.pending.push(event);
    this.all.push(event);
  }

  /** The earliest event, as the queue has it and as the array has it; put back at `again` when given. */
  pop(again?: number): Look {
    const { queue } = this;
    this.pending.sort((x, y) => x.time - y.time || x.sequence - y.sequence);
    const expected = this.pending.shift();
    const next = [queue.nextTime(), expected?.time ?? Number.POSITIVE_INFINITY];
    const slot = queue.pop();
    if (expected === undefined) return { got: [next[0], slot], wanted: [next[1], -1] };
    const { name, time: at, cancelled } = expected;
    const got = [next[0], queue.a[slot], queue.time[slot], queue.kind[slot] === 0, queue.payload[slot]];
    const wanted = [next[1], name, at, cancelled, cancelled ? undefined : `payload ${name}`];
    if (again === undefined) queue.release(slot);
    else {
      queue.again(slot, again);
      this.pending.push(Object.assign(expected, { time: again, sequence: this.sequence++ }));
    }
    return { got, wanted };
  }

  /** Also with handles of events that are gone: those must do nothing. */
  cancel(which: number): void {
    const event = this.all[which % Math.max(1, this.all.length)];
    if (event === undefined) return;
    this.queue.cancel(event.slot, event.identity);
    event.cancelled = true;
  }

  reschedule(modulus: number, by: number): void {
    const { queue } = this;
    queue.reschedule(
      (slot) => (queue.a[slot] as number) % modulus === 0,
      (slot) => (queue.time[slot] as number) + by,
    );
    for (const event of this.pending) if (event.name % modulus === 0) event.time += by;
  }

  take(s: Step): Look {
    if (s.kind === 'pop') return this.pop();
    if (s.kind === 'again') return this.pop(s.time);
    if (s.kind === 'push') this.push(s.time);
    else if (s.kind === 'cancel') this.cancel(s.which);
    else this.reschedule(s.modulus, s.by);
    return { got: [this.queue.size], wanted: [this.pending.length] };
  }
}

describe('event queue', () => {
  it('gives events in the order of a sorted array, whatever is pushed, popped, put back, cancelled or rescheduled', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const pair = new Pair();
        const looks = steps.map((s) => pair.take(s));
        while (pair.pending.length > 0) looks.push(pair.pop());
        looks.push(pair.pop());
        expect(looks.map((look) => look.got)).toEqual(looks.map((look) => look.wanted));
      }),
      { seed: 20, numRuns: 300 },
    );
  });

  it('keeps every field when it grows past its first capacity', () => {
    const queue = new EventQueue();
    const count = 5_000;
    for (let i = 0; i < count; i++) {
      const slot = queue.push((i * 7919) % count, 1 + (i % 5), i % 7, i, -i, i * 2, { i });
      queue.d[slot] = i + 1;
      queue.deadline[slot] = i + 0.5;
    }
    for (let at = 0; at < count; at++) {
      const slot = queue.pop();
      const i = queue.a[slot] as number;
      expect([queue.time[slot], (i * 7919) % count]).toEqual([at, at]);
      expect([queue.kind[slot], queue.host[slot], queue.b[slot], queue.c[slot]]).toEqual([
        1 + (i % 5),
        i % 7,
        i === 0 ? 0 : -i,
        i * 2,
      ]);
      expect([queue.d[slot], queue.deadline[slot], queue.payload[slot]]).toEqual([i + 1, i + 0.5, { i }]);
      queue.release(slot);
    }
  });

  it('a handle outlives its event without touching the next one in its slot', () => {
    const queue = new EventQueue();
    const slot = queue.push(1, 1, 0, 0, 0, 0, 'first');
    const identity = queue.identify(slot);
    queue.release(queue.pop());
    expect(queue.push(2, 1, 0, 0, 0, 0, 'second')).toBe(slot);
    queue.cancel(slot, identity);
    expect(queue.kind[queue.pop()]).toBe(1);
  });

  it('keeps nothing of an event that was released or cancelled', () => {
    const queue = new EventQueue();
    const kept = queue.push(1, 1, 0, 0, 0, 0, { big: true });
    queue.cancel(kept, queue.identify(kept));
    expect(queue.payload[kept]).toBeUndefined();
    const popped = queue.push(0, 1, 0, 0, 0, 0, { big: true });
    queue.release(queue.pop());
    expect(queue.payload[popped]).toBeUndefined();
  });

  it('says how many may be pending when there are too many', () => {
    const error = new TooManyEventsError(MAX_PENDING_EVENTS);
    expect(error.code).toBe('TOO_MANY_EVENTS');
    expect(error.message).toContain('at most 16777216 may be pending');
  });
});
