import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/history/operation.ts';
import { checkLinearizable } from '../../src/linearizable/check.ts';
import { judgeGreedily } from '../../src/linearizable/greedy.ts';
import { PartJudge } from '../../src/linearizable/judge.ts';
import { counterModel } from '../../src/models/counter.ts';
import { registerModel } from '../../src/models/register.ts';

const NO_REDUCTIONS = {
  eager: false,
  dominance: false,
  symmetry: false,
  purpose: false,
  idle: false,
  foresight: false,
};

type Row = readonly [
  process: number,
  f: string,
  input: number | null,
  output: number | null,
  from: number,
  to: number,
];

function operations(...rows: readonly Row[]): Operation[] {
  return rows.map(([process, f, input, output, invokedAt, completedAt], id) => ({
    id,
    process,
    f,
    input,
    output,
    outcome: 'ok',
    invokedAt,
    completedAt,
  }));
}

describe('the order that suggests itself', () => {
  it('S1.13 is no proof of a violation where operations touch at one instant (seed 4000147 of the fuzz run)', () => {
    const touching = operations(
      [1, 'read', null, 0, 0, 1],
      [2, 'read', null, 1, 0, 3],
      [0, 'add', 1, null, 3, 3],
    );
    expect(checkLinearizable({ operations: touching, timeUnit: 'us' }, counterModel()).status).toBe('holds');
    const apart = touching.map((o) => (o.f === 'add' ? { ...o, invokedAt: 4, completedAt: 4 } : o));
    expect(checkLinearizable({ operations: apart, timeUnit: 'us' }, counterModel()).status).toBe('violated');
  });

  it('asks for foresight of changes alone (seed 3001687 of the fuzz run)', () => {
    const open = operations(
      [0, 'add', 1, null, 0, 9],
      [1, 'read', null, 2, 1, 8],
      [2, 'read', null, 1, 2, 7],
      [3, 'add', 1, null, 3, 6],
    );
    expect(judgeGreedily(open, counterModel(), true).verdict?.status).toBe('holds');
  });

  it('decides what a single client did, and no more', () => {
    const single = operations(
      [0, 'write', 1, null, 0, 1],
      [0, 'read', null, 2, 2, 3],
      [0, 'read', null, 1, 4, 5],
    );
    const { verdict } = judgeGreedily(single, registerModel(), true);
    expect(verdict).toEqual({ status: 'violated', conflict: [0, 1] });
    const two = operations(
      [0, 'write', 1, null, 0, 9],
      [1, 'write', 2, null, 1, 8],
      [2, 'read', null, 3, 10, 11],
    );
    expect(judgeGreedily(two, registerModel(), true).verdict).toBeUndefined();
  });
});

it('the search without reductions remembers where it was when no outcome is unknown (seed 7014442 of the fuzz run)', () => {
  const writes = Array.from({ length: 8 }, (_, i): Row => [i, 'write', i, null, i, 100 + i]);
  const history = operations(...writes, [9, 'read', null, 77, 200, 201]);
  const judge = new PartJudge(history, registerModel(), NO_REDUCTIONS);
  expect(judge.goOn(1_000_000)).toBe('violated');
  // All orders of all selections would be above 100,000.
  expect(judge.steps).toBeLessThan(20_000);
});
