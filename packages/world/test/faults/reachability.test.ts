import { describe, expect, it } from 'vitest';
import { FaultInjector } from '../../src/faults/inject.ts';
import type { World } from '../../src/world/world.ts';
import { lab, type Lab } from '../helpers/lab.ts';
import { type FaultSketch, faultOf, MS } from './scene.ts';

const NAMES = ['A', 'B', 'C', 'D', 'E'];
const BEAT_US = 10 * MS;

/** Every host sends every other a heartbeat each 10 ms, on channel 0 and on channel 1, while the fault lasts from 45 to 145 ms. */
function heartbeats(sketch: FaultSketch): Lab {
  const l = lab({
    hosts: NAMES,
    channels: ['data', 'control'],
    behaviour: {
      boot: (host) => void host.setTimer(BEAT_US, 'beat'),
      timer(host) {
        for (let to = 0; to < NAMES.length; to++) {
          if (to === host.id) continue;
          host.send(to, 'data', 0);
          host.send(to, 'control', 1);
        }
        host.setTimer(BEAT_US, 'beat');
      },
    },
  });
  new FaultInjector(l.world, { models: ['omission'] }).schedule([
    faultOf({ forUs: 100 * MS, ...sketch } as FaultSketch),
  ]);
  l.world.run(140 * MS);
  return l;
}

/** Whom a host still hears at 140 ms: anybody whose heartbeat came within the last 30 ms. */
function hears(l: Lab, id: number, what = 'data'): string {
  const recent = (l.diaries[id] ?? []).filter((e) => e.at > 110 * MS && e.what.startsWith(`got "${what}"`));
  return NAMES.filter((name) => recent.some((e) => e.what.endsWith(`from ${name}`))).join('');
}

const matrix = (l: Lab, what?: string): string[] => NAMES.map((_, id) => hears(l, id, what));

function reach(l: Lab, kind: 'fault' | 'heal'): unknown {
  const { data } = l.trace().events.find((e) => e.kind === kind) ?? {};
  return (data as { reach?: unknown } | undefined)?.reach;
}

const sides = (world: World): [string, boolean][] =>
  world.network.reachability
    .quorumSides()
    .sides.map(({ hosts, hasQuorum }) => [hosts.map((h) => NAMES[h]).join(''), hasQuorum]);

describe('who hears whom', () => {
  it('S1.120 a partition: groups exchange nothing, the side with a quorum is known, and the trace says so', () => {
    const l = heartbeats({
      kind: 'partition',
      groups: [
        ['A', 'B'],
        ['C', 'D', 'E'],
      ],
      unlisted: 'isolated',
    });
    expect(matrix(l)).toEqual(['B', 'A', 'DE', 'CE', 'CD']);
    expect(reach(l, 'fault')).toBe('{A,B} | {C,D,E}');
    expect(sides(l.world)).toEqual([
      ['AB', false],
      ['CDE', true],
    ]);
    expect(l.trace().faults[0]).toMatchObject({ text: 'partition {A,B} | {C,D,E}', nodes: [0, 1, 2, 3, 4] });
    l.world.run(200 * MS);
    expect(reach(l, 'heal')).toBe('all connected');
    const late = l.diaries[0]?.filter((e) => e.at > 160 * MS).map((e) => e.what);
    for (const name of ['B', 'C', 'D', 'E']) expect(late).toContain(`got "data" from ${name}`);
  });

  it('S1.120 equal halves: neither side has a quorum', () => {
    const l = heartbeats({
      kind: 'partition',
      groups: [['A', 'B'], ['C', 'D'], ['E']],
      unlisted: 'isolated',
    });
    expect(sides(l.world).some(([, quorum]) => quorum)).toBe(false);
    expect(matrix(l)).toEqual(['B', 'A', 'D', 'C', '']);
  });

  it('S1.8 S1.121 X4 one way: B hears A and thinks it alive, A hears nothing of B and suspects it', () => {
    const l = heartbeats({ kind: 'one-way', from: ['B'], to: ['A'] });
    expect(matrix(l)).toEqual(['CDE', 'ACDE', 'ABDE', 'ABCE', 'ABCD']);
    expect(reach(l, 'fault')).toBe('{B} -x-> {A}');
    const { reachability } = l.world.network;
    expect([
      reachability.canReach(0, 1),
      reachability.canReach(1, 0),
      reachability.canExchange(0, 1),
    ]).toEqual([true, false, false]);
  });

  it('S1.8 one kind of traffic alone: the data still flow where the control messages are cut', () => {
    const l = heartbeats({
      kind: 'channel',
      channel: 1,
      groups: [
        ['A', 'B'],
        ['C', 'D', 'E'],
      ],
    });
    expect(matrix(l, 'data')).toEqual(['BCDE', 'ACDE', 'ABDE', 'ABCE', 'ABCD']);
    expect(matrix(l, 'control')).toEqual(['B', 'A', 'DE', 'CE', 'CD']);
    expect(reach(l, 'fault')).toBe('{A,B} | {C,D,E} on control');
  });

  it('S1.121 a bridge: A,B and D,E exchange nothing, C reaches all, and both ends can gather a majority that holds C', () => {
    const l = heartbeats({ kind: 'bridge', left: ['A', 'B'], right: ['D', 'E'] });
    expect(matrix(l)).toEqual(['BC', 'AC', 'ABDE', 'CE', 'CD']);
    expect(reach(l, 'fault')).toBe('{A,B} | {D,E} bridged by {C}');
    const { gatherers, majority } = l.world.network.reachability.quorumSides();
    expect([majority, gatherers.map((h) => NAMES[h]).join('')]).toEqual([3, 'ABCDE']);
  });

  it('S1.120 a flapping partition says in the trace each time it comes and goes', () => {
    const l = heartbeats({
      kind: 'flapping',
      groups: [['A'], ['B', 'C', 'D', 'E']],
      downUs: 30 * MS,
      upUs: 20 * MS,
    });
    const flaps = l.trace().events.filter((e) => e.label === 'flap');
    expect(flaps.map((e) => [e.at / MS, (e.data as { reach: string }).reach])).toEqual([
      [45, '{A} | {B,C,D,E}'],
      [75, 'all connected'],
      [95, '{A} | {B,C,D,E}'],
      [125, 'all connected'],
    ]);
    const heard = (l.diaries[0] ?? [])
      .filter((e) => e.what === 'got "data" from B')
      .map((e) => (e.at - MS) / MS);
    expect(heard).toEqual([10, 20, 30, 40, 80, 90, 130]);
  });

  it('S1.121 a packet on its way when the cut comes is lost, and the trace says that it was cut off', () => {
    const l = lab({ hosts: NAMES });
    const { world } = l;
    new FaultInjector(world, { models: ['omission'] }).schedule([
      faultOf({ kind: 'one-way', from: ['A'], to: ['B'], atUs: 500 }),
    ]);
    world.host(0).send(1, 'in flight');
    world.run(5 * MS);
    expect(l.said(1)).toEqual([]);
    expect(l.trace().events.find((e) => e.kind === 'drop')).toMatchObject({
      at: 1_000,
      label: 'message: cut off',
    });
  });
});
