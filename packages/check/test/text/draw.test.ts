import { drawOperations, type History, HistoryBuilder, labelOf, readLitmus } from '@holdfast/check';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histories, plainValues } from '../history/histories.ts';

const draw = (history: History, options = {}): string =>
  (drawOperations(history.operations, history.order, options) ?? ['nothing']).join('\n');

describe('drawOperations', () => {
  it('lets bars overlap where operations do, and marks an outcome that is unknown', () => {
    const history = readLitmus(['0 w x 1 @0-50', '1 r x - @10-15', '1 r x 1 @20-25', '2 w? x 2 @60-60']);
    expect(draw(history)).toBe(
      [
        'process 0  [write x 1                      ]',
        'process 1   [read x -> null]  [read x -> 1]',
        'process 2                                   [write x 2?',
      ].join('\n'),
    );
  });

  it('puts processes side by side where only sessions are known', () => {
    const history = { ...readLitmus(['0 w x 1', '1 r x -', '1 r x 1']), order: 'session' as const };
    expect(draw(history, { blocking: history.operations[2] })).toBe(
      ['process 0  [write x 1]', 'process 1  [read x -> null]  [read x -> 1]  <--'].join('\n'),
    );
  });

  it('gives up on lines that would be too long, and on too many operations', () => {
    const history = readLitmus(['0 w x 1', '1 r x -']);
    expect(draw(history, { width: 30 })).toBe('nothing');
    expect(drawOperations([])).toBeUndefined();
  });

  it('keeps the order of times: a bar begins right of every bar that ended before, whatever the history', () => {
    const names = fc.constantFrom('read', 'write', 'cas');
    fc.assert(
      fc.property(histories(names, plainValues), (history) => {
        const lines = drawOperations(history.operations, history.order, { width: 100_000 });
        fc.pre(lines !== undefined && history.operations.every((o) => !labelOf(o).includes('[')));
        const title = 'process 0'.length;
        const places = new Map<number, [number, number]>();
        const byProcess = new Map<number, number[]>();
        for (const { id, process } of history.operations) {
          byProcess.set(process, [...(byProcess.get(process) ?? []), id]);
        }
        const processes = [...byProcess.keys()].sort((a, b) => a - b);
        for (const [i, line] of (lines ?? []).entries()) {
          const found = [...line.slice(title).matchAll(/\[/g)].map((match) => match.index);
          const ends = [...line.slice(title).matchAll(/[\]?](?=$| {2,}\[)/g)].map((match) => match.index);
          for (const [n, id] of (byProcess.get(processes[i] ?? -1) ?? []).entries()) {
            places.set(id, [found[n] ?? -1, ends[n] ?? -1]);
          }
        }
        for (const a of history.operations) {
          for (const b of history.operations) {
            if (a.completedAt < b.invokedAt) {
              expect(places.get(a.id)?.[1] ?? 0).toBeLessThan(places.get(b.id)?.[0] ?? 0);
            }
          }
        }
      }),
      { seed: 31, numRuns: 60 },
    );
  });
});

describe('labelOf', () => {
  it('tells what was done and answered in a few characters', () => {
    const builder = new HistoryBuilder();
    const add = (f: string, input: never, output: never, outcome: 'ok' | 'fail' = 'ok'): string => {
      const id = builder.invoke(0, f, input, 0);
      builder.complete(id, outcome, output, 1);
      return labelOf(builder.peek(id) as NonNullable<ReturnType<typeof builder.peek>>);
    };
    const value = (plain: unknown): never => plain as never;
    expect(add('cas', value([1, 2]), value(null))).toBe('cas 1 to 2');
    expect(add('cas', value([1, 2]), value(null), 'fail')).toBe('cas 1 to 2 refused');
    expect(add('txn', value([['r', 'x', null]]), value([['r', 'x', [1, 2]]]))).toBe('r x [1,2]');
    expect(add('txn', value([['r', 'x', null]]), value(null), 'fail')).toBe('r x failed');
    expect(add('write', value('a long text that goes on and on and on'), value(null))).toBe(
      'write a long text that goes on an...',
    );
  });
});
