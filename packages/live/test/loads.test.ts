import { judge, HistoryBuilder } from '@holdfast/check';
import { loadOf, LOADS, transactionAnswer, transactionSql, type WorkloadEntry } from '@holdfast/live';
import { expect, test } from 'vitest';
import { generator } from '../src/random.ts';

function asked(entry: WorkloadEntry, times: number): ReturnType<ReturnType<typeof loadOf>['next']>[number][] {
  const load = loadOf(entry, generator(3));
  return Array.from({ length: times }, () => load.next()).flat();
}

test('every load is the same each time from the same seed, and another from another', () => {
  for (const of of LOADS) {
    const [one, same] = [asked({ of }, 50), asked({ of }, 50)];
    expect(same).toEqual(one);
    expect(one.length).toBeGreaterThanOrEqual(50);
  }
  expect(loadOf({ of: 'set' }, generator(1)).next()).not.toBe(loadOf({ of: 'set' }, generator(2)).next());
});

test('every value that registers write, lists append, sets add and queues take is new', () => {
  const written = asked({ of: 'registers' }, 400).flatMap(({ f, input }) => (f === 'write' ? [input] : []));
  expect(new Set(written).size).toBe(written.length);
  const appended = asked({ of: 'list-append', keys: 2 }, 400).flatMap(({ input }) =>
    (input as [string, string, number][]).flatMap(([f, key, value]) =>
      f === 'append' ? [`${key} ${value}`] : [],
    ),
  );
  expect(new Set(appended).size).toBe(appended.length);
  expect(new Set(appended.map((text) => text.split(' ')[0])).size).toBeGreaterThan(2);
  for (const [of, f] of [
    ['set', 'add'],
    ['queue', 'enqueue'],
  ] as const) {
    const elements = asked({ of }, 200).flatMap((one) => (one.f === f ? [one.input] : []));
    expect(new Set(elements).size).toBe(elements.length);
  }
});

test('pairs of write skew come together, each appends to its own list and reads the other', () => {
  const load = loadOf({ of: 'write-skew' }, generator(1));
  const [left, right] = load.next();
  expect(left?.input).toEqual([
    ['append', 'a1', 1],
    ['r', 'b1', null],
  ]);
  expect(right?.input).toEqual([
    ['append', 'b1', 1],
    ['r', 'a1', null],
  ]);
});

test('a pair in which both miss the other is found, and one in which one sees the other is not', () => {
  const verdictOf = (seen: readonly number[] | null): string => {
    const builder = new HistoryBuilder('us');
    const ends = [
      [
        ['append', 'a1', 1],
        ['r', 'b1', null],
      ],
      [
        ['append', 'b1', 1],
        ['r', 'a1', seen === null ? null : [...seen]],
      ],
    ].map(
      (output, process) =>
        [
          builder.invoke(
            process,
            'txn',
            output.map(([f, key, value]) => [f ?? '', key ?? '', f === 'r' ? null : (value ?? null)]),
            process,
          ),
          output,
        ] as const,
    );
    for (const [i, [id, output]] of ends.entries())
      builder.complete(
        id,
        'ok',
        output.map((step) => step.map((part) => part ?? null)),
        10 + i,
      );
    return judge(builder.finish(20), 'serializable').status;
  };
  expect(verdictOf(null)).toBe('violated');
  expect(verdictOf([1])).toBe('holds');
});

test('a transaction of PostgreSQL is one request, and its rows fall into their places', () => {
  const steps = [
    ['r', "it's", null],
    ['append', 'k2', 7],
    ['r', 'k2', null],
  ] as const;
  const sql = transactionSql(steps, 'serializable');
  expect(sql).toMatch(/^rollback; begin isolation level serializable; select '0:'/);
  expect(sql).toContain("key = 'it''s'");
  expect(sql.endsWith('; commit')).toBe(true);
  expect(transactionAnswer(steps, [['0:'], ['2:3,7']])).toEqual([
    ['r', "it's", null],
    ['append', 'k2', 7],
    ['r', 'k2', [3, 7]],
  ]);
  expect(() => transactionSql(steps, 'serializable; drop table lists')).toThrow(/no isolation level/);
});
