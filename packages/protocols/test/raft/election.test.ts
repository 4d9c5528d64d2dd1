import { describe, expect, it } from 'vitest';
import { Cluster } from './cluster.ts';
import { sides, Timed } from './timed.ts';

const three = { voters: [1, 2, 3] };
const bare = { voters: [1, 2, 3], preVote: false, checkQuorum: false };

const roles = (group: Cluster): string[] =>
  [...group.hosts.values()].map((host) => host.state?.role ?? 'down');

describe('elections', () => {
  it('S1.48 roles change only in the ways of the paper, and terms only grow', () => {
    const legal = new Set([
      'follower>follower',
      'follower>pre-candidate',
      'follower>candidate',
      'pre-candidate>pre-candidate',
      'pre-candidate>candidate',
      'pre-candidate>follower',
      'candidate>candidate',
      'candidate>pre-candidate',
      'candidate>leader',
      'candidate>follower',
      'leader>follower',
    ]);
    const seen = new Set<string>();
    const leaderOf = new Map<number, number>();
    for (let seed = 1; seed <= 100; seed++) {
      const timed = new Timed({ ...three, preVote: seed % 2 === 0 }, { seed, latencyMs: [1, 40] });
      leaderOf.clear();
      const last = new Map<number, { role: string; term: number }>();
      timed.group.onNote = ({ node, kind, data }): void => {
        if (kind !== 'role') return;
        const { role, term } = data as { role: string; term: number };
        const before = last.get(node) ?? { role: 'follower', term: 0 };
        seen.add(`${before.role}>${role}`);
        expect(term).toBeGreaterThanOrEqual(before.term);
        last.set(node, { role, term });
        if (role !== 'leader') return;
        expect(leaderOf.get(term) ?? node).toBe(node);
        leaderOf.set(term, node);
      };
      // Now and then someone is cut off, so that leaders change.
      for (let t = 500; t < 3_000; t += 500) {
        const out = 1 + ((seed + t / 500) % 3);
        timed.at(t, () => {
          timed.group.passes = sides([1, 2, 3].filter((id) => id !== out));
        });
        timed.at(t + 350, () => {
          timed.group.passes = (): boolean => true;
        });
      }
      timed.run(3_000);
    }
    expect([...seen].filter((step) => !legal.has(step))).toEqual([]);
    expect(seen.has('leader>follower') && seen.has('candidate>leader')).toBe(true);
  });

  it('S1.49 equal timeouts split the vote again and again', () => {
    const timed = new Timed({ ...bare, electionJitterMs: 1 }, { seed: 1, latencyMs: [2, 2] });
    timed.run(10_000);
    expect(timed.group.leaders()).toEqual([]);
    expect(timed.group.view(1).term).toBeGreaterThan(50);
  });

  it('S1.49 timeouts of 150 to 300 ms elect within 1.5 s, whatever the seed', () => {
    let slowest = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const timed = new Timed({ ...bare, voters: [1, 2, 3, 4, 5] }, { seed, latencyMs: [1, 10] });
      const agreed = (): boolean => {
        const { leader } = timed.group.view(1);
        return leader !== 0 && [2, 3, 4, 5].every((id) => timed.group.view(id).leader === leader);
      };
      expect(timed.run(1_500, agreed)).toBe(true);
      slowest = Math.max(slowest, timed.now);
    }
    expect(slowest).toBeGreaterThan(150);
  });

  it('S1.61 a split vote ends at a higher term', () => {
    const group = new Cluster({ voters: [1, 2, 3, 4], preVote: false, checkQuorum: false });
    group.passes = sides([1, 2], [3, 4]);
    group.fire(1, 'election');
    group.fire(3, 'election');
    group.settle();
    expect(roles(group)).toEqual(['candidate', 'follower', 'candidate', 'follower']);
    expect(group.view(1).term).toBe(1);
    group.passes = (): boolean => true;
    group.elect(3);
    expect(group.leaders()).toEqual([3]);
    expect(group.view(3).term).toBe(2);
    // 1 gave up its candidacy.
    expect(group.view(1)).toMatchObject({ role: 'follower', term: 2, leader: 3 });
  });

  it('S1.52 refuses its vote to a candidate whose log is behind', () => {
    const group = new Cluster(bare);
    group.elect(1);
    group.passes = sides([1, 2]);
    group.put(1, 'x', 1);
    group.passes = sides([2, 3]);
    group.elect(3);
    expect(group.leaders()).toEqual([1]);
    expect(group.view(2)).toMatchObject({ term: 2, vote: 0 });
    group.elect(2);
    expect(group.view(2)).toMatchObject({ role: 'leader', term: 3 });
  });

  it('S1.48 a vote is kept over a restart', () => {
    const group = new Cluster(bare);
    group.passes = sides([1, 3]);
    group.elect(1);
    group.crash(3);
    group.boot(3);
    expect(group.view(3)).toMatchObject({ term: 1, vote: 1 });
    group.passes = sides([2, 3]);
    group.elect(2);
    expect(group.leaders()).toEqual([1]);
  });

  it('pre-vote keeps a node that was cut off from raising the term', () => {
    const group = new Cluster(three);
    group.elect(1);
    group.passes = sides([1, 2]);
    for (let i = 0; i < 5; i++) group.elect(3);
    expect(group.view(3)).toMatchObject({ role: 'pre-candidate', term: 1 });
    group.passes = (): boolean => true;
    group.fire(1, 'heartbeat');
    group.settle();
    expect(group.leaders()).toEqual([1]);
    expect(group.view(3)).toMatchObject({ role: 'follower', term: 1, leader: 1 });
  });

  it('without pre-vote the returning node deposes the leader', () => {
    const group = new Cluster(bare);
    group.elect(1);
    group.passes = sides([1, 2]);
    for (let i = 0; i < 5; i++) group.elect(3);
    group.passes = (): boolean => true;
    group.elect(3);
    expect(group.view(1)).toMatchObject({ term: 7 });
  });

  it('a node with a higher term than the leader finds back into the group', () => {
    // Seen as etcd-io/etcd#8243: with pre-vote the leader would otherwise be ignored by it for good.
    const group = new Cluster({ ...three, preVote: false });
    group.elect(1);
    group.passes = sides([1, 2]);
    for (let i = 0; i < 3; i++) group.elect(3);
    expect(group.view(3)).toMatchObject({ role: 'candidate', term: 4 });
    group.passes = (): boolean => true;
    group.fire(1, 'heartbeat');
    group.settle();
    expect(group.leaders()).toEqual([]);
    group.elect(1);
    expect(group.leaders()).toEqual([1]);
    expect([1, 2, 3].map((id) => group.view(id).term)).toEqual([5, 5, 5]);
  });

  it('nodes that hear a leader do not listen to candidates', () => {
    const group = new Cluster({ ...three, preVote: false });
    group.elect(1);
    group.fire(2, 'election');
    group.settle();
    expect(group.leaders()).toEqual([1]);
    expect(group.view(3)).toMatchObject({ term: 1, leader: 1 });
  });

  it('S1.62 (X28) a leader without a quorum steps down at the second check', () => {
    const group = new Cluster(three);
    group.elect(1);
    group.passes = sides([1], [2, 3]);
    group.fire(1, 'quorum-check');
    expect(group.view(1).role).toBe('leader');
    group.fire(1, 'quorum-check');
    expect(group.view(1)).toMatchObject({ role: 'follower', term: 1, leader: 0 });
  });

  it('S1.62 (X28) without quorum checks a stale leader stays, commits nothing, and leaves at a higher term', () => {
    const group = new Cluster(bare);
    group.elect(1);
    group.passes = sides([1], [2, 3]);
    group.elect(2);
    expect(group.leaders()).toEqual([1, 2]);
    const request = group.request(1, { client: 1, sequence: 1, operation: { f: 'put', key: 'x', value: 1 } });
    for (let i = 0; i < 10; i++) group.fire(1, 'heartbeat');
    group.settle();
    expect(group.view(1)).toMatchObject({ role: 'leader', term: 1, commit: 1, lastIndex: 2 });
    expect(group.replies.get(request)).toBeUndefined();
    group.passes = (): boolean => true;
    group.fire(2, 'heartbeat');
    group.settle();
    expect(group.leaders()).toEqual([2]);
    // Its entry was replaced, which is all it can tell.
    expect(group.replies.get(request)).toMatchObject({ ok: false, error: 'unknown', leader: 2 });
  });
});
