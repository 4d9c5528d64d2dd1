import { describe, expect, it } from 'vitest';
import { HistoryBuilder, validateHistory } from '@holdfast/check';

describe('HistoryBuilder', () => {
  it('gives dense ids and keeps what it was told', () => {
    const builder = new HistoryBuilder();
    const write = builder.invoke(3, 'write', 7, 10, { key: 'x', node: 2 });
    const read = builder.invoke(4, 'read', null, 12);
    builder.complete(read, 'ok', 7, 30);
    builder.complete(write, 'fail', 'no leader', 40);
    expect([write, read, builder.size]).toEqual([0, 1, 2]);
    const history = builder.finish(100);
    expect(history).toEqual({
      timeUnit: 'us',
      endedAt: 100,
      operations: [
        {
          id: 0,
          process: 3,
          f: 'write',
          key: 'x',
          input: 7,
          outcome: 'fail',
          output: 'no leader',
          invokedAt: 10,
          completedAt: 40,
          node: 2,
        },
        {
          id: 1,
          process: 4,
          f: 'read',
          input: null,
          outcome: 'ok',
          output: 7,
          invokedAt: 12,
          completedAt: 30,
        },
      ],
    });
    validateHistory(history);
  });

  it('leaves operations unknown that were never completed, or completed as unknown', () => {
    const builder = new HistoryBuilder('index');
    builder.invoke(0, 'write', 1, 0);
    builder.complete(builder.invoke(1, 'write', 2, 1), 'unknown', 'timed out', 5);
    const { operations, timeUnit } = builder.finish(9);
    expect(timeUnit).toBe('index');
    expect(operations.map(({ outcome, completedAt, output }) => [outcome, completedAt, output])).toEqual([
      ['unknown', Number.POSITIVE_INFINITY, null],
      ['unknown', Number.POSITIVE_INFINITY, 'timed out'],
    ]);
  });

  it('shows an operation before the end, and refuses ids it did not give out', () => {
    const builder = new HistoryBuilder();
    builder.invoke(0, 'read', null, 0);
    expect(builder.peek(0)?.outcome).toBe('unknown');
    expect(builder.peek(1)).toBeUndefined();
    expect(() => builder.complete(1, 'ok', 1, 2)).toThrow(
      'Cannot complete operation 1 as ok: it was never invoked',
    );
  });
});
