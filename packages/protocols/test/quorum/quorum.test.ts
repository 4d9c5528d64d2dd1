import { describe, expect, test } from 'vitest';
import {
  byzantineQuorum,
  byzantineSize,
  checkMembershipChange,
  choose,
  countOf,
  crashSize,
  findByzantineBreak,
  findDisjointQuorums,
  findNewThenOld,
  findStaleRead,
  majorityMembership,
  majorityOf,
  placementReport,
  quorumAvailability,
  quorumFacts,
  quorumLatency,
  QuorumOptionsError,
  sloppyFacts,
  subsetsOfSize,
  toleratedByzantine,
  toleratedCrashes,
} from '../../src/quorum/index.ts';
import { Draws } from '../clocks/executions.ts';

/** Every two sets, one of each size, have at least `common` nodes in common; by trying all pairs. */
function alwaysShare(n: number, left: number, right: number, common: number): boolean {
  const rights = subsetsOfSize(n, right);
  return subsetsOfSize(n, left).every((a) => rights.every((b) => countOf(a & b) >= common));
}

describe('N, W and R', () => {
  test('S1.85 reads meet writes exactly when R + W > N, and writes meet writes when 2W > N, for all N up to 7', () => {
    let cases = 0;
    for (let n = 1; n <= 7; n++) {
      for (let w = 1; w <= n; w++) {
        for (let r = 1; r <= n; r++) {
          const facts = quorumFacts({ n, w, r });
          expect(facts.readsMeetWrites).toBe(alwaysShare(n, w, r, 1));
          expect(facts.writesMeetWrites).toBe(alwaysShare(n, w, w, 1));
          expect(findStaleRead({ n, w, r }) === undefined).toBe(r + w > n);
          const missing = subsetsOfSize(n, r).filter((read) => (read & (2 ** w - 1)) === 0).length;
          expect(facts.staleProbability).toBe(missing / choose(n, r));
          cases++;
        }
      }
    }
    expect(cases).toBe(140);
  });

  test('S1.85 intersection is not linearizability: six quorum choices read new, then old (X11)', () => {
    const ways = findNewThenOld({ n: 3, w: 2, r: 2 });
    expect(ways).toHaveLength(6);
    expect(ways[0]).toEqual({ applied: [0], first: [0, 1], second: [1, 2] });
    expect(findNewThenOld({ n: 3, w: 2, r: 2 }, { writeBack: true })).toEqual([]);
    // Write-back is worth nothing without intersection.
    expect(findNewThenOld({ n: 5, w: 2, r: 2 }, { writeBack: true }).length).toBeGreaterThan(0);
  });

  test('S1.86 N=3 W=2 R=2 goes on with one replica down and stops with two', () => {
    const counts = { n: 3, w: 2, r: 2 };
    expect(quorumAvailability(counts, 1)).toEqual({ reads: true, writes: true });
    expect(quorumAvailability(counts, 2)).toEqual({ reads: false, writes: false });
  });

  test('S1.87 N=3 W=3 R=1 reads with two down, writes with none, and reads sooner than 2/2', () => {
    const counts = { n: 3, w: 3, r: 1 };
    expect(quorumAvailability(counts, 1)).toEqual({ reads: true, writes: false });
    expect(quorumAvailability(counts, 2).reads).toBe(true);
    const draws = new Draws(187);
    let one = 0;
    let two = 0;
    for (let i = 0; i < 1_000; i++) {
      const latencies = [draws.below(100), draws.below(100), draws.below(100)];
      one += quorumLatency(latencies, 1);
      two += quorumLatency(latencies, 2);
    }
    expect(one).toBeLessThan(two * 0.7);
  });

  test('S1.88 N=5 W=3 R=3 goes on with two replicas down and stops with three', () => {
    const counts = { n: 5, w: 3, r: 3 };
    expect(quorumAvailability(counts, 2)).toEqual({ reads: true, writes: true });
    expect(quorumAvailability(counts, 3)).toEqual({ reads: false, writes: false });
  });

  test('S1.89 N=5 W=1 R=5 intersects, yet one loss loses the write, one down stops reads, and writes do not meet', () => {
    const counts = { n: 5, w: 1, r: 5 };
    const facts = quorumFacts(counts);
    expect(facts.readsMeetWrites).toBe(true);
    expect(facts.lossesThatMayLoseAWrite).toBe(1);
    expect(quorumAvailability(counts, 1)).toEqual({ reads: false, writes: true });
    expect(facts.writesMeetWrites).toBe(false);
  });

  test('S1.90 N=5 W=2 R=2 misses a recent write in 3 of 10 read sets, measured too', () => {
    const counts = { n: 5, w: 2, r: 2 };
    expect(quorumFacts(counts).staleProbability).toBe(3 / 10);
    expect(findStaleRead(counts)).toEqual({ written: [0, 1], read: [2, 3] });
    let stale = 0;
    let firstSeed: number | undefined;
    for (let seed = 0; seed < 20_000; seed++) {
      const draws = new Draws(seed);
      const pick = () => draws.shuffle([0, 1, 2, 3, 4]).slice(0, 2);
      const written = pick();
      if (pick().some((replica) => written.includes(replica))) continue;
      stale++;
      firstSeed ??= seed;
    }
    expect(firstSeed).toBeLessThan(1_000);
    expect(Math.abs(stale / 20_000 - 0.3)).toBeLessThan(0.01);
  });

  test('S1.91 a sloppy quorum is missed by home reads until handoff', () => {
    expect(sloppyFacts({ n: 3, w: 2, r: 2 }, 0)).toEqual({
      homeAcknowledgements: 2,
      readsMeetWrite: true,
      missProbability: 0,
    });
    const away = sloppyFacts({ n: 3, w: 2, r: 2 }, 1);
    expect(away.readsMeetWrite).toBe(false);
    expect(away.missProbability).toBeCloseTo(1 / 3, 12);
    expect(sloppyFacts({ n: 3, w: 2, r: 2 }, 2).missProbability).toBe(1);
  });

  test('counts that cannot be are refused by name', () => {
    expect(() => quorumFacts({ n: 3, w: 4, r: 1 })).toThrow(
      expect.objectContaining({ code: 'QUORUM_OPTIONS', option: 'w', found: 4 }),
    );
    expect(() => quorumFacts({ n: 0, w: 1, r: 1 })).toThrow(QuorumOptionsError);
    expect(() => quorumFacts({ n: 3, w: 2, r: 1.5 })).toThrow(QuorumOptionsError);
    expect(() => quorumAvailability({ n: 3, w: 2, r: 2 }, 4)).toThrow(QuorumOptionsError);
    expect(quorumFacts({ n: 1_000, w: 500, r: 400 }).staleProbability).toBeGreaterThan(0);
  });
});

describe('sizes against crashes and lies', () => {
  test('S0.11 majorities and tolerated failures for N=1 to 9', () => {
    const table = Array.from({ length: 9 }, (_, i) => `${majorityOf(i + 1)}/${toleratedCrashes(i + 1)}`);
    expect(table.join(', ')).toBe('1/0, 2/0, 2/1, 3/1, 3/2, 4/2, 4/3, 5/3, 5/4');
    for (let n = 1; n <= 9; n++) {
      const counts = { n, w: majorityOf(n), r: majorityOf(n) };
      expect(quorumAvailability(counts, toleratedCrashes(n)).writes).toBe(true);
      expect(quorumAvailability(counts, toleratedCrashes(n) + 1).writes).toBe(false);
    }
  });

  test('S2.26 two quorums of 2f+1 among 3f+1 share at least f+1, exhaustively to n=13', () => {
    for (let f = 1; f <= 4; f++) {
      const n = byzantineSize(f);
      const q = byzantineQuorum(n, f);
      expect([n, q]).toEqual([3 * f + 1, 2 * f + 1]);
      expect(toleratedByzantine(n)).toBe(f);
      expect(alwaysShare(n, q, q, f + 1)).toBe(true);
      expect(alwaysShare(n, q, q, f + 2)).toBe(false);
      expect(findByzantineBreak({ n, f, q })).toBeUndefined();
    }
    expect([1, 2, 3].map(byzantineSize)).toEqual([4, 7, 10]);
  });

  test('S2.26 with n=3f every quorum size breaks, safety or liveness', () => {
    for (let f = 1; f <= 4; f++) {
      const kinds = Array.from(
        { length: 3 * f },
        (_, i) => findByzantineBreak({ n: 3 * f, f, q: i + 1 })?.kind,
      );
      expect(kinds.slice(0, 2 * f)).toEqual(Array(2 * f).fill('safety'));
      expect(kinds.slice(2 * f)).toEqual(Array(f).fill('liveness'));
    }
    expect(findByzantineBreak({ n: 3, f: 1, q: 2 })).toEqual({
      kind: 'safety',
      first: [0, 1],
      second: [1, 2],
      liars: [1],
    });
  });

  test('S2.26 quorums of f+1 can be disjoint: f+1 is no quorum (X7)', () => {
    const found = findByzantineBreak({ n: 4, f: 1, q: 2 });
    expect(found).toEqual({ kind: 'safety', first: [0, 1], second: [2, 3], liars: [] });
    expect(alwaysShare(4, 2, 2, 1)).toBe(false);
  });

  test('S2.26 crashes need 2f+1: majorities always meet, and of 2f nodes they are not reachable', () => {
    for (let f = 1; f <= 6; f++) {
      const n = crashSize(f);
      expect(majorityOf(n)).toBe(n - f);
      expect(alwaysShare(n, n - f, n - f, 1)).toBe(true);
      expect(alwaysShare(2 * f, f, f, 1)).toBe(false);
    }
  });
});

describe('membership', () => {
  const three = majorityMembership(['1', '2', '3']);
  const five = majorityMembership(['1', '2', '3', '4', '5']);

  test('S1.95 a direct switch from three to five members leaves disjoint quorums; found by search', () => {
    expect(findDisjointQuorums([three], [five])).toEqual({ first: ['1', '2'], second: ['3', '4', '5'] });
    expect(checkMembershipChange([[three], [five]])).toHaveLength(1);
  });

  test('S1.95 a joint configuration between them removes it, and so does one member at a time', () => {
    expect(checkMembershipChange([[three], [three, five], [five]])).toEqual([]);
    for (let n = 1; n <= 8; n++) {
      const names = Array.from({ length: n + 1 }, (_, i) => String(i));
      const small = [majorityMembership(names.slice(1))];
      const large = [majorityMembership(names)];
      expect(checkMembershipChange([small, large, small])).toEqual([]);
    }
    // Catalogue 59: two different single changes from one configuration do not meet.
    const base = ['1', '2', '3', '4'];
    const added = [majorityMembership([...base, '5'])];
    const removed = [majorityMembership(base.slice(0, 3))];
    expect(findDisjointQuorums(added, removed)).toBeDefined();
  });

  test('a membership that cannot be is refused', () => {
    expect(() => findDisjointQuorums([{ members: ['1', '1'], quorum: 1 }], [five])).toThrow(
      QuorumOptionsError,
    );
    expect(() => findDisjointQuorums([{ members: ['1'], quorum: 2 }], [five])).toThrow(QuorumOptionsError);
  });
});

describe('placement', () => {
  test('S1.96 replicas in one zone: its loss stops writes though N - W failures were tolerated', () => {
    const replica = (name: string, zone: string) => ({ name, zone });
    const together = [
      replica('r1', 'a'),
      replica('r2', 'a'),
      replica('r3', 'a'),
      replica('r4', 'b'),
      replica('r5', 'c'),
    ];
    const bad = placementReport(together, { w: 3, r: 3 });
    expect(bad.nominalWriteTolerance).toBe(2);
    expect(bad.warnings).toEqual([
      'zone a holds 3 of 5 replicas: losing it stops writes, stops reads, may lose finished writes',
    ]);
    const apart = together.map(({ name }, i) => replica(name, 'abcab'[i] ?? 'c'));
    expect(placementReport(apart, { w: 3, r: 3 }).warnings).toEqual([]);
    expect(() => placementReport([...together, replica('r1', 'd')], { w: 3, r: 3 })).toThrow(
      QuorumOptionsError,
    );
  });
});
