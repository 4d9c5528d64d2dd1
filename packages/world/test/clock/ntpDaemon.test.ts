import { describe, expect, it } from 'vitest';
import { Choices } from '../../src/choices/choices.ts';
import { HostClock } from '../../src/clock/hostClock.ts';
import { NTP_PRESETS } from '../../src/clock/ntp.ts';
import { startNtpDaemon } from '../../src/clock/ntpDaemon.ts';
import { linkPolicy } from '../../src/network/link.ts';
import { Recorder } from '../../src/record/recorder.ts';
import type { Host } from '../../src/world/host.ts';
import { World } from '../../src/world/world.ts';

const HOUR_US = 3_600_000_000;

function drifting(offsetUs: number): { world: World; host: Host; recorder: Recorder } {
  const recorder = new Recorder();
  const world = new World({
    choices: new Choices({ seed: 3 }),
    hosts: ['N1'],
    link: linkPolicy({ latency: { kind: 'constant', us: 100 } }),
    clocks: { N1: new HostClock({ driftPpm: 50, offsetUs }) },
    recorder,
  });
  const host = world.start(0, () => ({ onMessage: () => undefined, onTimer: () => undefined }));
  return { world, host, recorder };
}

describe('startNtpDaemon()', () => {
  it('S2.12 S1.41 keeps a drifting clock near true time by slewing, and steps a large offset once', () => {
    const { world, host, recorder } = drifting(2_000_000);
    startNtpDaemon(host, { preset: NTP_PRESETS.lan, pollUs: 64_000_000 });
    let worst = 0;
    for (let t = 600_000_000; t <= HOUR_US; t += 10_000_000) {
      world.run(t);
      worst = Math.max(worst, Math.abs(host.clock.skewUs(world.nowUs)));
    }
    expect(worst).toBeLessThan(25_000);
    const labels = recorder.finish([{ name: 'N1', role: 'server' }], world.nowUs).events.map((e) => e.label);
    expect(labels.filter((label) => label.startsWith('ntp step'))).toHaveLength(1);
    expect(labels.filter((label) => label.startsWith('ntp slew')).length).toBeGreaterThan(10);
  });

  it('S2.13 leaves the clock to drift 180 ms an hour once it is stopped', () => {
    const { world, host } = drifting(0);
    startNtpDaemon(host, { preset: NTP_PRESETS.lan, pollUs: 64_000_000 })();
    world.run(HOUR_US);
    expect(host.clock.skewUs(world.nowUs)).toBe(180_000);
  });
});
