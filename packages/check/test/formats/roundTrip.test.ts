import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FormatName,
  fromColumns,
  HistoryBuilder,
  type History,
  HistoryPrintError,
  type Outcome,
  parseHistory,
  parseHistoryColumns,
  parseHistoryFiles,
  printHistory,
  printHistoryFiles,
  toColumns,
  validateHistory,
} from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import { histories, plainValues } from '../history/histories.ts';

const names = fc.constantFrom('read', 'write', 'get', 'poll', 'a name');
const anyHistory = histories(names, plainValues);

/** Sessions of read-write transactions, as the transactional formats hold them. */
const micro = fc.tuple(fc.constantFrom('r', 'w'), fc.nat(5), fc.integer({ min: 1, max: 9 }));
const transactions = fc
  .array(fc.record({ process: fc.nat(3), micros: fc.array(micro, { minLength: 1, maxLength: 4 }) }), {
    minLength: 1,
  })
  .map((drafts) => {
    const builder = new HistoryBuilder('index');
    const bySession = [...drafts].sort((a, b) => a.process - b.process);
    for (const [i, { process, micros }] of bySession.entries()) {
      const input: Plain = micros.map(([f, key, value]) => [f, key, f === 'r' ? null : value]);
      builder.complete(builder.invoke(process, 'txn', input, 2 * i), 'ok', micros, 2 * i + 1);
    }
    return { ...builder.finish(2 * drafts.length), order: 'session' as const };
  });

function transactionsOf(given: readonly Plain[]): History {
  const builder = new HistoryBuilder('index');
  given.forEach((micros, i) =>
    builder.complete(builder.invoke(0, 'txn', micros, 2 * i), 'ok', micros, 2 * i + 1),
  );
  return { ...builder.finish(2 * given.length), order: 'session' };
}

/** Every write of another value, every read of nothing or of what was written. */
const uniqueTransactions = fc
  .array(
    fc.array(fc.tuple(fc.constantFrom('r', 'w'), fc.nat(5), fc.nat(30)), { minLength: 1, maxLength: 4 }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((drafts) => {
    const written = drafts.flat().filter(([f]) => f === 'w').length;
    let next = 0;
    const builder = new HistoryBuilder('index');
    for (const [i, draft] of drafts.entries()) {
      const micros: Plain = draft.map(([f, key, seen]) =>
        f === 'w' ? [f, key, ++next] : [f, key, seen % (written + 1) === 0 ? null : seen % (written + 1)],
      );
      builder.complete(builder.invoke(Math.floor(i / 3), 'txn', micros, 2 * i), 'ok', micros, 2 * i + 1);
    }
    return { ...builder.finish(2 * drafts.length), order: 'session' as const };
  });

/** Processes that call one container, each until an outcome is unknown. */
const containerHistories = fc
  .record({
    names: fc.constantFrom(['enqueue', 'dequeue'], ['push', 'pop'], ['add', 'remove', 'contains']),
    calls: fc.array(
      fc.record({
        process: fc.nat(2),
        f: fc.nat(2),
        value: fc.constantFrom(0, 7, -3, 'a', 'b2'),
        output: fc.constantFrom(null, 1, 'x', true),
        wait: fc.nat(2),
        takes: fc.nat(2),
        isUnknown: fc.boolean(),
      }),
      { minLength: 1, maxLength: 10 },
    ),
  })
  .map(({ names, calls }) => {
    const builder = new HistoryBuilder('index');
    const free = new Map<number, number>();
    const drafts = calls.flatMap((call) => {
      const at = (free.get(call.process) ?? 0) + call.wait;
      if (at === Number.POSITIVE_INFINITY) return [];
      const end = call.isUnknown ? Number.POSITIVE_INFINITY : at + call.takes;
      // A process goes on a little later, so that the line of events says all.
      free.set(call.process, end + 1);
      return [{ ...call, at, end }];
    });
    for (const { process, f, value, output, at, end } of drafts.toSorted((a, b) => a.at - b.at)) {
      const name = names[f % names.length] as string;
      const id = builder.invoke(process, name, value, at);
      if (end !== Number.POSITIVE_INFINITY) builder.complete(id, 'ok', output, end);
    }
    return builder.finish(1_000);
  });

describe('round trips', () => {
  it('jsonl gives back an equal history, whatever it holds', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        validateHistory(history);
        const back = parseHistory(printHistory(history, 'jsonl')).history;
        expect(back).toEqual({ ...history, order: 'real-time' });
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('columns give back an equal history, whatever it holds', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        expect(fromColumns(toColumns(history))).toEqual(history);
        const { columns } = parseHistoryColumns([printHistory(history, 'jsonl')]);
        expect(fromColumns(columns).operations).toEqual(history.operations);
      }),
      { seed: 12, numRuns: 300 },
    );
  });

  it.each(['jepsen-edn', 'elle-json'] as const)(
    '%s keeps names, keys, values, outcomes and the order of events',
    (format) => {
      fc.assert(
        fc.property(histories(names, fc.oneof(fc.nat(9), fc.string(), fc.constant(null))), (history) => {
          fc.pre(history.operations.length > 0);
          const back = parseHistory(printHistory(history, format), { format, independent: 'no' }).history;
          validateHistory(back);
          expect(back.operations.length).toBe(history.operations.length);
          for (const [i, operation] of back.operations.entries()) {
            const { f, key, process, input, outcome, output, node } = history.operations[i] ?? operation;
            expect(operation).toMatchObject({ f, key, process, input, outcome, node });
            // What Jepsen does not say apart from the argument: a result of null, and a repeated argument.
            const told = outcome === 'ok' ? (output ?? input) : output;
            const repeated = outcome === 'ok' && f === 'write' && told === input;
            expect(operation.output).toEqual(repeated ? null : told);
          }
          for (const a of history.operations) {
            for (const b of history.operations) {
              const precedes = a.completedAt < b.invokedAt;
              const still =
                (back.operations[a.id]?.completedAt ?? 0) < (back.operations[b.id]?.invokedAt ?? 0);
              if (precedes) expect(still).toBe(true);
            }
          }
        }),
        { seed: 13, numRuns: 150 },
      );
    },
  );

  it('jepsen-log prints what it can say and refuses keys', () => {
    const builder = new HistoryBuilder();
    builder.complete(builder.invoke(0, 'cas', [1, 2], 10), 'fail', null, 20);
    builder.invoke(1, 'read', null, 15);
    const history = builder.finish(30);
    expect(printHistory(history, 'jepsen-log')).toBe(
      'INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]\nINFO  jepsen.util - 1\t:invoke\t:read\tnil\n' +
        'INFO  jepsen.util - 0\t:fail\t:cas\t[1 2]\nINFO  jepsen.util - 1\t:info\t:read\tnil\n',
    );
    builder.invoke(2, 'read', null, 40, { key: 'x' });
    expect(() => printHistory(builder.finish(50), 'jepsen-log')).toThrow(
      'Cannot print operation 2 as jepsen-log: it has a key, for which a log line has no place; print it as jsonl',
    );
  });

  it('porcupine keeps everything of the operations that did not fail', () => {
    fc.assert(
      fc.property(histories(names, plainValues), (history) => {
        const kept = history.operations.filter(({ outcome }) => outcome !== 'fail');
        fc.pre(kept.length > 0);
        const back = parseHistory(printHistory(history, 'porcupine'), { format: 'porcupine' }).history;
        const shown = (value: Plain): unknown => value;
        expect(
          back.operations.map(({ f, key, process, input, outcome }) => [
            f,
            key,
            process,
            shown(input),
            outcome,
          ]),
        ).toEqual(
          kept.map(({ f, key, process, input, outcome }) => [f, key, process, shown(input), outcome]),
        );
        expect(back.operations.map(({ invokedAt, completedAt }) => [invokedAt, completedAt])).toEqual(
          kept.map(({ invokedAt, completedAt }) => [invokedAt, completedAt]),
        );
      }),
      { seed: 14, numRuns: 150 },
    );
  });

  it.each(['plume', 'awdit', 'dbcop-hist', 'dbcop-json'] as const)(
    '%s gives back sessions of transactions',
    (format) => {
      fc.assert(
        fc.property(transactions, (history) => {
          const back = parseHistory(printHistory(history, format), { format }).history;
          expect(back.order).toBe('session');
          const named = format === 'dbcop-hist' ? String : (key: unknown): unknown => key;
          const valuesOf = (operations: typeof back.operations): unknown[] =>
            operations.map(({ input, output, outcome }) => [input, output, outcome]);
          const expected = history.operations.map(({ input, output, outcome }) => {
            const rename = (micros: Plain): unknown =>
              (micros as readonly (readonly unknown[])[]).map(([f, key, value]) => [f, named(key), value]);
            return [rename(input), rename(output), outcome];
          });
          expect(valuesOf(back.operations)).toEqual(expected);
        }),
        { seed: 15, numRuns: 100 },
      );
    },
  );

  it('cobra gives back sessions of transactions, a log for each', () => {
    fc.assert(
      fc.property(uniqueTransactions, (history) => {
        const files = printHistoryFiles(history, 'cobra');
        expect(files.map(({ name }) => name)).toEqual(files.map((_, i) => `T${i}.log`));
        const back = parseHistoryFiles(files, { format: 'cobra' }).history;
        expect(back.order).toBe('session');
        const outputs = (operations: typeof back.operations): unknown[] =>
          operations.map(({ output }) => output);
        expect(outputs(back.operations)).toEqual(outputs(history.operations));
      }),
      { seed: 16, numRuns: 100 },
    );
  });

  it.each([
    [
      'a value written twice',
      [[['w', 1, 5]], [['w', 2, 5]]],
      'operation 1 as cobra: it writes 5, which was written before',
    ],
    [
      'a read of nobody',
      [[['r', 1, 5]]],
      'operation 0 as cobra: it reads 5, and the format names who wrote it',
    ],
    [
      "one of Cobra's own ids",
      [[['w', 1, 0xbebeebee]]],
      'operation 0 as cobra: Cobra uses the write id 3200183278 itself',
    ],
    [
      'a value that is no number',
      [[['w', 1, 'a']]],
      'operation 0 as cobra: the format holds whole numbers below 2^64 only',
    ],
  ] as const)('cobra has no words for %s', (_, given, message) => {
    expect(() => printHistoryFiles(transactionsOf(given), 'cobra')).toThrow(message);
  });

  it('limo gives back the calls of one queue, stack or set, unknown outcomes among them', () => {
    fc.assert(
      fc.property(containerHistories, (history) => {
        const back = parseHistory(printHistory(history, 'limo'), { format: 'limo' }).history;
        const valuesOf = (operations: typeof back.operations): unknown[] =>
          operations.map(({ process, f, input, output, outcome }) => [process, f, input, output, outcome]);
        expect(valuesOf(back.operations)).toEqual(valuesOf(history.operations));
        // What was concurrent is concurrent still.
        const before = (list: typeof back.operations): string =>
          list.map((a) => list.map((b) => (a.completedAt < b.invokedAt ? 1 : 0)).join('')).join(' ');
        expect(before(back.operations)).toBe(before(history.operations));
      }),
      { seed: 17, numRuns: 200 },
    );
  });

  it.each<[string, string, Plain, Outcome, string]>([
    ['a failure', 'enqueue', 1, 'fail', 'the format has no word for one that failed'],
    ['a list', 'enqueue', [1], 'ok', 'the format holds whole numbers, true, false and words, and it has [1]'],
    [
      'digits in a text',
      'enqueue',
      '12',
      'ok',
      'the format holds whole numbers, true, false and words, and it has "12"',
    ],
  ])('limo has no words for %s', (_, f, input, outcome, message) => {
    const builder = new HistoryBuilder();
    builder.complete(builder.invoke(0, f, input, 0), outcome, null, 1);
    expect(() => printHistory(builder.finish(1), 'limo')).toThrow(message);
  });

  it.each<[FormatName, string]>([
    ['plume', "Cannot print operation 0 as plume: its f is 'write', not 'txn'"],
    ['awdit', "Cannot print operation 0 as awdit: its f is 'write', not 'txn'"],
    [
      'cobra',
      'Cannot print the history as cobra: it is bytes in one file for each session (printHistoryFiles)',
    ],
    [
      'limo',
      "Cannot print operation 0 as limo: its f 'write' does not make one object of atomic-queue (enqueue, dequeue)",
    ],
  ])('%s says why it cannot print a register history', (format, message) => {
    const builder = new HistoryBuilder();
    builder.complete(builder.invoke(0, 'write', 1, 0), 'ok', null, 1);
    expect(() => printHistory(builder.finish(1), format)).toThrow(HistoryPrintError);
    expect(() => printHistory(builder.finish(1), format)).toThrow(message);
  });

  it('refuses to print sessions without real time as a Jepsen history', () => {
    const builder = new HistoryBuilder('index');
    builder.complete(builder.invoke(0, 'txn', [], 0), 'ok', [], 1);
    const history = { ...builder.finish(1), order: 'session' as const };
    expect(() => printHistory(history, 'jepsen-edn')).toThrow('its order is only known per session');
  });
});
