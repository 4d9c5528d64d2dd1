import { describe, expect, it } from 'vitest';
import { lab } from '../helpers/lab.ts';

describe('slow processor', () => {
  it('S1.41 handles one event after the other, each when the one before is done', () => {
    const l = lab({ hosts: ['N1', 'N2'] });
    const { world } = l;
    world.host(1).cpuUsPerEvent = 300;
    for (let i = 0; i < 4; i++) world.host(0).send(1, i);
    world.host(1).setTimer(1_100, 'tick');
    world.run(10_000);
    expect(l.diaries[1]?.map((e) => [e.at, e.what])).toEqual([
      [1_000, 'got 0 from N1'],
      [1_300, 'got 1 from N1'],
      [1_600, 'got 2 from N1'],
      [1_900, 'got 3 from N1'],
      [2_200, 'timer tick'],
    ]);
  });

  it('S1.41 serves in order of arrival also what arrives at the very moment it becomes free', () => {
    const l = lab({ hosts: ['N1', 'N2'] });
    const { world } = l;
    const host = world.host(1);
    host.cpuUsPerEvent = 500;
    host.setTimer(2_000, 'due when it is free');
    host.setTimer(1_100, 'waiting');
    host.setTimer(1_000, 'first');
    world.run(10_000);
    expect(l.diaries[1]?.map((e) => [e.at, e.what])).toEqual([
      [1_000, 'timer first'],
      [1_500, 'timer waiting'],
      [2_000, 'timer due when it is free'],
    ]);
  });

  it('S1.41 an overloaded one falls behind by as much as queueing says, and catches up once it is fast again', () => {
    const l = lab({ hosts: ['N1'] });
    const { world } = l;
    const host = world.host(0);
    // 2,000 arrivals, one every 100 us, at 250 us each: the last one waits for 2,000 * 150 us.
    for (let i = 1; i <= 2_000; i++) host.setTimer(i * 100, i);
    host.cpuUsPerEvent = 250;
    world.run(300_000);
    expect(l.diaries[0]?.length).toBe(1_200);
    expect(l.diaries[0]?.[999]).toMatchObject({ at: 100 + 999 * 250, what: 'timer 1000' });
    host.cpuUsPerEvent = 0;
    world.run(300_500);
    expect(l.diaries[0]?.length).toBe(2_000);
    expect(l.said(0)).toEqual(Array.from({ length: 2_000 }, (_, i) => `timer ${i + 1}`));
    host.setTimer(10, 'after');
    world.run(400_000);
    expect(l.diaries[0]?.at(-1)).toMatchObject({ at: 300_510, what: 'timer after' });
  });

  it('S1.41 that is paused while it works has as much left to do when it goes on, unless the pause was longer', () => {
    for (const [resumeAt, nextAt] of [
      [1_200, 2_000],
      [5_000, 5_000],
    ] as const) {
      const l = lab({ hosts: ['N1'] });
      const { world } = l;
      const host = world.host(0);
      host.cpuUsPerEvent = 1_000;
      host.setTimer(1_000, 'first');
      host.setTimer(1_300, 'second');
      world.at(1_100, 'pause', () => world.pause(host));
      world.at(resumeAt, 'resume', () => world.resume(host));
      world.run(10_000);
      expect(l.diaries[0]?.map((e) => [e.at, e.what])).toEqual([
        [1_000, 'timer first'],
        [nextAt, 'timer second'],
      ]);
    }
  });

  it('does not slow its neighbours', () => {
    const l = lab({ hosts: ['N1', 'N2', 'N3'] });
    const { world } = l;
    world.host(1).cpuUsPerEvent = 100_000;
    for (const to of [1, 2]) for (let i = 0; i < 3; i++) world.host(0).send(to, i);
    world.run(50_000);
    expect([l.said(1).length, l.said(2).length]).toEqual([1, 3]);
  });
});
