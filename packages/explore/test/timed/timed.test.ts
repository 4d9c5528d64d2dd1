import type { Core } from '@holdfast/protocols';
import { describe, expect, it } from 'vitest';
import {
  advance,
  type ClockRate,
  driftPpm,
  explore,
  timedSpec,
  type TimedSystem,
  TimedSystemError,
  type TimedView,
} from '../../src/index.ts';

type Bell = Core<{ rung: number }, string, string, string>;

/** Rings after some time; when asked, tells the others to ring. */
const bell = (ms: number): Bell => ({
  name: 'bell',
  boot: (_, out) => {
    out.setTimer('ring', ms);
    return { rung: 0 };
  },
  step: (state, event, out) => {
    if (event.kind === 'timer' || event.kind === 'message') state.rung++;
    if (event.kind === 'timer') out.note('rings', { ms });
    if (event.kind === 'request') out.send(2, 'ring');
  },
  messageType: (message) => message,
  view: (state) => ({ ...state }),
});

type Bells = TimedSystem<string, string, string, readonly number[]>;

const rung = (views: readonly TimedView[]): number[] =>
  views.map(({ state }) => (state as { rung: number } | null)?.rung ?? 0);

const bells = (times: readonly number[], more: Partial<Bells> = {}): Bells => ({
  name: 'bells',
  nodes: times.map((ms, i) => ({ id: i + 1, core: bell(ms) as never })),
  ticks: 6,
  delayTicks: 0,
  past: [],
  remember: (past, event) => (event.kind === 'note' ? [...past, event.node] : past),
  always: { 'the shorter time is over first': (_, past) => past[0] !== 2 },
  ...more,
});

describe('discrete time', () => {
  it('S3.23 a timer goes off when its time has come and not before, so that the shorter of two is first', () => {
    const { status, states } = explore(timedSpec(bells([2, 4])));
    expect(status).toBe('holds');
    // Once booted, each instant is one state, but those in which a timer is due, of which there are two.
    expect(states).toBe(1 + 7 + 2);
    // Timers that are due at one instant go off in either order.
    expect(explore(timedSpec(bells([2, 2]))).status).toBe('violated');
    const { counterexample } = explore(timedSpec(bells([3, 2])));
    expect(counterexample?.steps.map(({ text }) => text)).toEqual(['start', 'tick', 'tick', 'timer at 2']);
  });

  it('clocks err by one tick in so many, every way that is asked for', () => {
    const clocks = (first: ClockRate, second: ClockRate): Bells => {
      const system = bells([3, 4], { clocksErrEvery: 2 });
      const [a, b] = system.nodes as [Bells['nodes'][0], Bells['nodes'][0]];
      return {
        ...system,
        nodes: [
          { ...a, clocks: ['exact', first] },
          { ...b, clocks: ['exact', second] },
        ],
      };
    };
    expect(explore(timedSpec(clocks('exact', 'exact'))).status).toBe('holds');
    expect(explore(timedSpec(clocks('slow', 'exact'))).status).toBe('violated');
    expect(explore(timedSpec(clocks('exact', 'fast'))).status).toBe('violated');
    expect([0, 1, 2, 3].map((now) => advance('slow', now, 4))).toEqual([1, 1, 1, 0]);
    expect([0, 1, 2, 3].map((now) => advance('fast', now, 4))).toEqual([1, 1, 1, 2]);
    expect(driftPpm(4)).toBe(250_000);
  });

  it('while a host sleeps its timers stand still or go on, and what is due when it wakes comes first', () => {
    for (const suspend of ['stops', 'continues'] as const) {
      const system = bells([2, 5], { suspensions: 1 });
      const [a, b] = system.nodes as [Bells['nodes'][0], Bells['nodes'][0]];
      const result = explore(
        timedSpec<string, string, string, readonly number[]>({
          ...system,
          nodes: [{ ...a, suspend }, b],
          always: {
            'awake means on time': (views, past) => {
              return views[0]?.acts !== true || !past.includes(2) || past.includes(1);
            },
          },
        }),
      );
      expect(result.status).toBe(suspend === 'stops' ? 'violated' : 'holds');
    }
  });

  it('a message comes within its time or never, a copy comes as well, and a crash takes timers with it', () => {
    const asked = (more: Partial<Bells>): Bells =>
      bells([9, 9], {
        requests: [{ to: 1, command: 'tell' }],
        always: {},
        reachable: { 'twice it rings': (views) => rung(views)[1] === 2 },
        ...more,
      });
    expect(explore(timedSpec(asked({}))).status).toBe('violated');
    expect(explore(timedSpec(asked({ duplicates: 1 }))).status).toBe('holds');
    const late = (delayTicks: number): Bells =>
      asked({
        delayTicks,
        reachable: {
          'it rings two ticks after it was asked': (views, past) => past.length === 0 && rung(views)[1] === 1,
        },
      });
    expect(explore(timedSpec(late(0))).status).toBe('holds');
    const system = bells([2, 9], { crashes: 1, always: { 'nobody rings': (_, past) => past.length === 0 } });
    const [a, b] = system.nodes as [Bells['nodes'][0], Bells['nodes'][0]];
    const crashing = explore(timedSpec({ ...system, ticks: 2, nodes: [{ ...a, mayCrash: true }, b] }));
    expect(crashing.counterexample?.steps.map(({ text }) => text)).toEqual([
      'start',
      'tick',
      'tick',
      'timer at 1',
    ]);
    expect(
      explore(
        timedSpec({
          ...system,
          nodes: [{ ...a, mayCrash: true }, b],
          always: {},
          reachable: {
            'a restart begins anew': (views, past) => views[0]?.state !== null && past.length === 0,
          },
        }),
      ).status,
    ).toBe('holds');
  });

  it('refuses what makes no sense', () => {
    expect(() => timedSpec(bells([]))).toThrow(TimedSystemError);
    expect(() => timedSpec(bells([1], { ticks: 1.5 }))).toThrow(/ticks must be a whole number/);
    expect(() => timedSpec(bells([1], { clocksErrEvery: 1 }))).toThrow(/clocksErrEvery/);
    expect(() => timedSpec(bells([1], { inFlight: 0 }))).toThrow(/inFlight must be at least 1/);
    expect(() => timedSpec(bells([1], { requests: [{ to: 7, command: 'x' }] }))).toThrow(/one of 1/);
  });

  it('S3.23 a core hears in the same step that what it stored is durable, also as it boots', () => {
    const storing: Core<{ durable: number }, string, string, string> = {
      name: 'storing',
      boot: (_, out) => {
        out.store([{ key: 'booted', value: true }]);
        return { durable: 0 };
      },
      step: (state, event, out) => {
        if (event.kind === 'request') out.store([{ key: 'asked', value: true }]);
        if (event.kind === 'stored') state.durable++;
      },
      messageType: (message) => message,
      view: (state) => ({ ...state }),
    };
    const told = (views: readonly TimedView[]): number =>
      (views[0]?.state as { durable: number } | null)?.durable ?? 0;
    const { properties } = explore(
      timedSpec<string, string, string, readonly string[]>({
        name: 'storing',
        nodes: [{ id: 1, core: storing as never }],
        ticks: 0,
        delayTicks: 0,
        requests: [{ to: 1, command: 'store' }],
        past: [],
        remember: (past, event) => [...past, event.kind],
        always: {
          'booted, one store is durable; asked, two are': (views, past) =>
            views[0]?.state === null || told(views) === 1 + past.length,
        },
        reachable: { 'it was asked': (_, past) => past.includes('request') },
      }),
    );
    expect(properties.map(({ status }) => status)).toEqual(['holds', 'holds']);
  });

  it('S3.23 a timer that a node is to do without never goes off there', () => {
    const system = bells([2, 2], { always: { 'only the second rings': (_, past) => !past.includes(1) } });
    const [a, b] = system.nodes as [Bells['nodes'][0], Bells['nodes'][0]];
    expect(explore(timedSpec(system)).status).toBe('violated');
    expect(explore(timedSpec({ ...system, nodes: [{ ...a, without: ['ring'] }, b] })).status).toBe('holds');
  });
});
