import { registerModel } from '@holdfast/check';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  historyOf,
  linearizable,
  type OperationEvent,
  type OperationHistory,
  operationRecorder,
} from '../../src/index.ts';

const PROCESSES = 3;

function record(events: readonly OperationEvent[]): OperationHistory {
  const recorder = operationRecorder<never, never, never>(PROCESSES, () => undefined);
  return events.reduce<unknown>(
    (history, event) => recorder.next(history, event),
    recorder.initial,
  ) as OperationHistory;
}

/** What each process does next: invoke, or complete what it has open. */
const turns = fc.array(fc.nat(PROCESSES - 1), { maxLength: 14 });

/** The events of a list of turns; every input is the number of the operation. */
function eventsOf(order: readonly number[]): OperationEvent[] {
  const open = new Set<number>();
  let made = 0;
  return order.map((process): OperationEvent => {
    if (open.delete(process)) return { kind: 'return', process, output: null };
    open.add(process);
    return { kind: 'invoke', process, f: 'write', input: made++ };
  });
}

/** As `eventsOf`; the client of an operation may be told nothing instead of an answer, when its node crashes. */
function eventsWithLosses(order: readonly (readonly [process: number, isLost: boolean])[]): OperationEvent[] {
  const open = new Set<number>();
  let made = 0;
  return order.map(([process, isLost]): OperationEvent => {
    if (!open.delete(process)) {
      open.add(process);
      return { kind: 'invoke', process, f: 'write', input: made++ };
    }
    return isLost ? { kind: 'lost', process } : { kind: 'return', process, output: null };
  });
}

describe('recorded operations', () => {
  it('S3.23 keep the real-time order when operations are lost: each is invoked after what its client completed', () => {
    const withLosses = fc.array(fc.tuple(fc.nat(PROCESSES - 1), fc.boolean()), { maxLength: 14 });
    fc.assert(
      fc.property(withLosses, (order) => {
        const invoked = new Map<number, number>();
        const returned = new Map<number, number>();
        const current = new Map<number, number>();
        const events = eventsWithLosses(order);
        events.forEach((event, at) => {
          if (event.kind === 'invoke') {
            invoked.set(event.input as number, at);
            current.set(event.process, event.input as number);
          } else if (event.kind === 'return') returned.set(current.get(event.process) ?? -1, at);
        });
        const { operations } = historyOf(record(events));
        expect(operations).toHaveLength(invoked.size);
        for (const a of operations) {
          expect(a.completedAt).toBeGreaterThan(a.invokedAt);
          for (const b of operations) {
            const before =
              (returned.get(a.input as number) ?? Infinity) < (invoked.get(b.input as number) ?? -1);
            expect(a.completedAt < b.invokedAt).toBe(before);
          }
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('S3.23 keep exactly the real-time order of the run', () => {
    fc.assert(
      fc.property(turns, (order) => {
        const events = eventsOf(order);
        const invoked = new Map<number, number>();
        const returned = new Map<number, number>();
        const current = new Map<number, number>();
        events.forEach((event, at) => {
          if (event.kind === 'invoke') {
            invoked.set(event.input as number, at);
            current.set(event.process, event.input as number);
          } else returned.set(current.get(event.process) ?? -1, at);
        });
        const { operations } = historyOf(record(events));
        expect(operations).toHaveLength(invoked.size);
        for (const a of operations) {
          for (const b of operations) {
            const before =
              (returned.get(a.input as number) ?? Infinity) < (invoked.get(b.input as number) ?? -1);
            expect(a.completedAt < b.invokedAt).toBe(before);
          }
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('S3.23 runs that differ in what nobody could notice have equal histories', () => {
    const first: OperationEvent = { kind: 'invoke', process: 0, f: 'write', input: 1 };
    const second: OperationEvent = { kind: 'invoke', process: 1, f: 'write', input: 2 };
    expect(record([first, second])).toEqual(record([second, first]));
    const returned: OperationEvent = { kind: 'return', process: 0, output: null };
    expect(record([first, returned, second])).not.toEqual(record([first, second, returned]));
  });

  it('S3.23 an operation that failed is gone, one that was lost may have happened', () => {
    const write: OperationEvent = { kind: 'invoke', process: 0, f: 'write', input: 1 };
    const read: OperationEvent = { kind: 'invoke', process: 1, f: 'read', input: null };
    const saw: OperationEvent = { kind: 'return', process: 1, output: 1 };
    const property = linearizable(registerModel());
    expect(property.holds(record([write, { kind: 'lost', process: 0 }, read, saw]))).toBe(true);
    expect(property.holds(record([write, { kind: 'fail', process: 0 }, read, saw]))).toBe(false);
  });

  it('S3.23 a read of what was overwritten before it began is no register', () => {
    const write = (process: number, input: number): OperationEvent[] => [
      { kind: 'invoke', process, f: 'write', input },
      { kind: 'return', process, output: null },
    ];
    const read = (output: number): OperationEvent[] => [
      { kind: 'invoke', process: 2, f: 'read', input: null },
      { kind: 'return', process: 2, output },
    ];
    const property = linearizable(registerModel());
    expect(property.holds(record([...write(0, 1), ...write(1, 2), ...read(2)]))).toBe(true);
    expect(property.holds(record([...write(0, 1), ...write(1, 2), ...read(1)]))).toBe(false);
  });
});
