import { describe, expect, test } from 'vitest';
import {
  type CausalEvent,
  ClockCeilingError,
  ClockDriftError,
  ClockOverflowError,
  compareHybrid,
  happensBefore,
  type HybridClock,
  hybridAheadMs,
  hybridLimits,
  type HybridStamp,
  MalformedClockError,
  parseHybrid,
  raiseHybridCeiling,
  readSkew,
  receiveHybrid,
  restartHybrid,
  startHybrid,
  tickHybrid,
} from '../../src/clocks/index.ts';
import { Draws } from './executions.ts';

const LIMITS = hybridLimits({ maxDriftMs: 500 });

const at = (l: number, c: number): HybridClock => ({ ...startHybrid('A'), l, c });
const from = (l: number, c: number): HybridStamp => ({ l, c, node: 'B' });
const stamp = ({ l, c }: HybridStamp) => [l, c];

describe('hybrid logical clock', () => {
  test('S2.18 local events: physical time ahead, equal and behind', () => {
    expect(stamp(tickHybrid(at(10, 4), 11, LIMITS))).toEqual([11, 0]);
    expect(stamp(tickHybrid(at(10, 4), 10, LIMITS))).toEqual([10, 5]);
    expect(stamp(tickHybrid(at(10, 4), 7, LIMITS))).toEqual([10, 5]);
  });

  test('S2.18 the four-way receive rule, every branch and every tie', () => {
    const table: [clock: [number, number], message: [number, number], physical: number, result: number[]][] =
      [
        // l' = l = m.l: the larger counter and one more, whichever it is, whatever physical time says below or at it.
        [[10, 4], [10, 6], 9, [10, 7]],
        [[10, 6], [10, 4], 9, [10, 7]],
        [[10, 4], [10, 4], 10, [10, 5]],
        // l' = l only.
        [[10, 4], [8, 9], 9, [10, 5]],
        [[10, 4], [8, 9], 10, [10, 5]],
        // l' = m.l only.
        [[8, 9], [10, 4], 9, [10, 5]],
        [[8, 9], [10, 4], 10, [10, 5]],
        // Physical time above both.
        [[8, 9], [9, 4], 10, [10, 0]],
        [[8, 9], [8, 9], 10, [10, 0]],
      ];
    for (const [clock, message, physical, result] of table) {
      expect(stamp(receiveHybrid(at(...clock), from(...message), physical, LIMITS))).toEqual(result);
    }
  });

  test('S1.38 S2.18 200,000 random events: increasing, above causes, never below physical time, bounded (X3)', () => {
    const SKEW_MS = 20;
    const draws = new Draws(218);
    const nodes = ['A', 'B', 'C', 'D'];
    const offset = nodes.map(() => draws.below(SKEW_MS + 1));
    const clocks = nodes.map((node) => startHybrid(node));
    const inFlight: HybridStamp[] = [];
    let trueMs = 1_000;
    let equal = 0;
    for (let i = 0; i < 200_000; i++) {
      if (draws.below(4) === 0) trueMs += draws.below(3);
      const n = draws.below(nodes.length);
      const before = clocks[n]!;
      const physical = trueMs + offset[n]!;
      const message = inFlight.length > 0 && draws.below(2) === 0 ? draws.pick(inFlight) : undefined;
      const after = message
        ? receiveHybrid(before, message, physical, LIMITS)
        : tickHybrid(before, physical, LIMITS);
      if (compareHybrid(before, after) >= 0) throw new Error(`event ${i} does not increase its node`);
      if (message && compareHybrid(message, after) >= 0)
        throw new Error(`event ${i} is not above its message`);
      if (after.l < physical) throw new Error(`event ${i} is below physical time`);
      if (hybridAheadMs(after, physical) > SKEW_MS) throw new Error(`event ${i} is past the skew`);
      if (after.l === physical) equal++;
      clocks[n] = after;
      if (inFlight.length < 16) inFlight.push(after);
      else inFlight[draws.below(16)] = after;
    }
    // "Always greater than physical time" is wrong: it is often equal.
    expect(equal).toBeGreaterThan(10_000);
  });

  test('S1.38 a jumped clock drags its peers forward within the bound, and the gauge reports it', () => {
    const jumped = tickHybrid(startHybrid('B'), 1_400, LIMITS);
    const dragged = receiveHybrid(tickHybrid(startHybrid('A'), 1_000, LIMITS), jumped, 1_000, LIMITS);
    expect(hybridAheadMs(dragged, 1_000)).toBe(400);
    expect(hybridAheadMs(tickHybrid(dragged, 1_401, LIMITS), 1_401)).toBe(0);
    expect(readSkew('B', 1_400, 1_000, 250)).toEqual({ node: 'B', skewMs: 400, boundMs: 250, alert: true });
    expect(readSkew('C', 900, 1_000, 250).alert).toBe(false);
    expect(() => readSkew('C', Number.NaN, 1_000, 250)).toThrow(MalformedClockError);
  });

  test('S1.38 concurrent updates still conflict: the order between them is arbitrary', () => {
    const events: CausalEvent[] = [{ process: 'A' }, { process: 'B' }];
    const a = tickHybrid(startHybrid('A'), 1_000, LIMITS);
    const b = tickHybrid(startHybrid('B'), 1_001, LIMITS);
    expect(compareHybrid(a, b)).toBeLessThan(0);
    expect(happensBefore(events).relation(0, 1)).toBe('concurrent');
  });

  test('catalogue 107: a remote clock beyond the drift bound is refused; without the bound one node drags all', () => {
    const clock = tickHybrid(startHybrid('A'), 1_000, LIMITS);
    const wild = from(1_000 + 86_400_000, 0);
    expect(() => receiveHybrid(clock, wild, 1_000, LIMITS)).toThrow(ClockDriftError);
    expect(() => receiveHybrid(clock, wild, 1_000, LIMITS)).toThrow(/86400000 ms ahead/);
    expect(stamp(receiveHybrid(clock, from(1_500, 0), 1_000, LIMITS))).toEqual([1_500, 1]);
    expect(() => receiveHybrid(clock, from(1_501, 0), 1_000, LIMITS)).toThrow(ClockDriftError);
    const unbounded = hybridLimits({ maxDriftMs: Number.MAX_SAFE_INTEGER });
    expect(hybridAheadMs(receiveHybrid(clock, wild, 1_000, unbounded), 1_000)).toBe(86_400_000);
  });

  test('catalogue 107: a full counter is refused, where a wrapped one would go backwards', () => {
    const small = hybridLimits({ maxDriftMs: 500, maxCounter: 3 });
    const full = at(10, 3);
    expect(() => tickHybrid(full, 10, small)).toThrow(ClockOverflowError);
    expect(() => receiveHybrid(full, from(10, 3), 10, small)).toThrow(ClockOverflowError);
    expect(stamp(full)).toEqual([10, 3]);
    expect(stamp(tickHybrid(full, 11, small))).toEqual([11, 0]);
    const wrapped: HybridStamp = { l: 10, c: (full.c + 1) & 3, node: 'A' };
    expect(compareHybrid(full, wrapped)).toBeGreaterThan(0);
    expect(() => parseHybrid(from(10, 4), small)).toThrow(MalformedClockError);
  });

  test('catalogue 107: after a restart with the wall clock back, no timestamp is used twice', () => {
    const issued: HybridStamp[] = [];
    let durable = 2_000;
    let clock = startHybrid('A', durable);
    for (let ms = 1_500; ms <= 2_000; ms += 50) {
      clock = tickHybrid(clock, ms, LIMITS);
      issued.push(clock);
    }
    // Nothing above the ceiling leaves the node until a higher one is durable.
    expect(() => tickHybrid(clock, 2_001, LIMITS)).toThrow(ClockCeilingError);
    durable = 3_000;
    clock = tickHybrid(raiseHybridCeiling(clock, durable), 2_001, LIMITS);
    issued.push(clock);

    // Crash; the wall clock comes back an hour early. The twin starts from the wall clock and repeats itself.
    const forgetful = tickHybrid(startHybrid('A'), 1_500, LIMITS);
    expect(issued.some((old) => compareHybrid(old, forgetful) >= 0)).toBe(true);
    expect(issued.some((old) => compareHybrid(old, forgetful) === 0)).toBe(true);

    let again = restartHybrid('A', durable);
    expect(() => tickHybrid(again, 1_500, LIMITS)).toThrow(
      expect.objectContaining({ code: 'CLOCK_CEILING' }),
    );
    again = raiseHybridCeiling(again, 4_000);
    again = tickHybrid(again, 1_500, LIMITS);
    expect(issued.every((old) => compareHybrid(old, again) < 0)).toBe(true);
    expect(raiseHybridCeiling(again, 1)).toBe(again);
  });

  test('random crashes and wall clock steps: every stamp is above all earlier ones of its node', () => {
    for (let seed = 0; seed < 200; seed++) {
      const draws = new Draws(seed);
      let wall = 10_000;
      let durable = wall + 50;
      let clock = startHybrid('A', durable);
      let last: HybridStamp = clock;
      for (let i = 0; i < 200; i++) {
        wall = Math.max(0, wall + draws.below(60) - 25);
        if (draws.below(20) === 0) clock = restartHybrid('A', durable);
        if (Math.max(clock.l, wall) > durable) {
          durable = Math.max(clock.l, wall) + 50;
          // Half the time the node crashes between writing the ceiling and using it.
          if (draws.below(2) === 0) clock = restartHybrid('A', durable);
          durable = Math.max(durable, clock.l + 50);
          clock = raiseHybridCeiling(clock, durable);
        }
        clock = tickHybrid(clock, wall, LIMITS);
        expect(compareHybrid(last, clock)).toBeLessThan(0);
        last = clock;
      }
    }
  });

  test('a malformed stamp is refused and the clock does not move', () => {
    const clock = Object.freeze(at(10, 4));
    for (const remote of [null, [], { l: 1 }, { l: 1.5, c: 0, node: 'B' }, { l: 1, c: 65_536, node: 'B' }]) {
      expect(() => receiveHybrid(clock, remote, 10, LIMITS)).toThrow(MalformedClockError);
    }
    expect(() => tickHybrid(clock, 10.5, LIMITS)).toThrow(expect.objectContaining({ path: 'physicalMs' }));
    expect(() => hybridLimits({ maxDriftMs: -1 })).toThrow(MalformedClockError);
    expect(stamp(clock)).toEqual([10, 4]);
  });
});
