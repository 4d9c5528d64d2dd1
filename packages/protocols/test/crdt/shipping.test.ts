import { encodePlain } from '@holdfast/plain';
import { describe, expect, test } from 'vitest';
import { MalformedClockError, vectorFrom } from '../../src/clocks/index.ts';
import {
  acknowledgeDelta,
  applyDelta,
  type DeltaBuffer,
  GCounter,
  isStable,
  learnSeen,
  MalformedDeltaError,
  ORSet,
  receiveShipment,
  shipDelta,
  stableVector,
  startDeltaBuffer,
  startStability,
} from '../../src/crdt/index.ts';
import { Draws } from '../clocks/executions.ts';
import { SCENARIOS } from './scenarios.ts';

const NAMES = ['A', 'B', 'C'];

const others = (name: string) => NAMES.filter((other) => other !== name);

/** Sends every shipment both ways until nobody has anything to say; gives how many it took. */
function drain<S>(
  crdt: (typeof SCENARIOS)[number]['crdt'],
  buffers: ReadonlyMap<string, DeltaBuffer<S>>,
): number {
  for (let shipments = 0; shipments < 1_000; ) {
    const before = shipments;
    for (const from of NAMES) {
      for (const to of others(from)) {
        const shipment = shipDelta(crdt, buffers.get(from)!, to);
        if (!shipment) continue;
        shipments++;
        acknowledgeDelta(buffers.get(from)!, to, receiveShipment(crdt, buffers.get(to)!, from, shipment));
      }
    }
    if (shipments === before) return shipments;
  }
  throw new Error('shipping does not end');
}

describe('delta shipping', () => {
  for (const scenario of SCENARIOS) {
    const { crdt } = scenario;
    test(`S1.99 ${crdt.name}: replicas converge by deltas over a link that loses, repeats and reorders`, () => {
      for (let seed = 0; seed < 40; seed++) {
        const draws = new Draws(seed);
        const buffers = new Map(NAMES.map((name) => [name, startDeltaBuffer(crdt, others(name))]));
        const flying: (() => void)[] = [];
        for (let i = 0; i < 80; i++) {
          const from = draws.pick(NAMES);
          const buffer = buffers.get(from)!;
          const kind = draws.below(4);
          if (kind === 0) applyDelta(crdt, buffer, scenario.update(buffer.state, from, draws));
          else if (kind === 1) {
            const to = draws.pick(others(from));
            const shipment: unknown = JSON.parse(JSON.stringify(shipDelta(crdt, buffer, to) ?? null));
            if (shipment === null) continue;
            flying.push(() => {
              const receipt = receiveShipment(crdt, buffers.get(to)!, from, shipment);
              flying.push(() => acknowledgeDelta(buffers.get(from)!, to, receipt));
            });
          } else if (flying.length > 0) {
            const at = draws.below(flying.length);
            if (kind === 2) flying[at]!();
            // Gone without arriving, or after it arrived once already.
            if (draws.below(3) > 0) flying.splice(at, 1);
          }
          // A crash keeps the state and its sequence, and forgets the rest.
          if (draws.below(25) === 0) {
            const { state, sequence } = buffers.get(from)!;
            buffers.set(from, startDeltaBuffer(crdt, others(from), { state, sequence }));
          }
        }
        drain(crdt, buffers);
        const texts = NAMES.map((name) => encodePlain(buffers.get(name)!.state));
        expect(new Set(texts).size).toBe(1);
        // Everything is acknowledged, so no delta is kept.
        expect(NAMES.map((name) => buffers.get(name)!.recent.length)).toEqual([0, 0, 0]);
      }
    });
  }

  test('a delta is small where the state is large, and a neighbour far behind gets the state', () => {
    const buffer = startDeltaBuffer(ORSet, ['B']);
    for (let i = 0; i < 200; i++) applyDelta(ORSet, buffer, ORSet.add(buffer.state, 'A', `e${i}`));
    acknowledgeDelta(buffer, 'B', { joined: true, upTo: 199 });
    const small = shipDelta(ORSet, buffer, 'B');
    expect(small).toMatchObject({ after: 199, upTo: 200, delta: { entries: [['e199', [['A', 200]]]] } });
    const restarted = startDeltaBuffer(ORSet, ['B'], { state: buffer.state, sequence: 200 });
    expect(shipDelta(ORSet, restarted, 'B')).toEqual({ after: 0, upTo: 200, delta: buffer.state });
  });

  test('catalogue 112: deltas dropped after a fixed time instead of after acknowledgement never converge', () => {
    const sender = startDeltaBuffer(ORSet, ['B', 'C']);
    for (let hour = 0; hour < 10; hour++) {
      applyDelta(ORSet, sender, ORSet.add(sender.state, 'A', `hour ${hour}`));
      // C keeps up; B is away.
      acknowledgeDelta(sender, 'C', { joined: true, upTo: hour + 1 });
    }
    // The twin keeps two hours of deltas, and ships them as if B had all before.
    const twin = sender.recent.slice(-2).reduce((held, { delta }) => ORSet.join(held, delta), ORSet.empty);
    expect(ORSet.values(twin)).toEqual(['hour 8', 'hour 9']);
    const receiver = startDeltaBuffer(ORSet, ['A']);
    expect(receiveShipment(ORSet, receiver, 'A', shipDelta(ORSet, sender, 'B')).joined).toBe(true);
    expect(receiver.state).toEqual(sender.state);
  });

  test('an interval with a gap before it is left aside, and the receipt brings what is missing', () => {
    const sender = startDeltaBuffer(ORSet, ['B']);
    for (const element of ['x', 'y', 'z']) applyDelta(ORSet, sender, ORSet.add(sender.state, 'A', element));
    acknowledgeDelta(sender, 'B', { joined: true, upTo: 2 });
    // B lost its disk and came back empty.
    const receiver = startDeltaBuffer(ORSet, ['A']);
    const receipt = receiveShipment(ORSet, receiver, 'A', shipDelta(ORSet, sender, 'B'));
    expect(receipt).toEqual({ joined: false, upTo: 0 });
    expect(receiver.state).toEqual(ORSet.empty);
    acknowledgeDelta(sender, 'B', receipt);
    receiveShipment(ORSet, receiver, 'A', shipDelta(ORSet, sender, 'B'));
    expect(receiver.state).toEqual(sender.state);
  });

  test('malformed shipments, receipts and strangers are refused and change nothing', () => {
    const buffer = startDeltaBuffer(GCounter, ['B']);
    applyDelta(GCounter, buffer, GCounter.increment(buffer.state, 'A'));
    const before = JSON.stringify(buffer);
    const delta = GCounter.increment(GCounter.empty, 'B');
    const bad: [unknown, string][] = [
      [null, 'shipment'],
      [{ after: 0, upTo: 0, delta }, 'shipment.upTo'],
      [{ after: -1, upTo: 2, delta }, 'shipment.after'],
      [{ after: 0, upTo: 2, delta: { actors: ['B'], counters: [0] } }, 'delta.counters[0]'],
    ];
    for (const [shipment, path] of bad) {
      expect(() => receiveShipment(GCounter, buffer, 'B', shipment)).toThrow(
        expect.objectContaining({ code: 'MALFORMED_DELTA', path }),
      );
    }
    expect(() => receiveShipment(GCounter, buffer, 'stranger', { after: 0, upTo: 1, delta })).toThrow(
      MalformedDeltaError,
    );
    expect(() => acknowledgeDelta(buffer, 'B', { joined: true, upTo: 2 })).toThrow(/receipt.upTo/);
    expect(() => acknowledgeDelta(buffer, 'B', { upTo: 1 })).toThrow(/receipt.joined/);
    expect(() => shipDelta(GCounter, buffer, '__proto__')).toThrow(MalformedDeltaError);
    expect(JSON.stringify(buffer)).toBe(before);
  });
});

/** A set with tombstones, as a store keeps them: a tombstone hides an older add, and may be dropped one day. */
interface Tombstoned {
  readonly adds: ReadonlyMap<string, number>;
  readonly tombstones: ReadonlyMap<string, number>;
}

function mergeTombstoned(a: Tombstoned, b: Tombstoned): Tombstoned {
  const later = (x: ReadonlyMap<string, number>, y: ReadonlyMap<string, number>) =>
    new Map([...x, ...y].map(([key]) => [key, Math.max(x.get(key) ?? 0, y.get(key) ?? 0)]));
  return { adds: later(a.adds, b.adds), tombstones: later(a.tombstones, b.tombstones) };
}

const visible = ({ adds, tombstones }: Tombstoned) =>
  [...adds].filter(([key, at]) => at > (tombstones.get(key) ?? 0)).map(([key]) => key);

describe('causal stability', () => {
  const collect = (state: Tombstoned): Tombstoned => ({
    adds: new Map([...state.adds].filter(([key]) => !state.tombstones.has(key))),
    tombstones: new Map(),
  });
  const added: Tombstoned = { adds: new Map([['x', 1]]), tombstones: new Map() };

  test('catalogue 110, 112: a tombstone collected by time resurrects data; collected when stable it does not', () => {
    // A removes x while C, which holds it, is away; the removal is the second update of A.
    const atA: Tombstoned = { adds: new Map([['x', 1]]), tombstones: new Map([['x', 2]]) };
    const late = added;
    // The twin collects after a fixed time, before C was repaired. C comes back, and so does x.
    expect(visible(mergeTombstoned(collect(atA), late))).toEqual(['x']);
    let stability = startStability(['A', 'B', 'C']);
    for (const member of ['A', 'B']) stability = learnSeen(stability, member, vectorFrom({ A: 2 }));
    expect(isStable(stability, ['A', 2])).toBe(false);
    // C is repaired with the tombstone still there, says so, and now it may go, everywhere.
    const repaired = mergeTombstoned(late, atA);
    stability = learnSeen(stability, 'C', vectorFrom({ A: 2 }));
    expect(isStable(stability, ['A', 2])).toBe(true);
    expect(visible(mergeTombstoned(collect(atA), collect(repaired)))).toEqual([]);
    // The OR-set has nothing to collect, and the late copy brings nothing back.
    const held = ORSet.add(ORSet.empty, 'A', 'x');
    const removed = ORSet.join(held, ORSet.remove(held, 'x'));
    expect(ORSet.values(ORSet.join(removed, held))).toEqual([]);
  });

  test('the stable vector is what all members have seen, never goes back, and strangers are refused', () => {
    let stability = startStability(['B', 'A']);
    stability = learnSeen(stability, 'A', vectorFrom({ A: 5, B: 2 }));
    expect(stableVector(stability)).toEqual(vectorFrom({}));
    stability = learnSeen(stability, 'B', vectorFrom({ A: 3, B: 4 }));
    expect(stableVector(stability)).toEqual(vectorFrom({ A: 3, B: 2 }));
    // An old report changes nothing.
    expect(stableVector(learnSeen(stability, 'B', vectorFrom({ A: 1 })))).toEqual(vectorFrom({ A: 3, B: 2 }));
    expect(() => learnSeen(stability, 'C', vectorFrom({}))).toThrow(MalformedClockError);
    expect(() => learnSeen(stability, 'A', [1])).toThrow(MalformedClockError);
    expect(() => startStability(['A', 'A'])).toThrow(MalformedClockError);
  });
});
