import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsOf, HistoryBuilder } from '@holdfast/check';
import { histories, plainValues } from './histories.ts';

describe('eventsOf', () => {
  it('puts invocations before completions at equal times, unless the process needs its completion first', () => {
    const builder = new HistoryBuilder();
    builder.complete(builder.invoke(0, 'a', null, 0), 'ok', null, 5);
    builder.complete(builder.invoke(1, 'b', null, 1), 'ok', null, 5);
    builder.complete(builder.invoke(0, 'c', null, 5), 'ok', null, 5);
    builder.invoke(2, 'd', null, 5);
    const words = eventsOf(builder.finish(9)).map(
      ({ operation, isInvocation }) => `${isInvocation ? '+' : '-'}${operation.f}`,
    );
    expect(words).toEqual(['+a', '+b', '-a', '+c', '+d', '-b', '-c', '-d']);
  });

  it('keeps one operation open per process and never puts an invocation before an earlier completion', () => {
    fc.assert(
      fc.property(histories(fc.constant('f'), plainValues), (history) => {
        const events = eventsOf(history);
        expect(events.length).toBe(2 * history.operations.length);
        const open = new Map<number, number>();
        let last = Number.NEGATIVE_INFINITY;
        for (const { operation, isInvocation, at } of events) {
          expect(at).toBeGreaterThanOrEqual(last);
          last = at;
          if (isInvocation) {
            expect(open.has(operation.process)).toBe(false);
            open.set(operation.process, operation.id);
          } else {
            expect(open.get(operation.process)).toBe(operation.id);
            open.delete(operation.process);
          }
        }
      }),
      { seed: 21, numRuns: 300 },
    );
  });
});
