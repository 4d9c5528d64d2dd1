import { describe, expect, it } from 'vitest';
import { HostClock } from '../../src/clock/hostClock.ts';
import type { LeapSecond } from '../../src/clock/leap.ts';

const SECOND_US = 1_000_000;
// 2016-12-31T23:59:50Z, ten seconds before the last leap second so far.
const EPOCH_US = 1_483_228_790_000_000;
const AT_US = 10 * SECOND_US;

function clockWith(mode: LeapSecond['mode'], smearWindowSeconds?: number): HostClock {
  return new HostClock({ epochUs: EPOCH_US, leap: { atUs: AT_US, mode, smearWindowSeconds } });
}

/** What the wall clock shows each second from `fromS` to `toS` of true time. */
function shown(clock: HostClock, fromS: number, toS: number): string[] {
  const times: string[] = [];
  for (let s = fromS; s <= toS; s++) {
    times.push(new Date(clock.wallUs(s * SECOND_US) / 1000).toISOString().slice(11, 19));
  }
  return times;
}

/** A duration of 2 s around the leap second, as code measures it that subtracts two readings. */
function measured(clock: HostClock): { wall: number; monotonic: number } {
  const [from, to] = [9 * SECOND_US, 11 * SECOND_US];
  return {
    wall: clock.wallUs(to) - clock.wallUs(from),
    monotonic: clock.monotonicUs(to) - clock.monotonicUs(from),
  };
}

describe('leap second', () => {
  it('S2.14 repeat shows 23:59:59 twice', () => {
    expect(shown(clockWith('repeat'), 8, 12)).toEqual([
      '23:59:58',
      '23:59:59',
      '23:59:59',
      '00:00:00',
      '00:00:01',
    ]);
  });

  it('S2.14 skip leaves a second out', () => {
    expect(shown(clockWith('skip'), 8, 11)).toEqual(['23:59:58', '23:59:59', '00:00:01', '00:00:02']);
  });

  it('S2.14 smear never steps, loses one second over its window and ends where repeat ends', () => {
    const clock = clockWith('smear', 16);
    let last = clock.wallUs(0);
    for (let t = 50_000; t <= 20 * SECOND_US; t += 50_000) {
      const now = clock.wallUs(t);
      expect(now - last).toBeGreaterThanOrEqual(46_875);
      expect(now - last).toBeLessThanOrEqual(50_000);
      last = now;
    }
    expect(clock.wallUs(2 * SECOND_US)).toBe(EPOCH_US + 2 * SECOND_US);
    expect(clock.wallUs(10 * SECOND_US)).toBe(EPOCH_US + 9_500_000);
    expect(clock.wallUs(18 * SECOND_US)).toBe(clockWith('repeat').wallUs(18 * SECOND_US));
  });

  it('S2.14 a smear takes a day, noon to noon, unless told otherwise', () => {
    const leap = { atUs: 86_400 * SECOND_US, mode: 'smear' as const };
    const clock = new HostClock({ leap, epochUs: 0 });
    expect(clock.wallUs(43_200 * SECOND_US)).toBe(43_200 * SECOND_US);
    expect(clock.wallUs(86_400 * SECOND_US)).toBe(86_400 * SECOND_US - 500_000);
    expect(clock.wallUs(129_600 * SECOND_US)).toBe(129_600 * SECOND_US - SECOND_US);
  });

  it('S2.14 durations measured by the wall clock are wrong in every model, by the monotonic clock in none', () => {
    expect(measured(clockWith('repeat'))).toEqual({ wall: SECOND_US, monotonic: 2 * SECOND_US });
    expect(measured(clockWith('skip'))).toEqual({ wall: 3 * SECOND_US, monotonic: 2 * SECOND_US });
    expect(measured(clockWith('smear', 16))).toEqual({ wall: 1_875_000, monotonic: 2 * SECOND_US });
    expect(measured(new HostClock({ epochUs: EPOCH_US }))).toEqual({
      wall: 2 * SECOND_US,
      monotonic: 2 * SECOND_US,
    });
  });

  it('S2.14 against official time a smearing clock is up to half a second off, a repeating one never', () => {
    const smear = clockWith('smear', 16);
    expect(smear.skewUs(AT_US - 1)).toBe(-499_999);
    expect(smear.skewUs(AT_US)).toBe(500_000);
    expect(smear.skewUs(30 * SECOND_US)).toBe(0);
    expect(clockWith('repeat').skewUs(AT_US - 1)).toBe(0);
    expect(clockWith('repeat').skewUs(AT_US)).toBe(0);
    expect(clockWith('skip').skewUs(AT_US + 5)).toBe(0);
  });

  it('refuses a smear window of a length it cannot spread a second over', () => {
    expect(() => clockWith('smear', 1)).toThrow(/leap.smearWindowSeconds/);
  });
});
