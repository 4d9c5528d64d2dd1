import { describe, expect, it } from 'vitest';
import { FaultInjector } from '../../src/faults/inject.ts';
import { lab } from '../helpers/lab.ts';
import { END_US, type FaultSketch, faultOf, MS, scene } from './scene.ts';

/** One of everything that lasts, none of it ending by itself. */
const FOR_EVER: readonly FaultSketch[] = [
  { kind: 'partition', groups: [['N1'], ['N2', 'N3']], unlisted: 'isolated', forUs: 0 },
  { kind: 'flapping', groups: [['N1'], ['N2']], downUs: 3 * MS, upUs: 2 * MS, forUs: 0 },
  { kind: 'loss', hosts: [], probability: 1, forUs: 0 },
  { kind: 'crash', host: 'N2', forUs: 0 },
  { kind: 'suspend', host: 'N3', forUs: 0 },
  { kind: 'clock-drift', host: 'N1', amount: 500, forUs: 0 },
  { kind: 'slow-cpu', host: 'N3', costUs: 100, forUs: 0 },
  { kind: 'byzantine', host: 'N1', lie: 'negated', forUs: 0 },
  { kind: 'disk-full', host: 'N2', forUs: 0 },
];

describe('healAll', () => {
  it('ends everything that is wrong at once, and nothing strikes afterwards', () => {
    const s = scene([...FOR_EVER, { kind: 'crash', host: 'N1', atUs: 80 * MS, forUs: 5 * MS }], {
      untilUs: 62 * MS,
    });
    const { world, injector } = s;
    expect([world.host(1).up, world.host(2).paused]).toEqual([false, true]);
    injector.healAll();
    expect(world.hosts.map((h) => [h.up, h.paused, h.cpuUsPerEvent, h.rewrite])).toEqual(
      new Array(3).fill([true, false, 0, undefined]),
    );
    expect(world.network.reachability.describe()).toBe('all connected');
    world.run(END_US);
    expect(s.got()).toEqual(['1@11', '2@21', '3@31', '4@41', '7@71', '8@81', '9@91', '10@101']);
    expect(world.host(0).incarnation).toBe(0);
    const { events, faults } = s.trace();
    expect(
      events
        .filter((e) => e.kind === 'heal')
        .map((e) => [e.at, e.label])
        .at(-1),
    ).toEqual([62 * MS, 'everything healed']);
    expect(faults).toHaveLength(FOR_EVER.length);
    for (const span of faults) expect([span.from, span.until]).toEqual([45 * MS, 62 * MS]);
  });

  it('wakes hosts that stopped by themselves', () => {
    const s = scene([], { untilUs: 20 * MS });
    s.world.crash(s.world.host(1), 'sync failed');
    s.injector.healAll();
    expect(s.world.host(1).up).toBe(true);
  });

  it('S2.21 leaves what has crashed where it is when the run declared that crashed hosts stay down', () => {
    const s = scene([{ kind: 'crash', host: 'N2', forUs: 0 }], {
      injector: { models: ['crash-stop'] },
      untilUs: 60 * MS,
    });
    s.injector.healAll();
    s.world.run(END_US);
    expect(s.world.host(1).up).toBe(false);
    expect(s.got()).toEqual(['1@11', '2@21', '3@31', '4@41']);
    expect(s.trace().faults).toMatchObject([{ kind: 'crash', from: 45 * MS, until: END_US }]);
  });

  it('ends a fault whose own end comes later only once', () => {
    const s = scene([{ kind: 'crash', host: 'N2', forUs: 60 * MS }], { untilUs: 50 * MS });
    s.injector.healAll();
    s.world.at(60 * MS, 'crash', () => s.world.crash(s.world.host(1)));
    s.world.run(END_US);
    expect(s.world.host(1).up).toBe(false);
    expect(s.trace().events.filter((e) => e.kind === 'heal')).toHaveLength(2);
  });
});

describe('a fault on a role', () => {
  it('strikes whoever holds it at that moment, and ends where it struck', () => {
    let leader: number | undefined = 0;
    const s = scene([{ kind: 'crash', host: 'leader', atUs: 45 * MS }], {
      injector: { resolve: () => leader },
      untilUs: 20 * MS,
    });
    leader = 2;
    s.world.run(50 * MS);
    expect(s.world.hosts.map((h) => h.up)).toEqual([true, true, false]);
    leader = 1;
    s.world.run(END_US);
    expect(s.world.hosts.map((h) => [h.up, h.incarnation])).toEqual([
      [true, 0],
      [true, 0],
      [true, 1],
    ]);
  });

  it('waits until there is someone who holds it', () => {
    const roles: { leader?: number } = {};
    const s = scene([{ kind: 'pause', host: 'leader', atUs: 10 * MS, forUs: 0 }], {
      injector: { resolve: () => roles.leader },
      untilUs: 100 * MS,
    });
    expect(s.injector.struck).toBe(0);
    roles.leader = 1;
    s.world.run(END_US);
    expect([s.injector.struck, s.world.host(1).paused]).toEqual([1, true]);
    expect(s.trace().events.find((e) => e.kind === 'fault')?.at).toBe(110 * MS);
  });

  it('cuts its holder off from all others, also where the others are named and it is one of them', () => {
    for (const groups of [[['leader'], ['N1', 'N2', 'N3']], [['leader']]]) {
      const s = scene([{ kind: 'partition', groups, unlisted: 'rest', forUs: 0 }], {
        injector: { resolve: () => 1 },
      });
      expect(s.got()).toEqual(['1@11', '2@21', '3@31', '4@41']);
      const { reachability } = s.world.network;
      expect([reachability.canExchange(0, 2), reachability.canExchange(1, 2)]).toEqual([true, false]);
    }
  });
});

describe('a disk fault', () => {
  it('that finds no record to strike does not count as one that struck', () => {
    const l = lab();
    const injector = new FaultInjector(l.world, { models: ['byzantine'] });
    injector.schedule([faultOf({ kind: 'disk-bit-rot', host: 'N1' })]);
    l.world.run(END_US);
    expect([injector.struck, l.trace().faults]).toEqual([0, []]);
  });
});
