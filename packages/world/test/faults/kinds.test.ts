import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/faults/fault.ts';
import { HostClock } from '../../src/clock/hostClock.ts';
import { FAULT_KINDS } from '../../src/models/faultKinds.ts';
import { END_US, type FaultSketch, MS, scene, type Scene } from './scene.ts';

const UNHARMED = Array.from({ length: 10 }, (_, i) => `${i + 1}@${(i + 1) * 10 + 1}`);
const without = (...numbers: number[]): string[] =>
  UNHARMED.filter((s) => !numbers.includes(Number.parseInt(s, 10)));
const ticks = (s: Scene, id: number): number[] =>
  (s.diaries[id] ?? []).filter((e) => e.what === 'timer tick').map((e) => e.at / MS);
/** A power failure of N2 at the end, so that it says what it finds. */
const POWER_CUT: readonly FaultSketch[] = [
  { kind: 'disk-lost-writes', host: 'N2', atUs: 0, forUs: 0 },
  { kind: 'crash', host: 'N2', atUs: 150 * MS, forUs: 5 * MS },
];
const found = (s: Scene): string => s.notes(1).find((label) => label.startsWith('found')) ?? '';

/** For each kind of fault: what it is given, and what shows that it struck, and that it ended. */
const CASES: Record<Fault['kind'], () => void> = {
  partition() {
    const s = scene([{ kind: 'partition', groups: [['N1'], ['N2', 'N3']], unlisted: 'isolated' }]);
    expect(s.got()).toEqual(without(5, 6, 7));
  },
  'one-way'() {
    const s = scene([{ kind: 'one-way', from: ['N1'], to: ['N2'] }], {
      behaviour: { message: (host, from, n) => void (host.id === 1 && host.send(from, n)) },
    });
    expect(s.got()).toEqual(without(5, 6, 7));
    const back = scene([{ kind: 'one-way', from: ['N2'], to: ['N1'] }], {
      behaviour: { message: (host, from, n) => void (host.id === 1 && host.send(from, n)) },
    });
    expect(back.got()).toEqual(UNHARMED);
    expect(back.got(0).map((text) => Number.parseInt(text, 10))).toEqual([1, 2, 3, 4, 8, 9, 10]);
  },
  bridge() {
    const relay = {
      message: (host: Scene['world']['hosts'][number], _: number, n: unknown) =>
        void (host.id === 2 && host.send(1, n)),
    };
    const s = scene([{ kind: 'bridge', left: ['N1'], right: ['N2'] }], { behaviour: relay });
    expect(s.got()).toEqual(without(5, 6, 7));
    const around = scene([{ kind: 'bridge', left: ['N1'], right: ['N2'], forUs: 0 }], {
      behaviour: relay,
      untilUs: 50 * MS,
    });
    around.world.host(0).send(2, 77);
    around.world.run(60 * MS);
    expect(around.got()).toContain('77@52');
  },
  flapping() {
    const s = scene([
      { kind: 'flapping', groups: [['N1'], ['N2']], downUs: 10 * MS, upUs: 10 * MS, forUs: 40 * MS },
    ]);
    // Down from 45 to 55 and from 65 to 75 ms.
    expect(s.got()).toEqual(without(5, 7));
  },
  channel() {
    const s = scene([{ kind: 'channel', channel: 1, groups: [['N1'], ['N2']] }], { untilUs: 50 * MS });
    s.world.host(0).send(1, 99, 1);
    s.world.run(END_US);
    expect(s.got()).toEqual(UNHARMED);
    const data = scene([{ kind: 'channel', channel: 0, groups: [['N1'], ['N2']] }], { untilUs: 50 * MS });
    data.world.host(0).send(1, 99, 1);
    data.world.run(END_US);
    expect(data.got()).toEqual([...without(5, 6, 7, 8, 9, 10), '99@51', ...without(1, 2, 3, 4, 5, 6, 7)]);
  },
  loss() {
    expect(scene([{ kind: 'loss', hosts: ['N2'], probability: 1 }]).got()).toEqual(without(5, 6, 7));
    expect(scene([{ kind: 'loss', hosts: ['N3'], probability: 1 }]).got()).toEqual(UNHARMED);
  },
  duplicate() {
    const s = scene([{ kind: 'duplicate', hosts: [], probability: 1 }]);
    expect(s.got()).toEqual(UNHARMED.flatMap((m, i) => (i >= 4 && i < 7 ? [m, m] : [m])));
  },
  reorder() {
    const s = scene([{ kind: 'reorder', hosts: [], probability: 1, holdUs: 60 * MS }]);
    const order = s.got().map((text) => Number.parseInt(text, 10));
    expect(order).not.toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(order.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  },
  corrupt() {
    const s = scene([{ kind: 'corrupt', hosts: [], probability: 1 }]);
    expect(s.got()).toEqual(without(5, 6, 7));
    expect(s.trace().events.filter((e) => e.label === 'message: corrupt')).toHaveLength(3);
  },
  'slow-link'() {
    const s = scene([{ kind: 'slow-link', hosts: ['N1'], amount: 4 }]);
    expect(s.got()).toEqual(UNHARMED.map((m, i) => (i >= 4 && i < 7 ? m.replace(/1$/, '4') : m)));
  },
  'narrow-link'() {
    // 256 bytes at 102,400 bit/s take 20 ms: packets queue behind one another.
    const s = scene([{ kind: 'narrow-link', hosts: [], amount: 102_400 }]);
    expect(s.got().slice(4)).toEqual(['5@71', '8@81', '6@91', '9@91', '10@101', '7@111']);
  },
  'black-hole'() {
    const s = scene([{ kind: 'black-hole', hosts: ['N2'], amount: 0 }]);
    expect(s.got()).toEqual(without(5, 6, 7));
    expect(s.trace().events.filter((e) => e.label === 'message: black-hole')).toHaveLength(3);
  },
  crash() {
    const s = scene([{ kind: 'crash', host: 'N2' }]);
    expect(s.got()).toEqual(without(5, 6, 7));
    expect(found(s)).toBe('found 4 2 3');
    expect(ticks(s, 1)).toEqual([20, 40, 95, 115, 135, 155, 175, 195]);
  },
  amnesia() {
    const s = scene([{ kind: 'amnesia', host: 'N2' }]);
    expect(found(s)).toBe('found ');
    expect(s.got()).toEqual(without(5, 6, 7));
  },
  pause() {
    const s = scene([{ kind: 'pause', host: 'N2' }]);
    expect(s.got().slice(4)).toEqual(['5@75', '6@75', '7@75', '8@81', '9@91', '10@101']);
    expect(ticks(s, 1).slice(0, 4)).toEqual([20, 40, 75, 95]);
  },
  suspend() {
    const s = scene([{ kind: 'suspend', host: 'N2' }]);
    // 15 ms of the third tick were left when it fell asleep at 45 ms.
    expect(ticks(s, 1).slice(0, 4)).toEqual([20, 40, 90, 110]);
    expect(s.got().slice(4, 7)).toEqual(['5@75', '6@75', '7@75']);
  },
  'slow-cpu'() {
    const s = scene([{ kind: 'slow-cpu', host: 'N2', costUs: 15 * MS }]);
    expect(s.got()).not.toEqual(UNHARMED);
    expect(s.got().map((text) => Number.parseInt(text, 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(s.world.host(1).cpuUsPerEvent).toBe(0);
  },
  'clock-step'() {
    const s = scene([{ kind: 'clock-step', host: 'N2', amount: -3_600_000 * MS, forUs: 0 }]);
    expect(s.world.host(1).clock.skewUs(END_US)).toBe(-3_600_000 * MS);
    expect(s.world.host(0).clock.skewUs(END_US)).toBe(0);
    expect(ticks(s, 1)).toEqual(ticks(s, 0));
  },
  'clock-drift'() {
    const s = scene([{ kind: 'clock-drift', host: 'N2', amount: 100_000 }]);
    expect(s.world.host(1).clock.skewUs(END_US)).toBe(3 * MS);
    expect(ticks(s, 1)[9]).toBeCloseTo(200 - 3, 6);
  },
  'disk-lost-writes'() {
    const slow = { disk: { syncLatency: { kind: 'constant', us: 30 * MS } } } as const;
    const crash = { kind: 'crash', host: 'N2', atUs: 62 * MS, forUs: 5 * MS } as const;
    expect(found(scene([crash], slow))).toBe('found 4 5 6');
    const lost = { kind: 'disk-lost-writes', host: 'N2', atUs: 0, forUs: 0 } as const;
    const outcomes = new Set(
      Array.from({ length: 20 }, (_, seed) => found(scene([lost, crash], { ...slow, seed }))),
    );
    expect(outcomes.size).toBeGreaterThan(1);
    expect(outcomes).toContain('found 1 2 3');
  },
  'disk-torn'() {
    const slow = { disk: { syncLatency: { kind: 'constant', us: 30 * MS } } } as const;
    const faults: FaultSketch[] = [
      { kind: 'disk-lost-writes', host: 'N2', atUs: 0, forUs: 0 },
      { kind: 'disk-torn', host: 'N2', atUs: 0, forUs: 0 },
      { kind: 'crash', host: 'N2', atUs: 62 * MS, forUs: 5 * MS },
    ];
    const outcomes = Array.from({ length: 20 }, (_, seed) => found(scene(faults, { ...slow, seed })));
    expect(outcomes.filter((text) => text.includes('damaged')).length).toBeGreaterThan(0);
  },
  'disk-bit-rot'() {
    const s = scene([{ kind: 'disk-bit-rot', host: 'N2', atUs: 140 * MS, forUs: 0 }, ...POWER_CUT]);
    expect(found(s)).toMatch(/^found \d+ \d+ damaged k\d$/);
  },
  'disk-misdirected'() {
    const s = scene([{ kind: 'disk-misdirected', host: 'N2', atUs: 140 * MS, forUs: 0 }, ...POWER_CUT]);
    expect(found(s)).toMatch(/^found \d+ \d+ damaged k\d$/);
  },
  'disk-stale'() {
    const fresh = found(scene(POWER_CUT));
    const stale = found(scene([{ kind: 'disk-stale', host: 'N2', atUs: 140 * MS, forUs: 0 }, ...POWER_CUT]));
    expect(fresh).toBe('found 10 8 9');
    expect(['found 7 8 9', 'found 10 5 9', 'found 10 8 6']).toContain(stale);
  },
  'disk-full'() {
    const s = scene([{ kind: 'disk-full', host: 'N2' }]);
    expect(s.notes(1).filter((label) => label.startsWith('refused'))).toEqual([
      'refused 5',
      'refused 6',
      'refused 7',
    ]);
  },
  'disk-fsync-fails'() {
    const s = scene([{ kind: 'disk-fsync-fails', host: 'N2' }]);
    expect(s.notes(1).slice(3, 6)).toEqual(['4 durable', '5 failed', '6 durable']);
  },
  'disk-fsync-lies'() {
    const s = scene([{ kind: 'disk-fsync-lies', host: 'N2', forUs: 0 }, ...POWER_CUT], { seed: 2 });
    expect(s.notes(1).filter((label) => label.endsWith('durable'))).toHaveLength(10);
    expect(found(s)).not.toBe('found 10 8 9');
  },
  'disk-slow'() {
    const at = (s: Scene): number[] =>
      s.trace().events.flatMap((e) => (e.label.endsWith('durable') ? [e.at % (10 * MS)] : []));
    expect(at(scene([]))).toEqual(new Array(10).fill(1_100));
    const s = scene([{ kind: 'disk-slow', host: 'N2', amount: 30 }]);
    expect(at(s)).toEqual([...new Array(4).fill(1_100), 4_000, 4_000, 4_000, ...new Array(3).fill(1_100)]);
  },
  byzantine() {
    const s = scene([{ kind: 'byzantine', host: 'N1', lie: 'negated' }]);
    expect(s.got()).toEqual(UNHARMED.map((m, i) => (i >= 4 && i < 7 ? `-${m}` : m)));
  },
  upgrade() {
    const s = scene([{ kind: 'upgrade', host: 'N2', version: 'two', forUs: 10 * MS }]);
    expect(s.got()).toEqual(without(5, 6, 7, 8, 9, 10));
    expect(s.shouted.map((e) => [e.incarnation, e.what])).toEqual(
      [6, 7, 8, 9, 10].map((n) => [1, `got ${n} from N1`]),
    );
    expect(s.trace().events.find((e) => e.kind === 'crash')?.label).toBe('stopped for an upgrade');
  },
};

describe('a fault', () => {
  it.each(Object.entries(CASES))('S1.41 %s changes what happens while it lasts', (_kind, check) => {
    expect(scene([]).got()).toEqual(UNHARMED);
    check();
  });

  it('S1.41 every kind a plan can hold is a kind the failure models speak of', () => {
    for (const kind of Object.keys(CASES)) expect(Object.keys(FAULT_KINDS)).toContain(kind);
  });

  it('S1.41 is a line in the trace when it strikes and when it heals, and a span of the picture', () => {
    const s = scene([{ kind: 'crash', host: 'N2' }]);
    const { events, faults } = s.trace();
    const [struck, healed] = events.filter((e) => e.kind === 'fault' || e.kind === 'heal');
    expect(struck).toMatchObject({ at: 45 * MS, node: -1, label: 'crash of N2' });
    expect(healed).toMatchObject({ at: 75 * MS, cause: struck?.id, label: 'crash of N2' });
    expect(faults).toEqual([
      { kind: 'crash', from: 45 * MS, until: 75 * MS, nodes: [1], text: 'crash of N2' },
    ]);
    expect(s.injector.struck).toBe(1);
  });

  it('X19 a suspended host whose monotonic clock goes on fires its timers at once when it wakes', () => {
    const s = scene([{ kind: 'suspend', host: 'N2' }], {
      clocks: { N2: new HostClock({ onSuspend: 'continues' }) },
    });
    expect(ticks(s, 1).slice(0, 4)).toEqual([20, 40, 75, 95]);
  });
});
