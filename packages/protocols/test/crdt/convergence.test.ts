import { encodePlain } from '@holdfast/plain';
import { describe, expect, test } from 'vitest';
import {
  BoundedCounter,
  GCounter,
  GSet,
  LWWRegister,
  MVRegister,
  ORMap,
  ORSet,
  PNCounter,
  RightsExhaustedError,
  TwoPhaseSet,
} from '../../src/crdt/index.ts';
import { Draws } from '../clocks/executions.ts';
import { play, SCENARIOS } from './scenarios.ts';

/** Each item at least once and some twice, in a random order. */
function deliveries(draws: Draws, count: number): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  return draws.shuffle([...all, ...all.filter(() => draws.below(3) === 0)]);
}

describe('S1.21 strong eventual consistency', () => {
  for (const scenario of SCENARIOS) {
    const { crdt } = scenario;
    test(`S1.21 ${crdt.name}: replicas with the same set of updates are equal at every instant`, () => {
      for (let seed = 0; seed < 150; seed++) {
        const draws = new Draws(seed);
        const { states, deltas } = play(scenario, draws, 18);
        const stateOf = new Map<string, string>();
        for (let replica = 0; replica < 3; replica++) {
          let held = crdt.empty;
          const seen = new Set<number>();
          for (const update of deliveries(draws, deltas.length)) {
            held = crdt.join(held, deltas[update]);
            seen.add(update);
            const key = [...seen].sort((a, b) => a - b).join(' ');
            const text = encodePlain(held);
            expect(stateOf.get(key) ?? text).toBe(text);
            stateOf.set(key, text);
          }
          // All updates as deltas give what exchanging whole states gives.
          const whole = draws.shuffle(states).reduce((a, b) => crdt.join(a, b));
          expect(encodePlain(crdt.join(held, whole))).toBe(encodePlain(held));
        }
      }
    });
  }
});

describe('counters', () => {
  test('S1.104 a G-counter counts every increment once, in any order, with loss, resending and duplicates', () => {
    for (let seed = 0; seed < 100; seed++) {
      const draws = new Draws(seed);
      let total = 0;
      const owners = ['A', 'B', 'C'].map(() => GCounter.empty);
      const deltas: GCounter[] = [];
      for (let i = 0; i < 30; i++) {
        const by = 1 + draws.below(5);
        const at = draws.below(3);
        const delta = GCounter.increment(owners[at]!, 'ABC'[at]!, by);
        owners[at] = GCounter.join(owners[at]!, delta);
        deltas.push(delta);
        total += by;
      }
      // A third is lost on the first try; what an owner resends later is its whole state.
      const arrived = deltas.filter(() => draws.below(3) > 0);
      const reader = draws.shuffle([...arrived, ...arrived]).reduce(GCounter.join, GCounter.empty);
      expect(GCounter.value(reader)).toBeLessThanOrEqual(total);
      expect(GCounter.value(draws.shuffle(owners).reduce(GCounter.join, reader))).toBe(total);
    }
    expect(() => GCounter.increment(GCounter.empty, 'A', -1)).toThrow(/by/);
  });

  test('S1.105 a PN-counter goes both ways and may become negative by concurrent decrements', () => {
    const start = PNCounter.increment(PNCounter.empty, 'A', 10);
    // Each replica sees 10 and takes 7: each alone stays positive.
    const atA = PNCounter.join(start, PNCounter.decrement(start, 'A', 7));
    const atB = PNCounter.join(start, PNCounter.decrement(start, 'B', 7));
    expect([atA, atB].map(PNCounter.value)).toEqual([3, 3]);
    const both = PNCounter.join(atA, atB);
    expect(PNCounter.value(both)).toBe(-4);
    expect(PNCounter.join(both, atA)).toEqual(both);
  });

  test('a bounded counter never goes below zero, whatever the replicas have not heard', () => {
    for (let seed = 0; seed < 200; seed++) {
      const draws = new Draws(seed);
      const actors = ['A', 'B', 'C'];
      const replicas = actors.map(() => BoundedCounter.empty);
      for (let i = 0; i < 60; i++) {
        const at = draws.below(3);
        const state = replicas[at]!;
        const kind = draws.below(4);
        const amount = 1 + draws.below(6);
        try {
          if (kind === 0)
            replicas[at] = BoundedCounter.join(state, BoundedCounter.increment(state, actors[at]!, amount));
          else if (kind === 1) {
            replicas[at] = BoundedCounter.join(state, BoundedCounter.decrement(state, actors[at]!, amount));
          } else if (kind === 2) {
            const delta = BoundedCounter.transfer(state, actors[at]!, draws.pick(actors), amount);
            replicas[at] = BoundedCounter.join(state, delta);
          } else replicas[at] = BoundedCounter.join(state, replicas[draws.below(3)]!);
        } catch (error) {
          expect(error).toBeInstanceOf(RightsExhaustedError);
        }
        const whole = replicas.reduce(BoundedCounter.join);
        expect(BoundedCounter.value(whole)).toBeGreaterThanOrEqual(0);
        const rights = actors.map((actor) => BoundedCounter.rights(whole, actor));
        expect(Math.min(...rights)).toBeGreaterThanOrEqual(0);
        expect(rights.reduce((a, b) => a + b)).toBe(BoundedCounter.value(whole));
      }
    }
  });

  test('without rights two decrements, each fine alone, oversell together', () => {
    let stock = BoundedCounter.increment(BoundedCounter.empty, 'A', 10);
    stock = BoundedCounter.join(stock, BoundedCounter.transfer(stock, 'A', 'B', 4));
    expect(() => BoundedCounter.decrement(stock, 'B', 5)).toThrow(
      expect.objectContaining({ code: 'RIGHTS_EXHAUSTED', available: 4, wanted: 5 }),
    );
    expect(BoundedCounter.value(stock)).toBe(10);
    // The twin decides by the value it sees, like a plain counter.
    const unchecked = (actor: string) => ({ given: [], used: { actors: [actor], counters: [7] } });
    const oversold = [unchecked('A'), unchecked('B')].reduce(BoundedCounter.join, stock);
    expect(BoundedCounter.value(oversold)).toBe(-4);
  });

  test('S1.110 an operation-based counter needs exactly-once delivery; the state-based one does not (X18)', () => {
    // Operation-based: a message says "add 1", and a duplicate is one more.
    const operations = [1, 1, 1];
    const delivered = [...operations, operations[0]!];
    expect(delivered.reduce((a, b) => a + b, 0)).toBe(4);
    const states = [1, 2, 3].map((n): GCounter => ({ actors: ['A'], counters: [n] }));
    expect(GCounter.value([...states, states[0]!].reduce(GCounter.join))).toBe(3);
  });
});

describe('sets', () => {
  test('S1.106 a G-set is the union, idempotent under duplicates', () => {
    const deltas = ['e3', 'e1', 'e2', 'e1'].map((id) => GSet.add([], id));
    const all = [...deltas, ...deltas].reduce(GSet.join, GSet.empty);
    expect(all).toEqual(['e1', 'e2', 'e3']);
    expect(GSet.has(all, 'e2') && !GSet.has(all, 'e4')).toBe(true);
  });

  test('a 2P-set never takes an element back', () => {
    let set = TwoPhaseSet.add(TwoPhaseSet.empty, 'x');
    expect(TwoPhaseSet.remove(set, 'y')).toEqual(TwoPhaseSet.empty);
    set = TwoPhaseSet.join(set, TwoPhaseSet.remove(set, 'x'));
    set = TwoPhaseSet.join(set, TwoPhaseSet.add(set, 'x'));
    expect(TwoPhaseSet.has(set, 'x')).toBe(false);
    expect(TwoPhaseSet.values(TwoPhaseSet.join(set, TwoPhaseSet.add(set, 'z')))).toEqual(['z']);
  });

  test('S1.107 an OR-set: add wins over a concurrent remove, only observed adds go, and re-adding works', () => {
    const both = ORSet.add(ORSet.empty, 'A', 'x');
    const removed = ORSet.join(both, ORSet.remove(both, 'x'));
    const readded = ORSet.join(both, ORSet.add(both, 'B', 'x'));
    expect(ORSet.has(removed, 'x')).toBe(false);
    expect(ORSet.has(ORSet.join(removed, readded), 'x')).toBe(true);
    // The concurrent add is observed by nobody who removed: it stays; remove it knowingly and it goes.
    const merged = ORSet.join(removed, readded);
    const gone = ORSet.join(merged, ORSet.remove(merged, 'x'));
    expect(ORSet.values(gone)).toEqual([]);
    expect(ORSet.values(ORSet.join(gone, ORSet.add(gone, 'A', 'x')))).toEqual(['x']);
    // A remove that arrives before the add it observed still removes it.
    expect(ORSet.values([ORSet.remove(both, 'x'), both].reduce(ORSet.join))).toEqual([]);
  });

  test('S1.107 an OR-set keeps no tombstones: its size follows what is in it', () => {
    let set = ORSet.empty;
    for (let i = 0; i < 500; i++) {
      set = ORSet.join(set, ORSet.add(set, 'A', `e${i % 5}`));
      set = ORSet.join(set, ORSet.add(set, 'B', `e${i % 5}`));
      if (i % 2 === 1) set = ORSet.join(set, ORSet.remove(set, `e${i % 5}`));
    }
    for (const element of ORSet.values(set)) set = ORSet.join(set, ORSet.remove(set, element));
    expect(set.entries).toEqual([]);
    expect(set.context.cloud).toEqual([]);
    expect(JSON.stringify(set).length).toBeLessThan(120);
  });

  test('catalogue 114: a remove works at a replica that lacks the element', () => {
    const atA = ORSet.add(ORSet.empty, 'A', 'x');
    const read = ORSet.observed(atA, 'x');
    // The client read at A and removes at B, which has not heard of the element.
    const atB = ORSet.empty;
    const delta = ORSet.remove(atB, 'x', read);
    expect(ORSet.values(ORSet.join(atA, ORSet.join(atB, delta)))).toEqual([]);
    // The twin removes what its own replica holds: nothing, and the element stays.
    expect(ORSet.values(ORSet.join(atA, ORSet.remove(atB, 'x')))).toEqual(['x']);
  });
});

describe('registers and maps', () => {
  test('S1.108 an LWW-register converges, breaks ties by the actor and reports the concurrent value it loses', () => {
    const a = LWWRegister.write(LWWRegister.empty, { actor: 'A', time: 5, value: 'from A' });
    const b = LWWRegister.write(LWWRegister.empty, { actor: 'B', time: 5, value: 'from B' });
    const both = LWWRegister.join(a, b);
    expect(LWWRegister.join(b, a)).toEqual(both);
    expect(LWWRegister.value(both)).toBe('from B');
    const lost = LWWRegister.lost(a, b);
    expect(lost).toMatchObject({ kind: 'concurrent', lost: { value: 'from A' }, kept: { value: 'from B' } });
    // Known losses are not reported again, and overwriting knowingly loses nothing.
    expect(LWWRegister.lost(both, a)).toBeUndefined();
    const next = LWWRegister.write(both, { actor: 'A', time: 6, value: 'after both' });
    expect(LWWRegister.lost(both, next)).toBeUndefined();
    expect(LWWRegister.value(LWWRegister.join(both, next))).toBe('after both');
  });

  test('catalogue 114: without the actor two writes at one time leave replicas different', () => {
    const a = LWWRegister.write(LWWRegister.empty, { actor: 'A', time: 5, value: 'from A' });
    const b = LWWRegister.write(LWWRegister.empty, { actor: 'B', time: 5, value: 'from B' });
    const byTimeOnly = (mine: LWWRegister, theirs: LWWRegister) =>
      (theirs.write?.time ?? -1) > (mine.write?.time ?? -1) ? theirs : mine;
    expect(LWWRegister.value(byTimeOnly(a, b))).not.toBe(LWWRegister.value(byTimeOnly(b, a)));
    // Even two writes under one reused name and time leave equal replicas, and one of them is lost.
    const again = LWWRegister.write(LWWRegister.empty, { actor: 'A', time: 5, value: 'also from A' });
    expect(LWWRegister.join(a, again)).toEqual(LWWRegister.join(again, a));
  });

  test('S1.97 every silent loss of last-write-wins is reported, and nothing else is', () => {
    let losses = 0;
    for (let seed = 0; seed < 200; seed++) {
      const draws = new Draws(seed);
      const replicas = ['A', 'B', 'C'].map(() => LWWRegister.empty);
      // The oracle: which writes each replica has heard of, as explicit sets.
      const heard: ReadonlySet<string>[] = replicas.map(() => new Set<string>());
      const idOf = (register: LWWRegister) => encodePlain(LWWRegister.value(register));
      const settle = (at: number, other: LWWRegister, heardThere: ReadonlySet<string>) => {
        const held = replicas[at]!;
        const joined = LWWRegister.join(held, other);
        const [kept, left] = idOf(joined) === idOf(held) ? [heard[at]!, other] : [heardThere, held];
        const isLoss = left.write !== null && idOf(left) !== idOf(joined) && !kept.has(idOf(left));
        const reported = LWWRegister.lost(held, other);
        expect(reported === undefined ? undefined : encodePlain(reported.lost.value)).toBe(
          isLoss ? idOf(left) : undefined,
        );
        if (isLoss) losses++;
        replicas[at] = joined;
        heard[at] = new Set([...heard[at]!, ...heardThere]);
      };
      for (let i = 0; i < 15; i++) {
        const at = draws.below(3);
        const from = draws.below(3);
        if (draws.below(2) === 0) settle(at, replicas[from]!, heard[from]!);
        else {
          const write = { actor: 'ABC'[at]!, time: draws.below(6), value: `w${i}` };
          settle(
            at,
            LWWRegister.write(replicas[at]!, write),
            new Set([...heard[at]!, encodePlain(write.value)]),
          );
        }
      }
    }
    expect(losses).toBeGreaterThan(200);
  });

  test('S1.109 an MV-register keeps concurrent values until a causally later write replaces them', () => {
    const a = MVRegister.write(MVRegister.empty, 'A', 'from A');
    const b = MVRegister.write(MVRegister.empty, 'B', { nested: ['from B'] });
    const both = MVRegister.join(a, b);
    expect(MVRegister.values(both)).toEqual(['from A', { nested: ['from B'] }]);
    const resolved = MVRegister.join(both, MVRegister.write(both, 'A', 'both'));
    expect(MVRegister.values(resolved)).toEqual(['both']);
    expect(MVRegister.values(MVRegister.join(resolved, b))).toEqual(['both']);
    // A write that had seen only one of them replaces only that one.
    const partial = MVRegister.join(both, MVRegister.write(a, 'C', 'after A'));
    expect(MVRegister.values(partial)).toEqual([{ nested: ['from B'] }, 'after A']);
  });

  test('an OR-map keeps a concurrent update of a removed key, and only that update', () => {
    let atA = ORMap.empty;
    for (const delta of [
      (state: ORMap) => ORMap.assign(state, 'A', 'title', 'draft'),
      (state: ORMap) => ORMap.addTo(state, 'A', 'tags', 'old'),
      (state: ORMap) => ORMap.addTo(state, 'A', 'tags', 'shared'),
    ]) {
      atA = ORMap.join(atA, delta(atA));
    }
    const atB = ORMap.join(atA, ORMap.addTo(atA, 'B', 'tags', 'new'));
    const removedAtA = [ORMap.remove(atA, 'tags'), ORMap.remove(atA, 'title')].reduce(ORMap.join, atA);
    expect(ORMap.keys(removedAtA)).toEqual([]);
    const both = ORMap.join(removedAtA, atB);
    expect(ORMap.keys(both)).toEqual(['tags']);
    expect(ORMap.set(both, 'tags')).toEqual(['new']);
    // One key used as a register and as a set at once: both are there.
    const mixed = [ORMap.assign(both, 'A', 'tags', 7), ORMap.addTo(both, 'B', 'tags', 'x')].reduce(
      ORMap.join,
      both,
    );
    expect([ORMap.register(mixed, 'tags'), ORMap.set(mixed, 'tags')]).toEqual([[7], ['new', 'x']]);
    // A removal by what was read elsewhere works where nothing is held.
    const remote = ORMap.remove(ORMap.empty, 'tags', ORMap.observed(mixed, 'tags'));
    expect(ORMap.keys(ORMap.join(mixed, remote))).toEqual([]);
    expect(ORMap.set(ORMap.join(mixed, ORMap.removeFrom(mixed, 'tags', 'x')), 'tags')).toEqual(['new']);
  });
});
