import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostClock, type HostClockOptions } from '../../src/clock/hostClock.ts';
import { BadOptionError } from '../../src/models/optionError.ts';

const HOUR_US = 3_600_000_000;
const SECOND_US = 1_000_000;

/** A change of a clock, for random histories. */
type Change =
  | { readonly kind: 'drift'; readonly ppm: number }
  | { readonly kind: 'slew'; readonly byUs: number; readonly ratePpm: number }
  | { readonly kind: 'step'; readonly byUs: number }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'resume' };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('drift' as const), ppm: fc.integer({ min: -400_000, max: 400_000 }) }),
  fc.record({
    kind: fc.constant('slew' as const),
    byUs: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    ratePpm: fc.integer({ min: 1, max: 100_000 }),
  }),
  fc.record({ kind: fc.constant('step' as const), byUs: fc.integer({ min: -1e9, max: 1e9 }) }),
  fc.constant({ kind: 'suspend' as const }),
  fc.constant({ kind: 'resume' as const }),
);

const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 20_000_000 }), change), { maxLength: 12 });

function apply(clock: HostClock, atUs: number, c: Change): void {
  if (c.kind === 'drift') clock.setDrift(atUs, c.ppm);
  else if (c.kind === 'slew') clock.slewWall(atUs, c.byUs, c.ratePpm);
  else if (c.kind === 'step') clock.stepWall(c.byUs);
  else if (c.kind === 'suspend') clock.suspend(atUs);
  else clock.resume(atUs);
}

/** Exact local time after runs of (length, rate in parts per billion), with big integers. */
function exactLocal(runs: readonly (readonly [number, number])[]): number {
  const billionths = runs.reduce((sum, [us, ppb]) => sum + BigInt(us) * (1_000_000_000n + BigInt(ppb)), 0n);
  return Number(billionths / 1_000_000_000n);
}

describe('drift', () => {
  it('S2.13 at 50 ppm a clock is exactly 180 ms ahead after 3,600 s, and one without drift is not', () => {
    expect(new HostClock({ driftPpm: 50 }).skewUs(HOUR_US)).toBe(180_000);
    expect(new HostClock({ driftPpm: -50 }).skewUs(HOUR_US)).toBe(-180_000);
    expect(new HostClock().skewUs(HOUR_US)).toBe(0);
  });

  it('S2.13 two clocks drifting apart are 360 ms apart after an hour', () => {
    const [fast, slow] = [new HostClock({ driftPpm: 50 }), new HostClock({ driftPpm: -50 })];
    expect(fast.wallUs(HOUR_US) - slow.wallUs(HOUR_US)).toBe(360_000);
  });

  it('S2.13 local time is exact after any number of rate changes', () => {
    const runs = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 3_000_000_000_000 }), fc.integer({ min: -4e8, max: 4e8 })),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(runs, (list) => {
        const clock = new HostClock();
        let nowUs = 0;
        for (const [us, ppb] of list) {
          clock.setDrift(nowUs, ppb / 1000);
          nowUs += us;
        }
        expect(clock.monotonicUs(nowUs)).toBe(exactLocal(list));
      }),
      { seed: 13, numRuns: 300 },
    );
  });

  it('S2.13 a million rate changes lose nothing', () => {
    const clock = new HostClock();
    for (let i = 0; i < 1_000_000; i++) clock.setDrift(i * 7, i % 2 === 0 ? 0.333 : 0.334);
    expect(clock.monotonicUs(7_000_000)).toBe(
      exactLocal([
        [3_500_000, 333],
        [3_500_000, 334],
      ]),
    );
  });

  it('refuses a drift no oscillator has', () => {
    expect(() => new HostClock({ driftPpm: 500_000 })).toThrow(BadOptionError);
    expect(() => new HostClock({ driftPpm: Number.NaN })).toThrow(/Cannot use driftPpm/);
  });
});

describe('wall clock', () => {
  it('S1.34 shows true time plus its offset, and jumps by each step', () => {
    const clock = new HostClock({ offsetUs: 2_500, epochUs: 1_000 });
    expect(clock.wallUs(0)).toBe(3_500);
    clock.stepWall(-10_000);
    expect(clock.wallUs(100)).toBe(-6_400);
    expect(clock.skewUs(100)).toBe(-7_500);
  });

  it('S1.41 a step back makes a wall clock go back, which without a step it never does', () => {
    const readings = (stepUs: number) => {
      const clock = new HostClock({ driftPpm: -200 });
      const seen: number[] = [];
      for (let t = 0; t < 20; t++) {
        if (t === 10) clock.stepWall(stepUs);
        seen.push(clock.wallUs(t * 1000));
      }
      return seen.some((v, i) => i > 0 && v < (seen[i - 1] as number));
    };
    expect(readings(-5_000)).toBe(true);
    expect(readings(0)).toBe(false);
  });
});

describe('monotonic clock', () => {
  it('S1.35 never goes back, whatever happens to the clocks', () => {
    fc.assert(
      fc.property(history, fc.constantFrom('stops', 'continues'), (steps, onSuspend) => {
        const clock = new HostClock({ onSuspend: onSuspend as 'stops' | 'continues' });
        let nowUs = 0;
        let last = 0;
        for (const [waitUs, c] of steps) {
          const times = [nowUs, nowUs + 1, nowUs + 2, nowUs + waitUs];
          for (const t of times.sort((a, b) => a - b)) {
            if (t > nowUs + waitUs) continue;
            const reading = clock.monotonicUs(t);
            expect(reading).toBeGreaterThanOrEqual(last);
            last = reading;
          }
          nowUs += waitUs;
          apply(clock, nowUs, c);
          expect(clock.monotonicUs(nowUs)).toBeGreaterThanOrEqual(last);
        }
      }),
      { seed: 35, numRuns: 500 },
    );
  });

  it('S1.35 steps of the wall clock do not touch it or its timers', () => {
    const [stepped, untouched] = [new HostClock({ driftPpm: 30 }), new HostClock({ driftPpm: 30 })];
    const deadline = stepped.monotonicUs(1_000) + 500_000;
    stepped.stepWall(-86_400 * SECOND_US);
    expect(stepped.monotonicUs(77_777)).toBe(untouched.monotonicUs(77_777));
    expect(stepped.trueUsAtMonotonic(deadline, 1_000)).toBe(untouched.trueUsAtMonotonic(deadline, 1_000));
  });

  it('S1.35 suspended for an hour it stops or goes on, as chosen; boot time always goes on', () => {
    const read = (onSuspend: 'stops' | 'continues') => {
      const clock = new HostClock({ onSuspend });
      clock.suspend(SECOND_US);
      const asleep = clock.monotonicUs(SECOND_US + HOUR_US / 2);
      clock.resume(SECOND_US + HOUR_US);
      const end = 2 * SECOND_US + HOUR_US;
      return [asleep, clock.monotonicUs(end), clock.bootTimeUs(end), clock.wallUs(end) - clock.wallUs(0)];
    };
    const whole = 2 * SECOND_US + HOUR_US;
    expect(read('stops')).toEqual([SECOND_US, 2 * SECOND_US, whole, whole]);
    expect(read('continues')).toEqual([SECOND_US + HOUR_US / 2, whole, whole, whole]);
  });

  it('S1.35 a lease of 10 s looks valid after a suspension of 60 s only where the clock stops (X19)', () => {
    const looksValid = (onSuspend: 'stops' | 'continues') => {
      const clock = new HostClock({ onSuspend });
      const expires = clock.monotonicUs(0) + 10 * SECOND_US;
      clock.suspend(2 * SECOND_US);
      clock.resume(62 * SECOND_US);
      return clock.monotonicUs(62 * SECOND_US) < expires;
    };
    expect(looksValid('stops')).toBe(true);
    expect(looksValid('continues')).toBe(false);
  });

  it('S1.35 every suspension counts: after two of them both are missing where the clock stops', () => {
    const clock = new HostClock();
    clock.suspend(1_000);
    clock.resume(3_000);
    clock.suspend(10_000);
    clock.resume(15_000);
    expect(clock.monotonicUs(20_000)).toBe(20_000 - 2_000 - 5_000);
  });

  it('suspending twice or resuming while awake changes nothing', () => {
    const clock = new HostClock();
    clock.resume(10);
    clock.suspend(100);
    clock.suspend(200);
    expect(clock.isSuspended).toBe(true);
    clock.resume(300);
    expect(clock.isSuspended).toBe(false);
    expect(clock.monotonicUs(400)).toBe(200);
  });
});

describe('timers by the local clock', () => {
  it('S1.41 a timer is due later by true time on a slow clock and earlier on a fast one', () => {
    const due = (options: HostClockOptions) => new HostClock(options).trueTimeForLocal(1_000_000, 0);
    expect(due({})).toBe(1_000_000);
    expect(due({ driftPpm: 100_000 })).toBe(909_091);
    expect(due({ driftPpm: -100_000 })).toBe(1_111_112);
  });

  it('is due at the first microsecond at which the monotonic clock has advanced that far', () => {
    const duration = fc.integer({ min: 1, max: 10_000_000_000 });
    fc.assert(
      fc.property(history, duration, (steps, durationUs) => {
        const clock = new HostClock();
        let nowUs = 0;
        for (const [waitUs, c] of steps) {
          nowUs += waitUs;
          apply(clock, nowUs, c);
        }
        clock.resume(nowUs);
        const deadline = clock.monotonicUs(nowUs) + durationUs;
        const dueUs = clock.trueTimeForLocal(durationUs, nowUs);
        expect(clock.trueUsAtMonotonic(deadline, nowUs)).toBe(dueUs);
        expect(clock.monotonicUs(dueUs)).toBeGreaterThanOrEqual(deadline);
        expect(clock.monotonicUs(dueUs - 1)).toBeLessThan(deadline);
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it('follows a change of rate when asked again', () => {
    const clock = new HostClock();
    const deadline = clock.monotonicUs(0) + 1_000_000;
    expect(clock.trueUsAtMonotonic(deadline, 0)).toBe(1_000_000);
    clock.setDrift(500_000, -200_000);
    expect(clock.trueUsAtMonotonic(deadline, 500_000)).toBe(500_000 + 625_000);
  });

  it('is due at once when its time has passed, and while suspended as if resumed now', () => {
    const clock = new HostClock();
    expect(clock.trueUsAtMonotonic(5, 10)).toBe(10);
    clock.suspend(100);
    expect(clock.trueUsAtMonotonic(150, 1_000)).toBe(1_050);
    clock.resume(5_000);
    expect(clock.trueUsAtMonotonic(150, 5_000)).toBe(5_050);
  });
});

describe('slew', () => {
  it('S2.12 corrects by exactly the amount asked for, at the rate asked for, and never jumps', () => {
    const clock = new HostClock({ offsetUs: 100_000 });
    clock.slewWall(0, -100_000, 500);
    expect(clock.skewUs(100_000_000)).toBe(50_000);
    expect(clock.remainingSlewUs(100_000_000)).toBe(-50_000);
    expect(clock.skewUs(200_000_000)).toBe(0);
    expect(clock.skewUs(900_000_000)).toBe(0);
  });

  it('S2.12 leaves exactly the drift behind, also when the drift changes on the way', () => {
    const slew = fc.record({
      byUs: fc.integer({ min: -1_000_000, max: 1_000_000 }),
      ratePpm: fc.integer({ min: 1, max: 100_000 }),
      ppb: fc.tuple(fc.integer({ min: -1e8, max: 1e8 }), fc.integer({ min: -1e8, max: 1e8 })),
      turnUs: fc.integer({ min: 0, max: 5_000_000 }),
    });
    fc.assert(
      fc.property(slew, ({ byUs, ratePpm, ppb, turnUs }) => {
        const clock = new HostClock({ driftPpm: ppb[0] / 1000 });
        clock.slewWall(0, byUs, ratePpm);
        clock.setDrift(turnUs, ppb[1] / 1000);
        const endUs = turnUs + Math.ceil((Math.abs(byUs) / ratePpm) * 1_000_000) + 1;
        const drifted = exactLocal([
          [turnUs, ppb[0]],
          [endUs - turnUs, ppb[1]],
        ]);
        expect(clock.monotonicUs(endUs)).toBe(drifted + byUs);
      }),
      { seed: 12, numRuns: 500 },
    );
  });

  it('a new slew replaces the one in progress where it is', () => {
    const clock = new HostClock();
    clock.slewWall(0, 1_000, 1_000);
    clock.slewWall(500_000, -500, 1_000);
    expect(clock.skewUs(500_000)).toBe(500);
    expect(clock.skewUs(2_000_000)).toBe(0);
  });
});
