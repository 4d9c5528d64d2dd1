import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaultBudget } from '../../src/disk/faultBudget.ts';
import { END_US, type FaultSketch, MS, scene, type Scene } from './scene.ts';

const upTimes = (s: Scene, id: number): [string, number][] =>
  s
    .trace()
    .events.filter((e) => e.node === id && ['crash', 'restart', 'pause', 'resume'].includes(e.kind))
    .map((e) => [e.kind, e.at / MS]);

describe('overlapping faults', () => {
  it('the newest slow processor counts, and the older one again when it ends', () => {
    const costs: [number, number][] = [];
    const s = scene(
      [
        { kind: 'slow-cpu', host: 'N2', costUs: 100, atUs: 10 * MS, forUs: 90 * MS },
        { kind: 'slow-cpu', host: 'N2', costUs: 900, atUs: 30 * MS, forUs: 20 * MS },
        { kind: 'slow-cpu', host: 'N2', costUs: 500, atUs: 40 * MS, forUs: 100 * MS },
      ],
      { untilUs: 0 },
    );
    for (const ms of [15, 35, 45, 60, 120, 150]) {
      s.world.run(ms * MS);
      costs.push([ms, s.world.host(1).cpuUsPerEvent]);
    }
    expect(costs).toEqual([
      [15, 100],
      [35, 900],
      [45, 500],
      [60, 500],
      [120, 500],
      [150, 0],
    ]);
  });

  it('a clock runs at its own rate again when the last drift ends', () => {
    const s = scene(
      [
        { kind: 'clock-drift', host: 'N2', amount: 1_000, atUs: 10 * MS, forUs: 20 * MS },
        { kind: 'clock-drift', host: 'N2', amount: 2_000, atUs: 20 * MS, forUs: 5 * MS },
      ],
      { untilUs: 0 },
    );
    const { clock } = s.world.host(1);
    clock.setDrift(0, 40);
    const rates = [15, 22, 27, 31].map((ms) => {
      s.world.run(ms * MS);
      return clock.driftPpm;
    });
    expect(rates).toEqual([1_000, 2_000, 1_000, 40]);
  });

  it('drifts, lies, lost writes and slow disks end one by one', () => {
    const s = scene(
      [
        { kind: 'clock-drift', host: 'N2', amount: 1_000, atUs: 10 * MS, forUs: 100 * MS },
        { kind: 'clock-drift', host: 'N2', amount: 2_000, atUs: 20 * MS, forUs: 10 * MS },
        { kind: 'byzantine', host: 'N1', lie: 'negated', atUs: 5 * MS, forUs: 100 * MS },
        { kind: 'byzantine', host: 'N1', lie: 'doubled', atUs: 15 * MS, forUs: 20 * MS },
        { kind: 'disk-lost-writes', host: 'N3', atUs: 10 * MS, forUs: 100 * MS },
        { kind: 'disk-lost-writes', host: 'N3', atUs: 20 * MS, forUs: 10 * MS },
        { kind: 'disk-slow', host: 'N3', amount: 5, atUs: 10 * MS, forUs: 100 * MS },
        { kind: 'disk-slow', host: 'N3', amount: 50, atUs: 20 * MS, forUs: 10 * MS },
        { kind: 'disk-full', host: 'N3', atUs: 10 * MS, forUs: 100 * MS },
        { kind: 'disk-full', host: 'N3', atUs: 20 * MS, forUs: 10 * MS },
      ],
      { untilUs: 0 },
    );
    const { world } = s;
    const look = (ms: number): unknown[] => {
      world.run(ms * MS);
      const { disk, choices, losesUnsyncedWrites } = world.host(2);
      const full = typeof disk.write([{ key: 'probe', value: 1 }]) !== 'number';
      return [world.host(1).clock.skewUs(world.nowUs), losesUnsyncedWrites, disk.drawSyncUs(choices), full];
    };
    // 10 us of skew by 20 ms, 20 us more by 30 ms, then 1 us each millisecond until 110 ms.
    expect([look(30), look(40), look(120)]).toEqual([
      [30, true, 500, true],
      [40, true, 500, true],
      [110, false, 100, false],
    ]);
    expect(s.got().slice(0, 5)).toEqual(['-1@11', '2@21', '2@21', '3@31', '3@31']);
    expect(s.got().slice(5, 8)).toEqual(['-4@41', '-5@51', '-6@61']);
    expect(s.got().at(-1)).toBe('-10@101');
  });

  it('a pause that a crash has ended does not end a later one', () => {
    const s = scene([
      { kind: 'pause', host: 'N2', atUs: 10 * MS, forUs: 60 * MS },
      { kind: 'crash', host: 'N2', atUs: 20 * MS, forUs: 10 * MS },
      { kind: 'suspend', host: 'N2', atUs: 40 * MS, forUs: 60 * MS },
    ]);
    expect(upTimes(s, 1)).toEqual([
      ['pause', 10],
      ['crash', 20],
      ['restart', 30],
      ['pause', 40],
      ['resume', 100],
    ]);
    expect(s.world.host(1).clock.isSuspended).toBe(false);
  });

  it('a host that is to be upgraded while it is down comes back, upgraded, when it would have come back anyway', () => {
    const s = scene([
      { kind: 'crash', host: 'N2', atUs: 20 * MS, forUs: 60 * MS },
      { kind: 'upgrade', host: 'N2', version: 'two', atUs: 30 * MS, forUs: 10 * MS },
    ]);
    expect(upTimes(s, 1)).toEqual([
      ['crash', 20],
      ['restart', 80],
    ]);
    expect(s.got()).toEqual(['1@11']);
  });

  it('a host that is down or paused already cannot be crashed or paused: the fault does not strike', () => {
    const s = scene([
      { kind: 'crash', host: 'N2', atUs: 20 * MS, forUs: 60 * MS },
      { kind: 'crash', host: 'N2', atUs: 30 * MS, forUs: 5 * MS },
      { kind: 'amnesia', host: 'N2', atUs: 40 * MS, forUs: 5 * MS },
      { kind: 'pause', host: 'N2', atUs: 50 * MS, forUs: 5 * MS },
      { kind: 'pause', host: 'N3', atUs: 20 * MS, forUs: 60 * MS },
      { kind: 'suspend', host: 'N3', atUs: 30 * MS, forUs: 5 * MS },
    ]);
    expect(upTimes(s, 1)).toEqual([
      ['crash', 20],
      ['restart', 80],
    ]);
    expect(upTimes(s, 2)).toEqual([
      ['pause', 20],
      ['resume', 80],
    ]);
    expect(s.injector.struck).toBe(2);
  });

  it('one cut healed leaves what another cut blocks', () => {
    const s = scene([
      { kind: 'partition', groups: [['N1'], ['N2']], unlisted: 'with-all', atUs: 15 * MS, forUs: 50 * MS },
      { kind: 'one-way', from: ['N1'], to: ['N2', 'N3'], atUs: 35 * MS, forUs: 50 * MS },
    ]);
    expect(s.got()).toEqual(['1@11', '9@91', '10@101']);
  });

  it('two changes of one link field: the newest counts while both last', () => {
    const s = scene([
      { kind: 'slow-link', hosts: [], amount: 3, atUs: 15 * MS, forUs: 40 * MS },
      { kind: 'slow-link', hosts: ['N2'], amount: 5, atUs: 25 * MS, forUs: 10 * MS },
      { kind: 'duplicate', hosts: [], probability: 1, atUs: 25 * MS, forUs: 10 * MS },
    ]);
    expect(s.got().slice(0, 7)).toEqual(['1@11', '2@23', '3@35', '3@35', '4@43', '5@53', '6@61']);
  });

  it('whatever strikes and overlaps, after the last has ended everything is as if nothing had been', () => {
    const time = { atUs: fc.integer({ min: 0, max: 90 * MS }), forUs: fc.integer({ min: 1, max: 50 * MS }) };
    const host = fc.constantFrom('N1', 'N2', 'N3');
    const of = (...kinds: string[]) => fc.record({ kind: fc.constantFrom(...kinds), host, ...time });
    const sketch = fc.oneof(
      of(
        'crash',
        'pause',
        'suspend',
        'disk-full',
        'disk-slow',
        'disk-lost-writes',
        'disk-fsync-lies',
        'disk-torn',
      ),
      fc.record({ kind: fc.constant('slow-cpu'), host, costUs: fc.nat(500), ...time }),
      fc.record({
        kind: fc.constant('clock-drift'),
        host,
        amount: fc.integer({ min: -500, max: 500 }),
        ...time,
      }),
      fc.record({
        kind: fc.constant('byzantine'),
        host,
        lie: fc.constantFrom('negated', 'doubled'),
        ...time,
      }),
      fc.record({
        kind: fc.constantFrom('loss', 'duplicate'),
        hosts: fc.constant([]),
        probability: fc.constant(1),
        ...time,
      }),
      fc.record({
        kind: fc.constant('one-way'),
        from: fc.constant(['N1']),
        to: fc.constant(['N2', 'N3']),
        ...time,
      }),
    ) as fc.Arbitrary<FaultSketch>;
    fc.assert(
      fc.property(fc.array(sketch, { maxLength: 10 }), (faults) => {
        const s = scene(faults);
        const { world } = s;
        for (const h of world.hosts) {
          expect([h.up, h.paused, h.cpuUsPerEvent, h.losesUnsyncedWrites, h.rewrite]).toEqual([
            true,
            false,
            0,
            false,
            undefined,
          ]);
          const skew = h.clock.skewUs(world.nowUs);
          expect(h.clock.skewUs(world.nowUs + 1_000_000)).toBe(skew);
          expect(h.disk.drawSyncUs(h.choices)).toBe(100);
          expect(typeof h.disk.write([{ key: 'x', value: 1 }])).toBe('number');
        }
        expect(world.network.reachability.describe()).toBe('all connected');
        const before = s.got().length;
        world.host(0).send(1, 1_000);
        world.run(END_US + 5 * MS);
        expect(s.got().slice(before)).toEqual(['1000@201']);
      }),
      { seed: 77, numRuns: 150 },
    );
  });
});

describe('damage', () => {
  it('beyond the budget does not strike, so that a majority keeps what it promised', () => {
    const wipe = (host: string, at: number): FaultSketch => ({
      kind: 'amnesia',
      host,
      atUs: at * MS,
      forUs: MS,
    });
    const damage = new FaultBudget(3);
    const s = scene([wipe('N2', 20), wipe('N3', 30), wipe('N2', 40)], { injector: { damage } });
    expect([damage.limit, damage.damagedHosts(), s.injector.struck]).toEqual([1, [1], 2]);
    expect(s.world.host(2).incarnation).toBe(0);
  });
});
