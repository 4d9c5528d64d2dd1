import { describe, expect, it } from 'vitest';
import { HostClock } from '../../src/clock/hostClock.ts';
import { lab } from '../helpers/lab.ts';

const SECOND = 1_000_000;
const HOUR = 3_600 * SECOND;

describe('clocks in a world', () => {
  it("S1.41 timers follow their own host's drift: after an hour 50 ppm make 180 ms", () => {
    const l = lab({
      hosts: ['fast', 'true', 'slow'],
      clocks: { fast: new HostClock({ driftPpm: 50 }), slow: new HostClock({ driftPpm: -50 }) },
      behaviour: { boot: (host) => void host.setTimer(HOUR, 'hour') },
    });
    l.world.run(HOUR + SECOND);
    const fired = l.diaries.map((diary) => (diary[0]?.at ?? 0) - HOUR);
    expect(fired).toEqual([-179_991, 0, 180_010]);
  });

  it('S1.41 a drift that sets in later moves timers already set, of that host alone, and ends with it', () => {
    const l = lab({
      hosts: ['N1', 'N2'],
      behaviour: { boot: (host) => void host.setTimer(10 * SECOND, 'due') },
    });
    const { world } = l;
    world.at(2 * SECOND, 'drift', () => world.driftClock(world.host(0), 100_000));
    world.at(6 * SECOND, 'true again', () => world.driftClock(world.host(0), 0));
    world.run(20 * SECOND);
    // 2 s true, 4 s that count as 4.4 s, 3.6 s true.
    expect(l.diaries.map((diary) => diary[0]?.at)).toEqual([9.6 * SECOND, 10 * SECOND]);
  });

  it('S1.41 a clock that comes to lag delays a timer, however often the rate changes', () => {
    const l = lab({ hosts: ['N1'], behaviour: { boot: (host) => void host.setTimer(SECOND, 'due') } });
    const { world } = l;
    const host = world.host(0);
    for (let i = 0; i < 9; i++) {
      world.at(i * 100_000, 'rate', () => world.driftClock(host, i % 2 === 0 ? -200_000 : 100_000));
    }
    world.run(3 * SECOND);
    const at = l.diaries[0]?.[0]?.at ?? 0;
    // Four spans of 80 ms and four of 110 ms make 760 ms by 0.8 s; the other 240 ms take 300 ms.
    expect(at).toBe(1_100_000);
    expect(l.diaries[0]).toHaveLength(1);
  });

  it('S1.41 slewing moves timers as far as it moves the clock', () => {
    const l = lab({ hosts: ['N1'], behaviour: { boot: (host) => void host.setTimer(10 * SECOND, 'due') } });
    const { world } = l;
    const host = world.host(0);
    world.at(SECOND, 'slew', () => {
      host.clock.slewWall(world.nowUs, 1_000, 500);
      world.clockChanged(host);
    });
    world.run(20 * SECOND);
    expect(l.diaries[0]?.[0]?.at).toBe(10 * SECOND - 1_000);
  });

  it('S1.41 is in the trace with the skew it makes, and in the digest', () => {
    const l = lab({ hosts: ['N1'] });
    const other = lab({ hosts: ['N1'] });
    l.world.at(SECOND, 'step', () => l.world.stepClock(l.world.host(0), -250_000));
    other.world.at(SECOND, 'step', () => undefined);
    l.world.run(2 * SECOND);
    other.world.run(2 * SECOND);
    expect(l.trace().events.find((e) => e.kind === 'clock')).toMatchObject({
      at: SECOND,
      node: 0,
      label: 'step -250000 us',
      data: { skewUs: -250_000 },
    });
    expect(l.world.digest.text()).not.toBe(other.world.digest.text());
  });

  it('30 simulated days of five hosts that re-arm a 10 s timer are 1,296,000 firings, to the microsecond', () => {
    const DAYS_30 = 30 * 24 * HOUR;
    const fired = [0, 0, 0, 0, 0];
    const l = lab({
      hosts: ['N1', 'N2', 'N3', 'N4', 'N5'],
      behaviour: { boot: () => undefined },
    });
    const { world } = l;
    world.hosts.forEach((host, id) => {
      host.program = {
        onMessage: () => undefined,
        onTimer() {
          fired[id] = (fired[id] ?? 0) + 1;
          host.setTimer(10 * SECOND, 'lease');
        },
      };
      host.setTimer(10 * SECOND, 'lease');
    });
    world.run(DAYS_30);
    expect(fired).toEqual([259_200, 259_200, 259_200, 259_200, 259_200]);
    expect([world.eventsHandled, world.nowUs, world.pendingEvents]).toEqual([1_296_000, DAYS_30, 5]);
    expect(world.nextEventUs()).toBe(DAYS_30 + 10 * SECOND);
  });
});
