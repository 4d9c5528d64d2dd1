import { assertPlain, clonePlain, equalPlain, hashPlain, type Plain } from '@holdfast/plain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kv, type KvOperation, type KvState } from '../../src/kv/kv.ts';

function run(...operations: readonly KvOperation[]): { results: Plain[]; state: KvState } {
  const state = kv.init();
  return { results: operations.map((operation) => kv.apply(state, operation as Plain)), state };
}

describe('the key-value machine', () => {
  it('gets, puts, compares and sets, appends and deletes', () => {
    const { results, state } = run(
      { f: 'get', key: 'x' },
      { f: 'put', key: 'x', value: 1 },
      { f: 'cas', key: 'x', from: 1, to: 2 },
      { f: 'cas', key: 'x', from: 1, to: 3 },
      { f: 'get', key: 'x' },
      { f: 'append', key: 'l', value: 'a' },
      { f: 'append', key: 'l', value: 'b' },
      { f: 'delete', key: 'x' },
      { f: 'delete', key: 'x' },
    );
    expect(results).toEqual([null, null, true, false, 2, 1, 2, true, false]);
    expect(state).toEqual({ l: ['a', 'b'] });
  });

  it('takes null for absent', () => {
    const { results, state } = run(
      { f: 'cas', key: 'x', from: null, to: { a: 1 } },
      { f: 'cas', key: 'x', from: { a: 1 }, to: null },
      { f: 'append', key: 'y', value: 1 },
      { f: 'put', key: 'y', value: 'not a list' },
      { f: 'append', key: 'y', value: 2 },
    );
    expect(results).toEqual([true, true, 1, null, 1]);
    expect(state).toEqual({ y: [2] });
  });

  it('answers what it does not understand, and changes nothing', () => {
    const state = kv.init();
    for (const command of [null, 7, [], { f: 'get' }, { f: 'jump', key: 'x' }]) {
      expect(kv.apply(state, command)).toMatchObject({ error: 'unsupported operation' });
    }
    expect(kv.query?.(state, { f: 'put', key: 'x', value: 1 })).toMatchObject({
      error: 'unsupported operation',
    });
    expect(state).toEqual({});
  });

  it('keeps keys that are special to plain objects', () => {
    const { results, state } = run(
      { f: 'get', key: 'constructor' },
      { f: 'put', key: '__proto__', value: 1 },
      { f: 'get', key: '__proto__' },
      { f: 'delete', key: 'toString' },
    );
    expect(results).toEqual([null, null, 1, false]);
    expect(Object.getPrototypeOf(state)).toBe(Object.prototype);
    expect(equalPlain(clonePlain(state), state)).toBe(true);
  });

  it('never changes a value it has handed out', () => {
    const state = kv.init();
    kv.apply(state, { f: 'append', key: 'l', value: 1 });
    const before = kv.apply(state, { f: 'get', key: 'l' });
    kv.apply(state, { f: 'append', key: 'l', value: 2 });
    expect(before).toEqual([1]);
  });

  it('S1.46 gives the same states and results for the same commands, and queries change nothing', () => {
    const key = fc.constantFrom('a', 'b', '__proto__');
    const value = fc.oneof(fc.integer(), fc.constant(null), fc.array(fc.integer(), { maxLength: 2 }));
    const operation = fc.oneof(
      fc.record({ f: fc.constant('get'), key }),
      fc.record({ f: fc.constant('put'), key, value }),
      fc.record({ f: fc.constant('cas'), key, from: value, to: value }),
      fc.record({ f: fc.constant('append'), key, value }),
      fc.record({ f: fc.constant('delete'), key }),
    );
    fc.assert(
      fc.property(fc.array(operation), (operations) => {
        const [one, two] = [kv.init(), kv.init()];
        for (const command of operations as Plain[]) {
          const query = { f: 'get', key: 'a' };
          const digest = hashPlain(one);
          expect(kv.query?.(one, query)).toEqual(kv.apply(clonePlain(one), query));
          expect(hashPlain(one)).toBe(digest);
          expect(kv.apply(one, command)).toEqual(kv.apply(two, clonePlain(command)));
          assertPlain(one);
          expect(hashPlain(one)).toBe(hashPlain(two));
        }
      }),
      { seed: 46, numRuns: 200 },
    );
  });
});
