import { describe, expect, test } from 'vitest';
import { incarnation } from '../../src/clocks/index.ts';
import { MalformedDeltaError, ORSet, ORSetReplica } from '../../src/crdt/index.ts';
import { Draws } from '../clocks/executions.ts';

describe('OR-set replica', () => {
  test('S1.107 is the same set as the immutable one after every step of random runs', () => {
    for (let seed = 0; seed < 60; seed++) {
      const draws = new Draws(seed);
      const names = ['A', 'B', 'C'];
      const large = names.map((name) => new ORSetReplica(name));
      const plain = names.map(() => ORSet.empty);
      const flying: ORSet[] = [];
      for (let i = 0; i < 80; i++) {
        const at = draws.below(3);
        const element = `e${draws.below(8)}`;
        const replica = large[at]!;
        const held = plain[at]!;
        const kind = draws.below(6);
        if (kind < 2) {
          const delta = replica.add(element);
          expect(delta).toEqual(ORSet.add(held, names[at]!, element));
          plain[at] = ORSet.join(held, delta);
          flying.push(delta);
        } else if (kind === 2) {
          // What was read at any replica may be removed at this one.
          const observed = large[draws.below(3)]!.observed(element);
          const delta = replica.remove(element, observed);
          expect(delta).toEqual(ORSet.remove(held, element, observed));
          plain[at] = ORSet.join(held, delta);
          flying.push(delta);
        } else {
          // A delta in any order and again, several in one, or the whole state of another.
          const delta =
            kind === 3 && flying.length > 0
              ? draws.pick(flying)
              : kind === 4 && flying.length > 0
                ? [draws.pick(flying), draws.pick(flying)].reduce(ORSet.join)
                : large[draws.below(3)]!.state();
          replica.merge(JSON.parse(JSON.stringify(delta)));
          plain[at] = ORSet.join(held, delta);
        }
        expect(large[at]!.state()).toEqual(plain[at]);
        expect(replica.size).toBe(plain[at]!.entries.length);
        expect(replica.has(element)).toBe(ORSet.has(plain[at]!, element));
        expect(replica.observed(element)).toEqual(ORSet.observed(plain[at]!, element));
      }
    }
  });

  test('thousands of adds and removes leave no more than the elements, and slots are used again', () => {
    const replica = new ORSetReplica('A');
    const peer = new ORSetReplica('B');
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 500; i++) peer.merge(replica.add(`e${i}`));
      for (let i = 0; i < 500; i += 1 + (round % 2)) peer.merge(replica.remove(`e${i}`));
    }
    expect([...replica.values()].sort()).toEqual([...peer.values()].sort());
    expect(replica.size).toBe(250);
    for (const element of peer.values()) replica.merge(peer.remove(element));
    expect(JSON.stringify(replica.state()).length).toBeLessThan(100);
  });

  test('updates that arrive early are remembered only until what they wait for is there', () => {
    const replica = new ORSetReplica('A');
    const deltas = Array.from({ length: 50 }, (_, i) => replica.add(`e${i}`));
    const peer = new ORSetReplica('B');
    for (const delta of deltas.slice(1).reverse()) peer.merge(delta);
    expect(peer.earlyUpdates).toBe(49);
    peer.merge(deltas[0]);
    expect(peer.earlyUpdates).toBe(0);
    expect(peer.state()).toEqual(replica.state());
  });

  test('a malformed delta is refused and nothing changes', () => {
    const replica = ORSetReplica.from('A', ORSet.add(ORSet.empty, 'B', 'x'));
    const before = replica.state();
    const context = { vector: { actors: ['B'], counters: [9] }, cloud: [] };
    const bad = [
      null,
      { entries: [], context: null },
      // The removal is well formed, the element after it is not: neither may happen.
      { entries: [['y', []]], context },
      { entries: [['y', [['B', 10]]]], context },
      {
        entries: [
          ['y', [['B', 9]]],
          ['a', [['B', 8]]],
        ],
        context,
      },
      { entries: [[7, [['B', 9]]]], context },
    ];
    for (const delta of bad) expect(() => replica.merge(delta)).toThrow(MalformedDeltaError);
    expect(replica.state()).toEqual(before);
    expect(() => new ORSetReplica('')).toThrow(/actor/);
  });

  test('an inflated counter is refused at the next update, and nothing changes', () => {
    const context = { vector: { actors: ['A'], counters: [Number.MAX_SAFE_INTEGER] }, cloud: [] };
    const inflated = ORSet.parse({ entries: [['x', [['A', Number.MAX_SAFE_INTEGER]]]], context });
    expect(() => ORSet.add(inflated, 'A', 'y')).toThrow(expect.objectContaining({ code: 'CLOCK_OVERFLOW' }));
    const replica = ORSetReplica.from('A', inflated);
    expect(() => replica.add('x')).toThrow(expect.objectContaining({ code: 'CLOCK_OVERFLOW' }));
    expect(replica.state()).toEqual(inflated);
    expect(ORSetReplica.from(incarnation('A', 2), inflated).add('x').entries).toEqual([['x', [['A#2', 1]]]]);
  });

  test('catalogue 108 and 114: a replica restored from an old copy must not go on under its name', () => {
    const replica = new ORSetReplica('A');
    replica.add('old');
    const backup = replica.state();
    const peer = ORSetReplica.from('B', replica.state());
    peer.merge(replica.add('shipped after the backup'));
    const restored = ORSetReplica.from('A', backup);
    peer.merge(restored.add('lost'));
    expect(peer.has('lost')).toBe(false);
    const renamed = ORSetReplica.from(incarnation('A', 2), backup);
    peer.merge(renamed.add('kept'));
    expect(peer.has('kept')).toBe(true);
  });
});
