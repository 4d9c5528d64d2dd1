import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostClock } from '../../src/clock/hostClock.ts';
import { lab } from '../helpers/lab.ts';

describe('pause', () => {
  it('S1.41 no handler runs while it lasts, and timers that came due fire after it, in order', () => {
    const l = lab({
      behaviour: {
        boot(host) {
          for (const us of [9_000, 3_000, 7_000, 20_000, 5_000]) host.setTimer(us, us);
        },
      },
    });
    const { world } = l;
    world.at(4_000, 'pause', () => world.pause(world.host(0)));
    world.at(10_000, 'resume', () => world.resume(world.host(0)));
    world.run(30_000);
    expect(l.diaries[0]).toEqual([
      { at: 3_000, incarnation: 0, what: 'timer 3000' },
      { at: 10_000, incarnation: 0, what: 'timer 5000' },
      { at: 10_000, incarnation: 0, what: 'timer 7000' },
      { at: 10_000, incarnation: 0, what: 'timer 9000' },
      { at: 20_000, incarnation: 0, what: 'timer 20000' },
    ]);
    expect(l.diaries[1]?.map((entry) => entry.at)).toEqual([3_000, 5_000, 7_000, 9_000, 20_000]);
  });

  it('S1.41 what came due during the pause comes before what is due at its very end', () => {
    const l = lab({ hosts: ['N1'] });
    const { world } = l;
    const host = world.host(0);
    world.at(1_000, 'pause', () => world.pause(host));
    // Scheduled before the timers, so that at 10,000 us the host resumes before its timer comes up.
    world.at(10_000, 'resume', () => world.resume(host));
    host.setTimer(10_000, 'due at the end');
    host.setTimer(5_000, 'due meanwhile');
    world.run(20_000);
    expect(l.diaries[0]?.map((e) => [e.at, e.what])).toEqual([
      [10_000, 'timer due meanwhile'],
      [10_000, 'timer due at the end'],
    ]);
  });

  it('S1.41 at any moments, however often, delays events and never reorders, loses or doubles one', () => {
    const times = fc.uniqueArray(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 20 });
    const turns = fc.array(fc.integer({ min: 0, max: 2_200 }), { maxLength: 8 });
    fc.assert(
      fc.property(times, turns, fc.nat(40), (timers, moments, cpuUs) => {
        const l = lab({ hosts: ['N1'] });
        const { world } = l;
        const host = world.host(0);
        host.cpuUsPerEvent = cpuUs;
        moments.forEach((at, i) => {
          world.at(at, 'turn', () => (i % 2 === 0 ? world.pause(host) : world.resume(host)));
        });
        for (const us of timers) host.setTimer(us, us);
        world.at(2_500, 'end', () => world.resume(host));
        world.run(10_000);
        expect(l.said(0)).toEqual(timers.toSorted((a, b) => a - b).map((us) => `timer ${us}`));
        for (const entry of l.diaries[0] ?? [])
          expect(entry.at).toBeGreaterThanOrEqual(Number(entry.what.slice(6)));
      }),
      { seed: 41, numRuns: 300 },
    );
  });

  it('lets messages arrive meanwhile and handles them afterwards, after the timers that came due before them', () => {
    const l = lab({ behaviour: { boot: (host) => void (host.id === 1 && host.setTimer(500, 'before')) } });
    const { world } = l;
    world.pause(world.host(1));
    world.host(0).send(1, 'meanwhile');
    world.at(2_000, 'cut', () => {
      world.network.reachability.cut({ kind: 'one-way', from: [0], to: [1] });
    });
    world.at(3_000, 'resume', () => world.resume(world.host(1)));
    world.run(4_000);
    // It had arrived before the cut: what is in the host's hands a cut of the network cannot take away.
    expect(l.diaries[1]?.map((e) => [e.at, e.what])).toEqual([
      [3_000, 'timer before'],
      [3_000, 'got "meanwhile" from N1'],
    ]);
  });

  it('a timer cancelled after the pause by an earlier one does not fire', () => {
    const l = lab({
      hosts: ['N1'],
      behaviour: {
        boot(host) {
          const later = host.setTimer(2_000, 'later');
          host.setTimer(1_000, 'earlier');
          host.after(1_500, 'device', () => host.cancelTimer(later));
        },
      },
    });
    const { world } = l;
    world.pause(world.host(0));
    world.at(5_000, 'resume', () => world.resume(world.host(0)));
    world.run(6_000);
    expect(l.said(0)).toEqual(['timer earlier']);
  });

  it('S1.41 is in the trace with its end', () => {
    const l = lab();
    const { world } = l;
    world.at(10, 'pause', () => world.pause(world.host(0)));
    world.at(20, 'resume', () => world.resume(world.host(0)));
    world.at(30, 'suspend', () => world.pause(world.host(0), true));
    world.run(40);
    const seen = l.trace().events.filter((e) => e.kind === 'pause' || e.kind === 'resume');
    expect(seen.map((e) => [e.at, e.kind, e.label])).toEqual([
      [10, 'pause', 'pause'],
      [20, 'resume', 'N1'],
      [30, 'pause', 'suspend'],
    ]);
  });
});

describe('suspend', () => {
  /** A lease of 10 ms taken at 0; the host sleeps from 2 ms to 30 ms and looks at its lease right after. */
  function leaseAfterSleep(onSuspend: 'stops' | 'continues'): {
    firedAt: number;
    leftUs: number;
    wallUs: number;
  } {
    const looks: { leftUs: number; wallUs: number }[] = [];
    const l = lab({
      hosts: ['N1'],
      clocks: { N1: new HostClock({ onSuspend, epochUs: 0 }) },
      behaviour: {
        boot(host) {
          host.setTimer(10_000, 'lease is over');
          host.after(29_000, 'request', () =>
            looks.push({ leftUs: 10_000 - host.monotonicUs(), wallUs: host.wallUs() }),
          );
        },
      },
    });
    const { world } = l;
    world.at(2_000, 'suspend', () => world.pause(world.host(0), true));
    world.at(30_000, 'resume', () => world.resume(world.host(0)));
    world.run(100_000);
    return { firedAt: l.diaries[0]?.[0]?.at ?? -1, ...(looks[0] ?? { leftUs: 0, wallUs: 0 }) };
  }

  it('S1.35 X19 a monotonic clock that stops leaves an expired lease looking valid on resume', () => {
    expect(leaseAfterSleep('stops')).toEqual({ firedAt: 38_000, leftUs: 8_000, wallUs: 30_000 });
  });

  it('S1.35 X19 a monotonic clock that goes on shows it expired, and its timer fires at once', () => {
    expect(leaseAfterSleep('continues')).toEqual({ firedAt: 30_000, leftUs: -20_000, wallUs: 30_000 });
  });

  it('S1.35 X19 a plain pause stops neither clock', () => {
    const { world } = lab({ hosts: ['N1'] });
    world.pause(world.host(0));
    world.run(5_000);
    expect(world.host(0).monotonicUs()).toBe(5_000);
  });

  it('S1.35 steps of the wall clock move no timer', () => {
    const l = lab({ hosts: ['N1'], behaviour: { boot: (host) => void host.setTimer(10_000, 'due') } });
    const { world } = l;
    const before = world.host(0).wallUs();
    world.at(3_000, 'step', () => world.stepClock(world.host(0), -3_600_000_000));
    world.at(4_000, 'step', () => world.stepClock(world.host(0), 7_200_000_000));
    world.run(20_000);
    expect(l.diaries[0]?.[0]?.at).toBe(10_000);
    expect(world.host(0).wallUs() - before).toBe(3_600_020_000);
    expect(world.host(0).monotonicUs()).toBe(20_000);
  });
});
