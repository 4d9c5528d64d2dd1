import { describe, expect, test } from 'vitest';
import {
  CausalTraceError,
  type CausalEvent,
  compareLamport,
  compareVectors,
  executionOf,
  happensBefore,
  stampEvents,
} from '../../src/clocks/index.ts';
import { Draws, randomExecution, reachability } from './executions.ts';

const RUNS = 10_000;

/** Why a relation is no strict partial order, if it is none. */
function orderFault(size: number, before: (a: number, b: number) => boolean): string | undefined {
  for (let a = 0; a < size; a++) {
    if (before(a, a)) return `${a} before itself`;
    for (let b = 0; b < size; b++) {
      if (!before(a, b)) continue;
      if (before(b, a)) return `${a} and ${b} before each other`;
      for (let c = 0; c < size; c++) {
        if (before(b, c) && !before(a, c)) return `not transitive over ${a}, ${b}, ${c}`;
      }
    }
  }
  return undefined;
}

describe('happens-before', () => {
  test('S1.42 happens-before equals reachability and vector comparison on random executions', () => {
    let compared = 0;
    for (let seed = 0; seed < 400; seed++) {
      const draws = new Draws(seed);
      const events = randomExecution(draws, 1 + draws.below(5), 1 + draws.below(40));
      const relation = happensBefore(events);
      const reachable = reachability(events);
      const stamped = stampEvents(events);
      for (let a = 0; a < events.length; a++) {
        for (let b = 0; b < events.length; b++) {
          const vectors = compareVectors(stamped[a]!.vector, stamped[b]!.vector);
          const agree = relation.before(a, b) === reachable[a]?.[b] && relation.relation(a, b) === vectors;
          if (!agree) throw new Error(`seed ${seed}: events ${a} and ${b}`);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(100_000);
  });

  test('S1.42 happens-before is a strict partial order on random executions', () => {
    for (let seed = 0; seed < 100; seed++) {
      const relation = happensBefore(randomExecution(new Draws(1_000 + seed), 4, 24));
      expect(orderFault(relation.size, (a, b) => relation.before(a, b))).toBeUndefined();
    }
    // "Not after" is no strict order: concurrency is not transitive, and the judge says so.
    const relation = happensBefore(randomExecution(new Draws(7), 4, 24));
    expect(orderFault(relation.size, (a, b) => !relation.before(b, a))).toBe('0 before itself');
    const unordered = (a: number, b: number) => relation.relation(a, b) === 'concurrent' && a < b;
    expect(orderFault(relation.size, unordered)).toMatch(/not transitive/);
  });

  test('S1.36 Lamport order contains happens-before on 10,000 random executions', () => {
    let concurrentAndSmaller = 0;
    for (let seed = 0; seed < RUNS; seed++) {
      const draws = new Draws(2_000_000 + seed);
      const events = randomExecution(draws, 3, 12);
      const relation = happensBefore(events);
      const stamps = stampEvents(events).map((s) => s.lamport);
      expect(relation.firstContradiction((a, b) => compareLamport(stamps[a]!, stamps[b]!))).toBeUndefined();
      for (let a = 0; a < events.length; a++) {
        for (let b = 0; b < events.length; b++) {
          if (relation.before(a, b)) {
            if (stamps[a]!.counter >= stamps[b]!.counter) throw new Error(`seed ${seed}: ${a} before ${b}`);
          } else if (a !== b && !relation.before(b, a) && stamps[a]!.counter < stamps[b]!.counter) {
            concurrentAndSmaller++;
          }
          if (a !== b && compareLamport(stamps[a]!, stamps[b]!) === 0)
            throw new Error('the order is not total');
          // X34: the one certain case. Equal counters stand on different nodes and are concurrent.
          const tied = a !== b && stamps[a]!.counter === stamps[b]!.counter;
          if (tied && relation.relation(a, b) !== 'concurrent')
            throw new Error(`seed ${seed}: ${a} ties with ${b}`);
        }
      }
    }
    expect(concurrentAndSmaller).toBeGreaterThan(RUNS);
  });

  test('S1.36 a receive rule that forgets the maximum is caught as a contradiction', () => {
    // The broken twin counts only its own events, so a receive may be stamped below its send.
    const events: CausalEvent[] = [
      { process: 'A' },
      { process: 'A', sends: 'm' },
      { process: 'B', receives: 'm' },
    ];
    const counts = new Map<string, number>();
    const stamps = events.map(({ process }) => {
      counts.set(process, (counts.get(process) ?? 0) + 1);
      return counts.get(process) as number;
    });
    const relation = happensBefore(events);
    expect(relation.firstContradiction((a, b) => stamps[a]! - stamps[b]!)).toEqual([1, 2]);
  });

  test('S2.11 wall clocks 150 ms apart contradict causality when the delay is below the skew', () => {
    const offsets: Readonly<Record<string, number>> = { A: 0, B: 150, C: -150 };
    const sendAt = 1_000;
    const run = (delayMs: number) => {
      const events: CausalEvent[] = [
        { process: 'B', sends: 'm' },
        { process: 'C', receives: 'm' },
      ];
      const wall = [sendAt + offsets.B!, sendAt + delayMs + offsets.C!];
      return happensBefore(events).firstContradiction((a, b) => wall[a]! - wall[b]!);
    };
    expect(run(20)).toEqual([0, 1]);
    expect(run(299)).toEqual([0, 1]);
    expect(run(301)).toBeUndefined();
  });

  test('S0.26 a three-node trace is stamped, and its concurrent pairs are the complement of happens-before', () => {
    const events: CausalEvent[] = [
      { process: 'A', sends: 'm1' },
      { process: 'C' },
      { process: 'B', receives: 'm1' },
      { process: 'B', sends: 'm2' },
      { process: 'A' },
      { process: 'C', receives: 'm2' },
    ];
    const relation = happensBefore(events);
    const reachable = reachability(events);
    const complement: [number, number][] = [];
    for (let a = 0; a < events.length; a++) {
      for (let b = a + 1; b < events.length; b++) {
        if (!reachable[a]![b] && !reachable[b]![a]) complement.push([a, b]);
      }
    }
    expect(relation.concurrentPairs()).toEqual(complement);
    expect(complement).toEqual([
      [0, 1],
      [1, 2],
      [1, 3],
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 5],
    ]);
    const stamped = stampEvents(events);
    expect(stamped.map((s) => s.lamport.counter)).toEqual([1, 1, 2, 3, 2, 4]);
    expect(
      stamped.map((s) => ['A', 'B', 'C'].map((n) => s.vector.counters[s.vector.actors.indexOf(n)] ?? 0)),
    ).toEqual([
      [1, 0, 0],
      [0, 0, 1],
      [1, 1, 0],
      [1, 2, 0],
      [2, 0, 0],
      [1, 2, 2],
    ]);
  });

  test('a recorded run becomes an execution without world events and drops', () => {
    const recorded = [
      { node: -1, kind: 'fault', message: -1 },
      { node: 0, kind: 'send', message: 7 },
      { node: 0, kind: 'drop', message: 8 },
      { node: 1, kind: 'deliver', message: 7 },
      { node: 1, kind: 'deliver', message: 7 },
      { node: 1, kind: 'timer', message: -1 },
    ];
    const { events, positions } = executionOf(recorded);
    expect(positions).toEqual([1, 3, 4, 5]);
    expect(happensBefore(events).before(0, 3)).toBe(true);
  });

  test('a list that is no execution is refused with its event', () => {
    const early = [{ process: 'A', receives: 'm' }];
    expect(() => happensBefore(early)).toThrow(CausalTraceError);
    expect(() => stampEvents(early)).toThrow(/event 0.*has not been sent/);
    const twice = [
      { process: 'A', sends: 'm' },
      { process: 'A', sends: 'm' },
    ];
    expect(() => happensBefore(twice)).toThrow(/event 1.*already sent/);
    expect(() => happensBefore([]).before(0, 1)).toThrow(RangeError);
  });
});
