import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadCutError, type Cut } from '../../src/network/cut.ts';
import { Reachability } from '../../src/network/reachability.ts';

const names = (n: number, prefix = 'N') => Array.from({ length: n }, (_, i) => `${prefix}${i + 1}`);
const letters = (n: number) => 'ABCDEFGHIJ'.slice(0, n).split('');

function cutOf(hosts: readonly string[], ...cuts: Cut[]): Reachability {
  const reach = new Reachability({ hosts });
  for (const cut of cuts) reach.cut(cut);
  return reach;
}

/** Everything reachable, as `A>B` pairs of different hosts. */
function pairs(reach: Reachability, channel = 0): string[] {
  const list: string[] = [];
  reach.hosts.forEach((a, i) => {
    reach.hosts.forEach((b, j) => {
      if (i !== j && reach.canReach(i, j, channel)) list.push(`${a}>${b}`);
    });
  });
  return list;
}

const sides = (reach: Reachability) =>
  reach.quorumSides().sides.map((s) => [s.hosts.map((h) => reach.hosts[h]).join(''), s.hasQuorum]);

describe('clean partition', () => {
  it('S1.120 groups exchange nothing, inside a group everything passes, and the majority side has the quorum', () => {
    const reach = cutOf(letters(5), {
      kind: 'partition',
      groups: [
        [0, 1],
        [2, 3, 4],
      ],
    });
    expect(pairs(reach)).toEqual(['A>B', 'B>A', 'C>D', 'C>E', 'D>C', 'D>E', 'E>C', 'E>D']);
    expect(sides(reach)).toEqual([
      ['AB', false],
      ['CDE', true],
    ]);
    expect(reach.quorumSides()).toMatchObject({ majority: 3, gatherers: [2, 3, 4] });
    expect(pairs(cutOf(letters(5)))).toHaveLength(20);
  });

  it('S2.6 S1.120 of six hosts split three and three neither side has a majority of four (X6)', () => {
    const reach = cutOf(letters(6), {
      kind: 'partition',
      groups: [
        [0, 1, 2],
        [3, 4, 5],
      ],
    });
    expect(sides(reach)).toEqual([
      ['ABC', false],
      ['DEF', false],
    ]);
    expect(reach.quorumSides()).toMatchObject({ majority: 4, gatherers: [] });
    expect(cutOf(letters(6)).quorumSides().gatherers).toHaveLength(6);
  });

  it('X20 unlisted hosts must be spoken for, and always reach themselves', () => {
    const groups = [[0], [1]];
    expect(() => cutOf(letters(4), { kind: 'partition', groups })).toThrow(
      "Cannot cut the network by 'partition': 2 of 4 hosts are in no group; list them, or say unlisted: 'isolated' or 'with-all'",
    );
    const isolated = cutOf(letters(4), { kind: 'partition', groups, unlisted: 'isolated' });
    expect(pairs(isolated)).toEqual([]);
    for (let h = 0; h < 4; h++) expect(isolated.canReach(h, h)).toBe(true);
    const withAll = cutOf(letters(4), { kind: 'partition', groups, unlisted: 'with-all' });
    expect(pairs(withAll)).toHaveLength(10);
    expect([withAll.canReach(0, 1), withAll.canReach(2, 3), withAll.canReach(0, 2)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('members other than all hosts are counted alone', () => {
    const reach = cutOf([...letters(3), 'client'], { kind: 'partition', groups: [[0], [1, 2, 3]] });
    const quorum = reach.quorumSides([0, 1, 2]);
    expect(quorum.sides).toEqual([
      { hosts: [0], hasQuorum: false },
      { hosts: [1, 2], hasQuorum: true },
    ]);
  });
});

describe('asymmetric and partial cuts', () => {
  it('S1.8 S1.121 with B to A cut, B hears A and A does not hear B, so A alone suspects (X4)', () => {
    const suspects = (cuts: Cut[]) => {
      const reach = cutOf(['A', 'B'], ...cuts);
      return [0, 1].filter((self) => !reach.canReach(1 - self, self)).map((h) => reach.hosts[h]);
    };
    expect(suspects([{ kind: 'one-way', from: [1], to: [0] }])).toEqual(['A']);
    expect(suspects([])).toEqual([]);
  });

  it('S1.121 heartbeats pass one way only: a detector that asks "do I hear it" and one that asks both ways differ', () => {
    const reach = cutOf(letters(3), { kind: 'one-way', from: [0], to: [1, 2] });
    const hearsAll = [0, 1, 2].filter((h) => [0, 1, 2].every((other) => reach.canReach(other, h)));
    expect(hearsAll).toEqual([0]);
    expect(reach.quorumSides().gatherers).toEqual([1, 2]);
    expect(reach.describe()).toBe('{A} -x-> {B,C}');
  });

  it('S2.42 links A-B, A-C, C-D, D-E: A and D each gather three votes, and both need C (X22)', () => {
    const only: Cut = {
      kind: 'only-links',
      links: [
        [0, 1],
        [0, 2],
        [2, 3],
        [3, 4],
      ],
    };
    const reach = cutOf(letters(5), only);
    const partners = (a: number) => [0, 1, 2, 3, 4].filter((b) => reach.canExchange(a, b));
    expect(partners(0)).toEqual([0, 1, 2]);
    expect(partners(3)).toEqual([2, 3, 4]);
    expect(partners(0).filter((h) => partners(3).includes(h))).toEqual([2]);
    expect(reach.quorumSides()).toMatchObject({ majority: 3, gatherers: [0, 2, 3] });
    expect(reach.describe()).toBe('only A-B, A-C, C-D, D-E');
  });

  it('S2.42 a bridge keeps one host in touch with both sides', () => {
    const reach = cutOf(letters(5), { kind: 'bridge', left: [0, 1], right: [3, 4] });
    expect([reach.canExchange(0, 3), reach.canExchange(0, 2), reach.canExchange(2, 4)]).toEqual([
      false,
      true,
      true,
    ]);
    expect([reach.canReach(0, 3), reach.canReach(3, 0), reach.canReach(4, 1)]).toEqual([false, false, false]);
    expect(pairs(reach)).toHaveLength(12);
    expect(reach.quorumSides()).toMatchObject({ gatherers: [0, 1, 2, 3, 4] });
    expect(sides(reach)).toEqual([['ABCDE', true]]);
    expect(reach.describe()).toBe('{A,B} | {D,E} bridged by {C}');
  });

  it('in a ring of majorities everyone reaches a majority and no two the same one', () => {
    for (let n = 4; n <= 12; n++) {
      const reach = cutOf(names(n), { kind: 'majorities-ring' });
      const seen = new Set<string>();
      for (let a = 0; a < n; a++) {
        const partners = Array.from({ length: n }, (_, b) => b).filter((b) => reach.canExchange(a, b));
        expect(partners.length).toBeGreaterThanOrEqual(Math.floor(n / 2) + 1);
        expect(partners.length).toBeLessThan(n);
        seen.add(partners.join());
      }
      expect(seen.size).toBe(n);
    }
    expect(() => cutOf(names(3), { kind: 'majorities-ring' })).toThrow(BadCutError);
    const shuffled = cutOf(names(5), { kind: 'majorities-ring', order: [0, 2, 4, 1, 3] });
    expect([shuffled.canReach(0, 2), shuffled.canReach(0, 3), shuffled.canReach(0, 1)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(shuffled.describe()).toBe('ring of majorities N1-N3-N5-N2-N4');
  });

  it('S1.122 a cut of one channel leaves the others working', () => {
    const reach = new Reachability({ hosts: ['api', 'db'], channels: ['http', 'replication'] });
    reach.cut({ kind: 'partition', groups: [[0], [1]] }, [1]);
    expect(pairs(reach, 0)).toEqual(['api>db', 'db>api']);
    expect(pairs(reach, 1)).toEqual([]);
    expect(reach.describe()).toBe('{api} | {db} on replication');
    const everything = reach.cut({ kind: 'partition', groups: [[0], [1]] });
    expect(pairs(reach, 0)).toEqual([]);
    reach.heal(everything);
    expect([pairs(reach, 0).length, pairs(reach, 1).length]).toEqual([2, 0]);
  });
});

describe('several cuts', () => {
  it('healing one cut does not heal another that blocks the same pair', () => {
    const reach = cutOf(letters(3));
    const first = reach.cut({ kind: 'partition', groups: [[0], [1, 2]] });
    const second = reach.cut({ kind: 'one-way', from: [0], to: [1] });
    expect(reach.heal(first)).toBe(true);
    expect(pairs(reach)).toEqual(['A>C', 'B>A', 'B>C', 'C>A', 'C>B']);
    expect(reach.heal(first)).toBe(false);
    expect(reach.cuts().map((c) => c.id)).toEqual([second]);
    reach.heal(second);
    expect(pairs(reach)).toHaveLength(6);
    expect(reach.describe()).toBe('all connected');
  });

  it('describes them in one line', () => {
    const reach = cutOf(names(5), {
      kind: 'partition',
      groups: [
        [0, 1],
        [2, 3, 4],
      ],
    });
    expect(reach.describe()).toBe('{N1,N2} | {N3,N4,N5}');
    reach.cut({ kind: 'one-way', from: [2], to: [3] });
    expect(reach.describe()).toBe('{N1,N2} | {N3,N4,N5} + {N3} -x-> {N4}');
    reach.healAll();
    reach.cut({ kind: 'partition', groups: [[0], [1]], unlisted: 'with-all' });
    expect(reach.describe()).toBe('{N1} | {N2} with {N3,N4,N5} reaching all');
    reach.healAll();
    reach.cut({ kind: 'partition', groups: [[0, 1, 2]], unlisted: 'isolated' });
    expect(reach.describe()).toBe('{N1,N2,N3} | {N4} | {N5}');
  });

  it('a pair is blocked exactly while some cut in force blocks it', () => {
    const hosts = 40;
    const host = fc.integer({ min: 0, max: hosts - 1 });
    const cut: fc.Arbitrary<Cut> = fc.oneof(
      fc.record({ kind: fc.constant('one-way' as const), from: fc.array(host), to: fc.array(host) }),
      fc.uniqueArray(host, { maxLength: 20 }).map((list) => ({
        kind: 'partition' as const,
        groups: [list.slice(0, 5), list.slice(5)],
        unlisted: 'with-all' as const,
      })),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cut, fc.boolean()), { maxLength: 6 }), (list) => {
        const reach = new Reachability({ hosts: names(hosts) });
        const ids = list.map(([c]) => reach.cut(c));
        list.forEach(([, heals], i) => {
          if (heals) reach.heal(ids[i] as number);
        });
        const left = list.filter(([, heals]) => !heals).map(([c]) => cutOf(names(hosts), c));
        const wrong: string[] = [];
        for (let a = 0; a < hosts; a++) {
          for (let b = 0; b < hosts; b++) {
            const open = left.every((alone) => alone.canReach(a, b));
            if (reach.canReach(a, b) !== open) wrong.push(`${a}>${b}`);
          }
        }
        expect(wrong).toEqual([]);
      }),
      { seed: 120, numRuns: 30 },
    );
  });
});

describe('hosts', () => {
  it('can be added one by one, also while a cut is in force', () => {
    const reach = new Reachability();
    for (const name of letters(2)) reach.addHost(name);
    reach.cut({ kind: 'partition', groups: [[0], [1]], unlisted: 'isolated' });
    expect(reach.addHost('C')).toBe(2);
    expect(pairs(reach)).toEqual([]);
    reach.healAll();
    expect(pairs(reach)).toHaveLength(6);
  });

  it('up to 1,024 of them, and no more', () => {
    const reach = new Reachability({ hosts: names(1_024) });
    const evens = Array.from({ length: 512 }, (_, i) => 2 * i);
    const id = reach.cut({ kind: 'partition', groups: [evens, evens.map((h) => h + 1)] });
    expect([reach.canReach(0, 1_022), reach.canReach(0, 1_023), reach.canReach(1_023, 1)]).toEqual([
      true,
      false,
      true,
    ]);
    reach.heal(id);
    expect(reach.canReach(0, 1_023)).toBe(true);
    expect(() => reach.addHost('one more')).toThrow(/Cannot use hosts/);
  });

  it('a cut of hosts that are not there is refused', () => {
    const reach = cutOf(letters(3));
    expect(() => reach.cut({ kind: 'one-way', from: [0], to: [3] })).toThrow(/names host 3 of 3/);
    expect(() =>
      reach.cut({
        kind: 'partition',
        groups: [
          [0, 1],
          [1, 2],
        ],
      }),
    ).toThrow(/host 1 twice/);
    expect(() => reach.cut({ kind: 'one-way', from: [0], to: [1] }, [1])).toThrow(/Cannot use channel/);
    expect(reach.describe()).toBe('all connected');
  });
});
