import { describe, expect, it } from 'vitest';
import {
  ColumnsBuilder,
  HistoryBuilder,
  NO_CLASS,
  operationAt,
  OUTCOMES,
  parseHistoryColumns,
  toColumns,
  valueOfClass,
} from '@holdfast/check';

describe('HistoryColumns', () => {
  it('gives equal values one class and whole numbers their own', () => {
    const builder = new HistoryBuilder();
    for (const input of [5, 'a', { x: 1, y: 2 }, null, 'a', { y: 2, x: 1 }, -1, 2 ** 31])
      builder.invoke(0, 'w', input, 0);
    const columns = toColumns(builder.finish(1));
    const [five, a, xy, none, again, yx, negative, large] = columns.input;
    expect(five).toBe(5);
    expect(none).toBe(NO_CLASS);
    expect(again).toBe(a);
    expect(yx).toBe(xy);
    expect(columns.values).toEqual(['a', { x: 1, y: 2 }, -1, 2 ** 31]);
    expect([negative, large].map((c) => valueOfClass(columns, c ?? 0))).toEqual([-1, 2 ** 31]);
    expect(columns.names).toEqual(['w']);
    expect([...columns.outcome].map((code) => OUTCOMES[code])).toEqual(new Array(8).fill('unknown'));
  });

  it('grows past its first capacity without losing anything', () => {
    const builder = new ColumnsBuilder();
    const COUNT = 5000;
    for (let i = 0; i < COUNT; i++) {
      const id = builder.invoke(i % 7, i % 2 === 0 ? 'read' : 'write', i, 10 * i, {
        key: `k${i % 3}`,
        node: i % 5,
      });
      if (i % 10 !== 9) builder.complete(id, i % 3 === 0 ? 'fail' : 'ok', -i, 10 * i + 5);
    }
    const columns = builder.finish({ timeUnit: 'us' });
    expect(columns.length).toBe(COUNT);
    for (const i of [0, 1023, 1024, 2048, 4095, 4096, 4999]) {
      const isOpen = i % 10 === 9;
      expect(operationAt(columns, i)).toEqual({
        id: i,
        process: i % 7,
        f: i % 2 === 0 ? 'read' : 'write',
        key: `k${i % 3}`,
        input: i,
        outcome: isOpen ? 'unknown' : i % 3 === 0 ? 'fail' : 'ok',
        output: isOpen ? null : -i === 0 ? 0 : -i,
        invokedAt: 10 * i,
        completedAt: isOpen ? Number.POSITIVE_INFINITY : 10 * i + 5,
        node: i % 5,
      });
    }
  });

  it('takes [key value] pairs apart as the history form does', () => {
    const text =
      '0\t:invoke\t:write\t[a 1]\n0\t:ok\t:write\t[a 1]\n0\t:invoke\t:read\t[a nil]\n0\t:ok\t:read\t[a 1]\n';
    const { columns } = parseHistoryColumns([text]);
    expect(columns.keys).toEqual(['a']);
    expect([...columns.key]).toEqual([0, 0]);
    expect([...columns.input, ...columns.output]).toEqual([1, NO_CLASS, NO_CLASS, 1]);
    expect(parseHistoryColumns([text], { independent: 'no' }).columns.keys).toEqual([]);
  });

  it('refuses operations that are not there', () => {
    const columns = new ColumnsBuilder().finish({ timeUnit: 'us' });
    expect(() => operationAt(columns, 0)).toThrow(
      'Cannot take operation 0 out of columns as one of 0: there is none',
    );
    expect(() => new ColumnsBuilder().complete(0, 'ok', null, 1)).toThrow('it was never invoked');
  });
});
