import type { Plain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import { checkLinearizable } from '../../src/linearizable/check.ts';
import { mergeOrders } from '../../src/linearizable/merge.ts';
import { splitParts } from '../../src/linearizable/parts.ts';
import { replayOrder } from '../../src/linearizable/replay.ts';
import { kvModel } from '../../src/models/kv.ts';
import { registerModel } from '../../src/models/register.ts';
import { checkObject } from '../../src/monitors/checkObject.ts';
import type { History, Operation } from '../../src/history/operation.ts';
import { bruteForce } from './bruteForce.ts';
import { randomHistory, type Subject } from './generate.ts';
import { Random } from './random.ts';
import { subjects } from './subjects.ts';

const TWO_KEYS = subjects['registers, two keys'] as Subject;

type Line = readonly [
  process: number,
  f: 'w' | 'r',
  key: string,
  value: number | null,
  from: number,
  to: number,
];

function historyOf(...lines: readonly Line[]): History {
  const operations = lines.map(
    ([process, f, key, value, invokedAt, completedAt], id): Operation => ({
      id,
      process,
      f: f === 'w' ? 'write' : 'read',
      key,
      input: f === 'w' ? value : null,
      outcome: 'ok',
      output: f === 'w' ? null : value,
      invokedAt,
      completedAt,
    }),
  );
  return { operations, timeUnit: 'us' };
}

describe('a process that begins an operation at the very instant it ended another one, on another object', () => {
  // Each key by itself can have its read ahead of its write, but not both when processes keep their order.
  const crossed = historyOf(
    [1, 'w', 'y', 1, 4, 7],
    [0, 'w', 'x', 1, 5, 7],
    [0, 'r', 'y', null, 7, 9],
    [1, 'r', 'x', null, 7, 10],
  );

  it('S1.13 keeps its order across objects, whether they are judged one by one, together, or by specialists', () => {
    const model = registerModel();
    expect(bruteForce(crossed, model)).toBe(false);
    for (const options of [{}, { method: 'search' as const }, { partition: false }]) {
      const { status, evidence } = checkLinearizable(crossed, model, options);
      expect(status).toBe('violated');
      expect(evidence.minimal).toHaveLength(4);
    }
    expect(checkObject(crossed, 'register').status).toBe('violated');
    // One of the two a tick later, or with a new process, and there is an order.
    for (const change of [{ invokedAt: 6 }, { process: 7 }]) {
      const operations = crossed.operations.map((o) => (o.id === 3 ? { ...o, ...change } : o));
      expect(checkLinearizable({ ...crossed, operations }, model).status).toBe('holds');
    }
  });

  it('S1.13 objects whose orders cannot be merged are judged as one, and may hold with other orders', () => {
    let contradicted = 0;
    const model = registerModel();
    for (let seed = 0; seed < 3_000; seed++) {
      const random = new Random(seed + 5_000_000);
      const shape = {
        operations: 6 + random.below(3),
        processes: 2 + random.below(2),
        unknown: random.below(20),
        wrong: 20,
        ticks: 1,
      };
      const history = randomHistory(TWO_KEYS, shape, random);
      const expected = bruteForce(history, model) ? 'holds' : 'violated';
      for (const method of ['auto', 'search'] as const) {
        const { status, evidence } = checkLinearizable(history, model, { explain: false, method });
        if (status !== expected)
          expect({ seed, status, history }).toEqual({ seed, status: expected, history });
        if (evidence.order !== undefined) validate(history, evidence.order);
      }
      const parts = splitParts(history, model, true);
      const alone = parts.map((part) =>
        checkLinearizable({ ...history, operations: part.operations }, model, { method: 'search' }),
      );
      if (alone.some((verdict) => verdict.status !== 'holds')) continue;
      const placed = parts.map(({ operations }, p) => ({
        operations,
        order: Int32Array.from(alone[p]?.evidence.order ?? [], (id) =>
          operations.findIndex((o) => o.id === id),
        ),
      }));
      if (mergeOrders(placed).status === 'contradicted') contradicted++;
    }
    expect(contradicted).toBeGreaterThan(10);
  });

  function validate(history: History, ids: readonly number[]): void {
    const [part] = splitParts(history, registerModel(), false);
    const operations = part?.operations ?? [];
    replayOrder(
      operations,
      Int32Array.from(ids, (id) => operations.findIndex((o) => o.id === id)),
      registerModel(),
    );
  }

  it('comes to an end when objects judged as one are explained at once (seed 3175703)', () => {
    const calls: readonly (readonly [number, string, string, Plain, Plain, number, number])[] = [
      [0, 'get', 'x', null, '', 0, 0],
      [1, 'get', 'y', null, '', 0, 1],
      [0, 'get', 'x', null, '', 1, 1],
      [0, 'get', 'y', null, '', 1, 2],
      [1, 'get', 'y', null, '', 1, 1],
      [1, 'cas', 'x', ['ab', 'a'], false, 1, 1],
      [1, 'put', 'x', 'a', null, 1, 2],
    ];
    const operations = calls.map(
      ([process, f, key, input, output, invokedAt, completedAt], id): Operation => ({
        id,
        process,
        f,
        key,
        input,
        outcome: 'ok',
        output,
        invokedAt,
        completedAt,
      }),
    );
    expect(checkLinearizable({ operations, timeUnit: 'us' }, kvModel()).status).toBe('holds');
  });
});
