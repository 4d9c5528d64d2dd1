import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/choices/stream.ts';
import { HostClock } from '../../src/clock/hostClock.ts';
import {
  disciplineClock,
  drawNtpErrorUs,
  NTP_PRESETS,
  NTPD,
  type NtpPreset,
  ntpOffsetUs,
} from '../../src/clock/ntp.ts';

describe('clock discipline', () => {
  it('S2.12 slews up to the threshold, steps above it, refuses the absurd', () => {
    expect(disciplineClock(0, NTPD)).toEqual({ kind: 'none' });
    expect(disciplineClock(128_000, NTPD)).toEqual({ kind: 'slew', byUs: -128_000, ratePpm: 500 });
    expect(disciplineClock(-128_000, NTPD)).toEqual({ kind: 'slew', byUs: 128_000, ratePpm: 500 });
    expect(disciplineClock(128_001, NTPD)).toEqual({ kind: 'step', byUs: -128_001 });
    expect(disciplineClock(-200_000, NTPD)).toEqual({ kind: 'step', byUs: 200_000 });
    expect(disciplineClock(1_000_000_001, NTPD)).toEqual({ kind: 'refuse', offsetUs: 1_000_000_001 });
    expect(disciplineClock(400, { ...NTPD, deadZoneUs: 500 })).toEqual({ kind: 'none' });
  });

  it('S2.12 a clock ahead by 200 ms goes back at once, one ahead by 20 ms never goes back', () => {
    const goesBack = (offsetUs: number) => {
      const clock = new HostClock({ offsetUs });
      const before = clock.wallUs(1_000_000);
      clock.correct(1_000_000, disciplineClock(clock.skewUs(1_000_000), NTPD));
      return clock.wallUs(1_000_000) < before;
    };
    expect(goesBack(200_000)).toBe(true);
    expect(goesBack(20_000)).toBe(false);
  });

  it('S2.12 polling every 64 s keeps a drifting clock inside the accuracy of its preset', () => {
    const worstSkew = (preset: NtpPreset) => {
      const stream = new Stream('ntp', 12);
      const clock = new HostClock({ driftPpm: 50, offsetUs: 700_000 });
      let worst = 0;
      for (let poll = 1; poll <= 500; poll++) {
        const nowUs = poll * 64_000_000;
        const skew = clock.skewUs(nowUs);
        if (poll > 1) worst = Math.max(worst, Math.abs(skew));
        clock.correct(nowUs, disciplineClock(skew + drawNtpErrorUs(preset, stream), NTPD));
      }
      return worst;
    };
    const driftPerPoll = 64 * 50;
    expect(worstSkew(NTP_PRESETS.lan)).toBeLessThanOrEqual(NTP_PRESETS.lan.errorUs.max + driftPerPoll);
    expect(worstSkew(NTP_PRESETS.internet)).toBeLessThanOrEqual(
      NTP_PRESETS.internet.errorUs.max + driftPerPoll,
    );
  });

  it('S2.12 without discipline the same clock leaves the preset behind', () => {
    const clock = new HostClock({ driftPpm: 50, offsetUs: 0 });
    expect(clock.skewUs(500 * 64_000_000)).toBe(1_600_000);
  });

  it('S2.12 drawn errors lie inside the preset, on both sides', () => {
    const stream = new Stream('ntp', 1);
    for (const preset of Object.values(NTP_PRESETS)) {
      let [ahead, behind] = [0, 0];
      for (let i = 0; i < 2_000; i++) {
        const error = drawNtpErrorUs(preset, stream);
        expect(Math.abs(error)).toBeGreaterThanOrEqual(preset.errorUs.min);
        expect(Math.abs(error)).toBeLessThanOrEqual(preset.errorUs.max);
        if (error > 0) ahead++;
        else behind++;
      }
      expect(ahead).toBeGreaterThan(800);
      expect(behind).toBeGreaterThan(800);
      expect(preset).toMatchObject({ isDefault: true });
      expect(preset.source).not.toBe('');
    }
    expect(NTP_PRESETS.lan.errorUs).toEqual({ min: 1_000, max: 10_000 });
    expect(NTP_PRESETS.internet.errorUs).toEqual({ min: 10_000, max: 100_000 });
  });

  it('S2.12 the calmest answers give the smallest error', () => {
    const stream = new Stream('ntp', 5);
    stream.calm();
    expect(drawNtpErrorUs(NTP_PRESETS.lan, stream)).toBe(1_000);
  });

  it('a step ends a slew in progress', () => {
    const clock = new HostClock();
    clock.correct(0, { kind: 'slew', byUs: 1_000, ratePpm: 1_000 });
    clock.correct(500_000, { kind: 'step', byUs: -200_000 });
    expect(clock.remainingSlewUs(500_000)).toBe(0);
    expect(clock.skewUs(9_000_000)).toBe(500 - 200_000);
  });
});

describe('measuring an offset over the network', () => {
  it('S1.41 asymmetric delay makes NTP wrong by half the difference, equal delays do not', () => {
    const us = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(us, us, fc.integer({ min: -1_000_000, max: 1_000_000 }), (there, back, behindUs) => {
        const [server, client] = [new HostClock(), new HostClock({ offsetUs: -behindUs })];
        const sent = client.wallUs(5_000);
        const received = server.wallUs(5_000 + there);
        const answered = server.wallUs(5_100 + there);
        const arrived = client.wallUs(5_100 + there + back);
        const error = ntpOffsetUs(sent, received, answered, arrived) - behindUs;
        expect(Math.abs(error - (there - back) / 2)).toBeLessThanOrEqual(0.5);
      }),
      { seed: 41, numRuns: 300 },
    );
  });

  it('S1.41 a path of 5 ms there and 45 ms back makes NTP wrong by 20 ms, one of 25 and 25 not at all', () => {
    expect(ntpOffsetUs(0, 5_000, 5_000, 50_000)).toBe(-20_000);
    expect(ntpOffsetUs(0, 25_000, 25_000, 50_000)).toBe(0);
  });
});
