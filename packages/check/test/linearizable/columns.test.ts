import { describe, expect, it } from 'vitest';
import { toColumns } from '../../src/history/columns.ts';
import type { History } from '../../src/history/operation.ts';
import { checkLinearizable } from '../../src/linearizable/check.ts';
import { checkLinearizableColumns } from '../../src/linearizable/columns.ts';
import { replayOrder } from '../../src/linearizable/replay.ts';
import { registerModel } from '../../src/models/register.ts';
import { randomHistory } from './generate.ts';
import { Random } from './random.ts';
import { subjects } from './subjects.ts';

const KINDS = [
  'register',
  'register, values mostly unique',
  'registers, two keys',
  'cas-register',
  'kv',
] as const;

describe('S1.13 a history in columns', () => {
  it.each(KINDS)('is judged as its operations are (%s)', (kind) => {
    const subject = subjects[kind];
    if (subject === undefined) throw new Error(`no subject ${kind}`);
    const counts = { holds: 0, violated: 0, undecided: 0 };
    for (let seed = 0; seed < 800; seed++) {
      const random = new Random(seed);
      const shape = {
        operations: 4 + random.below(12),
        processes: 1 + random.below(4),
        unknown: random.below(30),
        wrong: random.below(10),
        ticks: 1 + random.below(12),
      };
      const history = randomHistory(subject, shape, random);
      const { status: expected } = checkLinearizable(history, subject.model, { explain: false });
      const { status } = checkLinearizableColumns(toColumns(history), subject.model, { explain: false });
      if (status !== expected) expect({ seed, status }).toEqual({ seed, status: expected });
      counts[status]++;
    }
    expect(Math.min(counts.holds, counts.violated)).toBeGreaterThan(40);
  });

  it('of a register with values written once gives an order that the operations confirm', () => {
    const history = inTurn(2_000);
    const { status, evidence } = checkLinearizableColumns(toColumns(history), registerModel());
    expect(status).toBe('holds');
    expect(
      replayOrder(history.operations, Int32Array.from(evidence.order ?? []), registerModel()).ids,
    ).toHaveLength(2_000);
    const [first] = history.operations;
    const stale = history.operations.map((o) =>
      o.id === 1_999 && first ? { ...o, output: first.input } : o,
    );
    const wrong = checkLinearizableColumns(toColumns({ ...history, operations: stale }), registerModel());
    expect(wrong.status).toBe('violated');
    expect(wrong.evidence.minimal?.map(({ id }) => id)).toContain(1_999);
  });

  it('that knows only sessions is refused', () => {
    const columns = toColumns({ ...inTurn(4), order: 'session' });
    expect(() => checkLinearizableColumns(columns, registerModel())).toThrow("its order is 'session'");
  });
});

/** Ten clients in turn write and read. */
function inTurn(operations: number): History {
  const list = Array.from({ length: operations }, (_, id) => ({
    id,
    process: id % 10,
    f: id % 2 === 0 ? 'write' : 'read',
    input: id % 2 === 0 ? id : null,
    outcome: 'ok' as const,
    output: id % 2 === 0 ? null : id - 1,
    invokedAt: 2 * id,
    completedAt: 2 * (id + 10) - 1,
  }));
  return { operations: list, timeUnit: 'us' };
}
