import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/history/operation.ts';
import { checkLinearizable } from '../../src/linearizable/check.ts';
import { judgeDrawn } from '../../src/linearizable/fast.ts';
import { splitParts } from '../../src/linearizable/parts.ts';
import { kvModel } from '../../src/models/kv.ts';
import { bruteForce } from '../linearizable/bruteForce.ts';
import { randomHistory, smallShape } from '../linearizable/generate.ts';
import { Random } from '../linearizable/random.ts';
import { subjects } from '../linearizable/subjects.ts';

const model = kvModel();

type Call = readonly [f: string, text: string | null, invokedAt: number, completedAt: number];

function operations(...calls: readonly Call[]): Operation[] {
  return calls.map(([f, text, invokedAt, completedAt], id) => ({
    id,
    process: id,
    f,
    input: f === 'get' ? null : text,
    outcome: 'ok',
    output: f === 'get' ? text : null,
    invokedAt,
    completedAt,
  }));
}

describe('a text that grows, seen as a register', () => {
  it('S1.13 is judged without search, as brute force judges it, wherever the texts say who made them', () => {
    const subject = subjects['kv, texts that grow'];
    if (subject === undefined) throw new Error('no such subject');
    const tally = { holds: 0, violated: 0, undefined: 0 };
    for (let seed = 0; seed < 6_000; seed++) {
      const random = new Random(seed);
      const history = randomHistory(subject, smallShape(random), random);
      const [part] = splitParts(history, model, true);
      const found = part && judgeDrawn(part.operations, model)?.status;
      tally[found ?? 'undefined']++;
      if (found === undefined) continue;
      const expected = bruteForce(history, model) ? 'holds' : 'violated';
      if (found !== expected) expect({ seed, found, history }).toEqual({ seed, found: expected, history });
    }
    expect(tally.holds).toBeGreaterThan(2_000);
    expect(tally.violated).toBeGreaterThan(100);
  });

  it('places an append between the tokens it was seen between', () => {
    const history = operations(
      ['append', 'b', 0, 10],
      ['append', 'a', 0, 10],
      ['append', 'c', 0, 10],
      ['get', 'abc', 11, 12],
    );
    const found = judgeDrawn(history, model);
    expect(found?.status === 'holds' && [...found.order]).toEqual([1, 0, 2, 3]);
  });

  it('tells one use of a token from another by when it can have been', () => {
    const history = operations(
      ['append', 'a', 0, 1],
      ['get', 'a', 2, 3],
      ['put', 'b', 4, 5],
      ['append', 'a', 6, 7],
      ['get', 'ba', 8, 9],
    );
    expect(judgeDrawn(history, model)?.status).toBe('holds');
    const early = operations(
      ['append', 'a', 0, 1],
      ['get', 'a', 2, 3],
      ['put', 'b', 4, 5],
      ['get', 'ba', 6, 7],
      ['append', 'a', 8, 9],
    );
    expect(judgeDrawn(early, model)?.status).not.toBe('holds');
  });

  it('leaves it to the search where a text can be made of tokens in two ways, or of two uses of one', () => {
    const twoWays = operations(
      ['append', 'a', 0, 9],
      ['append', 'ab', 0, 9],
      ['append', 'b', 0, 9],
      ['get', 'ab', 0, 9],
    );
    expect(judgeDrawn(twoWays, model)).toBeUndefined();
    const twoUses = operations(['append', 'a', 0, 9], ['append', 'a', 0, 9], ['get', 'a', 0, 9]);
    expect(judgeDrawn(twoUses, model)).toBeUndefined();
  });

  it('finds operations at odds when a read sees less than one ahead of it', () => {
    const history = operations(
      ['append', 'a', 0, 1],
      ['append', 'b', 2, 3],
      ['get', 'ab', 4, 5],
      ['get', 'a', 6, 7],
    );
    const found = judgeDrawn(history, model);
    expect(found?.status === 'violated' && found.conflict).toEqual([0, 1, 2, 3]);
  });

  it('tells reads of the same text apart when it was set twice (seed 1329)', () => {
    const history = operations(
      ['put', 'a', 3, 4],
      ['get', 'a', 4, 5],
      ['put', 'a', 8, 10],
      ['get', 'a', 11, 13],
    );
    expect(judgeDrawn(history, model)?.status).not.toBe('violated');
  });

  it('counts the read that shows an order among what is in conflict (seed 3120832)', () => {
    const history = operations(['append', 'a', 0, 0], ['append', 'be', 0, 1], ['get', 'bea', 1, 1]).map(
      (operation) => ({ ...operation, process: 0 }),
    );
    const found = judgeDrawn(history, model);
    expect(found?.status === 'violated' && found.conflict).toEqual([0, 1, 2]);
    const { evidence } = checkLinearizable({ operations: history, timeUnit: 'us' }, model);
    expect(evidence.minimal?.map(({ id }) => id)).toEqual([0, 2]);
  });
});
