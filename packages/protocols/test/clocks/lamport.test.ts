import { describe, expect, test } from 'vitest';
import {
  ClockOverflowError,
  compareLamport,
  happensBefore,
  type LamportStamp,
  MalformedClockError,
  receiveLamport,
  stampEvents,
  startLamport,
  tickLamport,
} from '../../src/clocks/index.ts';

/** The four messages of the source's example: A to B, B to C, A to B, B to C. */
const FOUR_MESSAGES = [
  { process: 'A', sends: '1' },
  { process: 'B', receives: '1' },
  { process: 'B', sends: '2' },
  { process: 'C', receives: '2' },
  { process: 'A', sends: '3' },
  { process: 'B', receives: '3' },
  { process: 'B', sends: '4' },
  { process: 'C', receives: '4' },
];

function pairs(events: readonly { process: string; sends?: string; receives?: string }[]): string[] {
  const counters = stampEvents(events).map((s) => s.lamport.counter);
  return ['1', '2', '3', '4'].map((m) => {
    const sent = counters[events.findIndex((e) => e.sends === m)];
    return `${sent}>${counters[events.findIndex((e) => e.receives === m)]}`;
  });
}

describe('Lamport clock', () => {
  test('S2.15 the four-message example recomputed gives 1>2, 3>4, 2>4, 5>6 (X2)', () => {
    expect(pairs(FOUR_MESSAGES)).toEqual(['1>2', '3>4', '2>4', '5>6']);
  });

  test("S2.15 the source's numbers 1>2, 3>5, 4>6, 7>8 need eight hidden local events (X2)", () => {
    const printed = '1>2,3>5,4>6,7>8';
    const local = (process: string, count: number) => Array.from({ length: count }, () => ({ process }));
    const found: string[] = [];
    for (let atC = 0; atC <= 6; atC++) {
      for (let atA = 0; atA <= 6; atA++) {
        for (let atB = 0; atB <= 6; atB++) {
          const events = [
            ...FOUR_MESSAGES.slice(0, 3),
            ...local('C', atC),
            ...FOUR_MESSAGES.slice(3, 4),
            ...local('A', atA),
            ...FOUR_MESSAGES.slice(4, 5),
            ...local('B', atB),
            ...FOUR_MESSAGES.slice(5),
          ];
          if (String(pairs(events)) === printed) found.push(`${atC} at C, ${atA} at A, ${atB} at B`);
        }
      }
    }
    expect(String(pairs(FOUR_MESSAGES))).not.toBe(printed);
    expect(found).toEqual(['4 at C, 2 at A, 2 at B']);
  });

  test('S1.36 a smaller stamp may be concurrent: two nodes that never talk', () => {
    const events = [{ process: 'A' }, { process: 'B' }, { process: 'B' }];
    const stamps = stampEvents(events).map((s) => s.lamport);
    expect(stamps[0]!.counter).toBeLessThan(stamps[2]!.counter);
    expect(happensBefore(events).relation(0, 2)).toBe('concurrent');
  });

  test('S1.36 S0.25 equal counters are ordered by node; the only certain concurrency they show (X34)', () => {
    const a = tickLamport(startLamport('A'));
    const b = tickLamport(startLamport('B'));
    expect(compareLamport(a, b)).toBeLessThan(0);
    expect(compareLamport(b, a)).toBeGreaterThan(0);
    expect(compareLamport(a, { counter: 1, node: 'A' })).toBe(0);
    // Without the node in the order two events of two nodes would tie.
    expect(a.counter - b.counter).toBe(0);
  });

  test('a malformed stamp is refused and the clock does not move', () => {
    const clock: LamportStamp = Object.freeze(tickLamport(startLamport('A')));
    const bad = [
      null,
      7,
      {},
      { counter: -1, node: 'B' },
      { counter: 1.5, node: 'B' },
      { counter: 1, node: '' },
    ];
    for (const remote of [...bad, { counter: Number.NaN, node: 'B' }, { counter: '1', node: 'B' }]) {
      expect(() => receiveLamport(clock, remote)).toThrow(MalformedClockError);
    }
    expect(clock).toEqual({ counter: 1, node: 'A' });
    expect(() => startLamport('')).toThrow(
      expect.objectContaining({ code: 'MALFORMED_CLOCK', path: 'node' }),
    );
  });

  test('a remote counter at the limit is refused instead of wrapping', () => {
    const clock = startLamport('A');
    const last = { counter: Number.MAX_SAFE_INTEGER, node: 'B' };
    expect(() => receiveLamport(clock, last)).toThrow(ClockOverflowError);
    expect(receiveLamport(clock, { counter: 5, node: 'B' })).toEqual({ counter: 6, node: 'A' });
  });
});
