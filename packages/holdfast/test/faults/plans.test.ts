import { Choices } from '@holdfast/world';
import {
  exactly,
  type FaultDraft,
  type FaultPlanningContext,
  type FaultSpec,
  partition,
  steady,
  storm,
  swarm,
} from 'holdfast';
import { describe, expect, it } from 'vitest';

const SERVERS = ['N1', 'N2', 'N3', 'N4', 'N5'];
const CLIENTS = ['C1', 'C2', 'C3'];
const SPAN = { fromUs: 1_000_000, untilUs: 60_000_000 };
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

const ALL = {
  crashes: true,
  pauses: true,
  loss: true,
  duplication: true,
  reordering: true,
  slowLinks: true,
  clockSkew: true,
  partitions: true,
  slowDisks: true,
  outages: true,
  lostWrites: true,
  slowProcessors: true,
} as const;

function plan(spec: FaultSpec, seed: number): FaultDraft[] {
  const choices = new Choices({ seed }).stream('faults');
  const context: FaultPlanningContext = { choices, servers: SERVERS, clients: CLIENTS, ...SPAN };
  return spec.plan(context);
}

describe('a swarm', () => {
  it('plans only kinds it has said it may plan, within the fault phase, the same for a seed every time', () => {
    const spec = swarm(ALL);
    for (const seed of SEEDS) {
      const drafts = plan(spec, seed);
      expect(plan(spec, seed)).toEqual(drafts);
      for (const { kind, atUs, forUs } of drafts) {
        expect(spec.kinds).toContain(kind);
        expect(Number.isSafeInteger(atUs) && Number.isSafeInteger(forUs)).toBe(true);
        expect(atUs).toBeGreaterThanOrEqual(SPAN.fromUs);
        expect(atUs + forUs).toBeLessThanOrEqual(SPAN.untilUs);
      }
    }
  });

  it('leaves out about half of its classes in each seed, other ones in each', () => {
    const used = SEEDS.map((seed) => new Set<string>(plan(swarm(ALL), seed).map(({ kind }) => kind)));
    const sizes = used.map(({ size }) => size);
    expect(Math.min(...sizes)).toBeLessThan(7);
    expect(Math.max(...sizes)).toBeGreaterThan(9);
    expect(new Set(used.map((kinds) => [...kinds].sort().join(' '))).size).toBeGreaterThan(50);
    for (const kind of swarm(ALL).kinds) {
      const share = used.filter((kinds) => kinds.has(kind)).length / SEEDS.length;
      expect({ kind, share: share > 0.1 && share < 0.95 }).toEqual({ kind, share: true });
    }
  });

  it('plans nothing of a class that is off or not named', () => {
    expect(swarm({ crashes: false }).kinds).toEqual([]);
    for (const seed of SEEDS) {
      const kinds = new Set(plan(swarm({ pauses: true, loss: false }), seed).map(({ kind }) => kind));
      expect([...kinds].filter((kind) => kind !== 'pause')).toEqual([]);
    }
  });

  it('cuts servers into sides that are not empty, with clients on both', () => {
    const cuts = SEEDS.flatMap((seed) => plan(swarm({ partitions: true }), seed));
    for (const kind of ['partition', 'one-way', 'bridge'])
      expect(cuts.some((cut) => cut.kind === kind)).toBe(true);
    for (const cut of cuts) {
      const sides =
        'groups' in cut
          ? cut.groups
          : cut.kind === 'one-way'
            ? [cut.from, cut.to]
            : 'left' in cut
              ? [cut.left, cut.right]
              : [];
      expect(sides).toHaveLength(2);
      const servers = sides.map((side) => side.filter((name) => SERVERS.includes(name)));
      for (const side of servers) expect(side.length).toBeGreaterThan(0);
      expect(new Set(servers.flat()).size).toBe(servers.flat().length);
      if (cut.kind === 'partition') expect(sides.flat()).toEqual(expect.arrayContaining(CLIENTS));
    }
  });
});

describe('a storm', () => {
  it('strikes again and again, at gaps and for times in the ranges given', () => {
    const drafts = plan(storm({ fault: 'pause', on: 'any', everyMs: [200, 400], forMs: [50, 80] }), 3);
    expect(drafts.length).toBeGreaterThan(140);
    expect(new Set(drafts.map((draft) => ('host' in draft ? draft.host : ''))).size).toBe(5);
    for (const [i, { atUs, forUs }] of drafts.entries()) {
      const gap = atUs - (drafts[i - 1]?.atUs ?? SPAN.fromUs);
      expect(gap >= 200_000 && gap <= 400_000 && forUs >= 50_000 && forUs <= 80_000).toBe(true);
    }
  });

  it('strikes everybody at once, or whoever leads', () => {
    const all = plan(storm({ fault: 'crash', on: 'all', everyMs: [5_000, 5_000], forMs: [10, 10] }), 0);
    expect(all.length % 5).toBe(0);
    expect(all.slice(0, 5).map((draft) => ('host' in draft ? draft.host : ''))).toEqual(SERVERS);
    expect(new Set(all.slice(0, 5).map(({ atUs }) => atUs)).size).toBe(1);
    const leader = plan(
      storm({ fault: 'disk-slow', on: 'leader', everyMs: [900, 900], forMs: [9, 9], factor: 7 }),
      0,
    );
    expect(leader[0]).toEqual({
      kind: 'disk-slow',
      host: 'leader',
      amount: 7,
      atUs: 1_900_000,
      forUs: 9_000,
    });
  });

  it('isolates its victim with half of the clients, or slows its links', () => {
    const [isolated] = plan(storm({ fault: 'isolate', on: 'leader', everyMs: [900, 900], forMs: [9, 9] }), 0);
    expect(isolated).toMatchObject({ kind: 'partition', groups: [['leader', 'C1', 'C3']], unlisted: 'rest' });
    const [slow] = plan(storm({ fault: 'slow-link', on: 'leader', everyMs: [900, 900], forMs: [9, 9] }), 0);
    expect(slow).toMatchObject({ kind: 'slow-link', hosts: ['leader'], amount: 50 });
  });
});

describe('a partition', () => {
  it('deals the clients out over its sides, or leaves them all links', () => {
    const sides = [
      ['N1', 'N2'],
      ['N3', 'N4', 'N5'],
    ];
    expect(plan(partition({ sides, atMs: 5_000, forMs: 10_000.5 }), 0)).toEqual([
      {
        kind: 'partition',
        groups: [
          ['N1', 'N2', 'C1', 'C3'],
          ['N3', 'N4', 'N5', 'C2'],
        ],
        unlisted: 'with-all',
        atUs: 5_000_000,
        forUs: 10_000_500,
      },
    ]);
    const [open] = plan(partition({ sides, atMs: 0, forMs: 1, clients: 'with-all' }), 0);
    expect(open).toMatchObject({ groups: sides });
    expect(partition({ sides, atMs: 0, forMs: 1 })).toMatchObject({ name: 'partition {N1,N2} | {N3,N4,N5}' });
  });
});

describe('steady trouble', () => {
  it('lasts for the whole fault phase, on all links or at every server', () => {
    const span = { atUs: SPAN.fromUs, forUs: SPAN.untilUs - SPAN.fromUs };
    expect(plan(steady({ fault: 'loss', probability: 0.2 }), 0)).toMatchObject([
      { kind: 'loss', hosts: [], probability: 0.2, ...span },
    ]);
    expect(plan(steady({ fault: 'reorder', holdMs: 7 }), 0)).toMatchObject([
      { kind: 'reorder', holdUs: 7_000, ...span },
    ]);
    expect(plan(steady({ fault: 'slow-disks', factor: 3 }), 0)).toEqual(
      SERVERS.map((host) => ({ kind: 'disk-slow', host, amount: 3, ...span })),
    );
    expect(plan(steady({ fault: 'power-failures' }), 0)).toEqual(
      SERVERS.map((host) => ({ kind: 'disk-lost-writes', host, ...span })),
    );
    expect(steady({ fault: 'power-failures' }).kinds).toEqual(['disk-lost-writes']);
  });
});

describe('given faults', () => {
  it('are planned as given, their kinds and hosts known before', () => {
    const drafts: FaultDraft[] = [
      { kind: 'crash', host: 'N1', atUs: 5, forUs: 6 },
      { kind: 'crash', host: 'N2', atUs: 7, forUs: 0 },
      { kind: 'one-way', from: ['N3'], to: ['N4', 'N1'], atUs: 1, forUs: 2 },
      { kind: 'bridge', left: ['N5'], right: ['leader'], atUs: 1, forUs: 2 },
      { kind: 'flapping', groups: [['N1'], ['C1']], downUs: 1, upUs: 1, atUs: 1, forUs: 2 },
      { kind: 'loss', hosts: ['C2'], probability: 1, atUs: 1, forUs: 2 },
    ];
    const spec = exactly(drafts);
    expect(plan(spec, 9)).toEqual(drafts);
    expect(spec.kinds).toEqual(['crash', 'one-way', 'bridge', 'flapping', 'loss']);
    expect([...spec.hosts].sort()).toEqual(['C1', 'C2', 'N1', 'N2', 'N3', 'N4', 'N5', 'leader']);
  });
});
