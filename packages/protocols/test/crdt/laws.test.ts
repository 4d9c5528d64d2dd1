import { encodePlain } from '@holdfast/plain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeVectors, type Vector } from '../../src/clocks/index.ts';
import { brokenMergeLaw, GCounter, LWWRegister, MalformedDeltaError } from '../../src/crdt/index.ts';
import { Draws } from '../clocks/executions.ts';
import { play, SCENARIOS, type Scenario } from './scenarios.ts';

const seeds = fc.integer({ min: 0, max: 1_000_000 });

/** Searches random states for a broken law of a merge. */
function findBroken<S>(scenario: Scenario<S>, merge: (a: S, b: S) => S, runs = 300) {
  for (let seed = 0; seed < runs; seed++) {
    const { states, deltas } = play(scenario, new Draws(seed), 14);
    const pool = [...states, ...deltas];
    const draws = new Draws(seed + 7_000);
    const broken = brokenMergeLaw(merge, draws.pick(pool), draws.pick(pool), draws.pick(pool));
    if (broken) return broken;
  }
  return undefined;
}

describe('S1.110 merge laws', () => {
  for (const scenario of SCENARIOS) {
    const { crdt } = scenario;
    test(`S1.110 ${crdt.name}: join is idempotent, commutative and associative, and empty is its identity`, () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const { states, deltas } = play(scenario, new Draws(seed), 14);
          const [a, b, c] = new Draws(seed).shuffle([...states, ...deltas]);
          expect(brokenMergeLaw((x, y) => crdt.join(x, y), a, b, c)).toBeUndefined();
          expect(crdt.join(a, crdt.empty)).toEqual(a);
          expect(crdt.join(crdt.empty, a)).toEqual(a);
        }),
        { seed: 1_110, numRuns: 200 },
      );
    });

    test(`${crdt.name}: states and deltas survive JSON, and reading shares nothing with what was read`, () => {
      const { states, deltas } = play(scenario, new Draws(5), 20);
      for (const value of [...states, ...deltas]) {
        const wire: unknown = JSON.parse(JSON.stringify(value));
        const read = crdt.parse(wire);
        expect(read).toEqual(value);
        const before = encodePlain(read);
        deface(wire);
        expect(encodePlain(read)).toBe(before);
      }
    });

    test(`${crdt.name}: a malformed delta is refused with its place, whatever is wrong with it`, () => {
      const { states } = play(scenario, new Draws(11), 30);
      let refused = 0;
      for (const state of states) {
        for (const wrong of mutilations(JSON.parse(JSON.stringify(state)))) {
          expect(() => crdt.parse(wrong)).toThrow(
            expect.objectContaining({ code: 'MALFORMED_DELTA', name: MalformedDeltaError.name }),
          );
          refused++;
        }
      }
      expect(refused).toBeGreaterThan(5);
    });
  }

  test('S1.110 a merge that breaks one law is caught by that law', () => {
    const counter = SCENARIOS.find(({ crdt }) => crdt.name === 'g-counter') as Scenario<Vector>;
    const latest = SCENARIOS.find(({ crdt }) => crdt.name === 'lww-register') as Scenario<LWWRegister>;
    // Catalogue 114: counters merged by sum count everything again at each exchange.
    const sum = (a: Vector, b: Vector): Vector => {
      const both = mergeVectors(a, b);
      const at = (v: Vector, actor: string) => v.counters[v.actors.indexOf(actor)] ?? 0;
      return { actors: both.actors, counters: both.actors.map((actor) => at(a, actor) + at(b, actor)) };
    };
    expect(findBroken(counter, sum)?.law).toBe('idempotent');
    // Catalogue 114: last write wins with ties by arrival, without the node.
    const byArrival = (a: LWWRegister, b: LWWRegister) =>
      (b.write?.time ?? -1) > (a.write?.time ?? -1) ? b : a;
    expect(findBroken(latest, byArrival)?.law).toBe('commutative');
    // The mean of two counters, rounded down: same for both orders, but not for both groupings.
    const mean = (a: Vector, b: Vector): Vector => {
      const both = mergeVectors(a, b);
      const at = (v: Vector, actor: string) => v.counters[v.actors.indexOf(actor)] ?? 0;
      return { actors: both.actors, counters: both.actors.map((n) => Math.floor((at(a, n) + at(b, n)) / 2)) };
    };
    expect(findBroken(counter, mean)?.law).toBe('associative');
    expect(findBroken(counter, (a, b) => GCounter.join(a, b))).toBeUndefined();
  });

  test('S1.98 an application merge is judged by the same laws', () => {
    interface Cart {
      readonly items: readonly string[];
    }
    const union = (a: Cart, b: Cart): Cart => ({ items: [...new Set([...a.items, ...b.items])].sort() });
    const appended = (a: Cart, b: Cart): Cart => ({ items: [...new Set([...a.items, ...b.items])] });
    const [x, y, z] = [{ items: ['milk'] }, { items: ['bread'] }, { items: ['eggs'] }];
    expect(brokenMergeLaw(union, x, y, z)).toBeUndefined();
    expect(brokenMergeLaw(appended, x, y, z)?.law).toBe('commutative');
    expect(union(x, y).items).toEqual(['bread', 'milk']);
  });
});

/** Changes every array inside a value. */
function deface(value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) deface(item);
    value.push('defaced');
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) deface(item);
  }
}

/** Values that are each wrong in one place: a piece missing, of another type, negative, fractional or out of order. */
function mutilations(value: unknown): unknown[] {
  const wrong: unknown[] = [undefined, null, 7, 'text', true];
  const descend = (part: unknown, name: string, rebuild: (part: unknown) => unknown): void => {
    if (typeof part === 'number') wrong.push(rebuild(-1), rebuild(0.5), rebuild('1'), rebuild(2 ** 53));
    else if (Array.isArray(part)) {
      const pieces: readonly unknown[] = part;
      // Counters may stand in any order; everything else is ascending, or a pair of different things.
      if (pieces.length > 1 && name !== 'counters') {
        wrong.push(rebuild([pieces[1], pieces[0], ...pieces.slice(2)]));
      }
      if (pieces.length > 0) wrong.push(rebuild({ length: pieces.length }));
      pieces.forEach((item, i) => {
        const isValue = i === 1 && Array.isArray(pieces[0]) && typeof item === 'number';
        if (!isValue) descend(item, '', (to) => rebuild(pieces.map((x, j) => (i === j ? to : x))));
      });
    } else if (typeof part === 'object' && part !== null) {
      for (const [key, item] of Object.entries(part)) {
        wrong.push(rebuild({ ...part, [key]: undefined }));
        if (key !== 'value') descend(item, key, (to) => rebuild({ ...part, [key]: to }));
      }
    }
  };
  descend(value, '', (part) => part);
  return wrong;
}
