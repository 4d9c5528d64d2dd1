import { describe, expect, it } from 'vitest';
import type { RaftCommand } from '../../src/raft/client.ts';
import { entryTermAt } from '../../src/raft/readers.ts';
import { Cluster } from './cluster.ts';
import { sides } from './timed.ts';

const bare = { voters: [1, 2, 3], preVote: false, checkQuorum: false };
const append: RaftCommand = { client: 9, sequence: 1, operation: { f: 'append', key: 'l', value: 'a' } };

describe('the failure table', () => {
  it('S1.58 (X13) a leader crashes before replication: the entry may vanish, the retry applies once', () => {
    const group = new Cluster(bare);
    group.elect(1);
    group.passes = sides([1], [2, 3]);
    const first = group.request(1, append);
    group.crash(1);
    group.elect(2);
    expect(group.ask(2, append)).toEqual({ ok: true, value: 1 });
    group.boot(1);
    group.passes = (): boolean => true;
    group.fire(2, 'heartbeat');
    group.settle();
    // Nobody ever answered the first attempt: for its client the outcome is unknown.
    expect(group.replies.has(first)).toBe(false);
    for (const id of [1, 2, 3]) expect(group.state(id).machine).toEqual({ l: ['a'] });
    expect(entryTermAt(group.state(1), 2)).toBe(2);
  });

  it('S1.58 (X13) a leader crashes before replication: the entry may commit later, the retry applies once', () => {
    const group = new Cluster(bare);
    group.elect(1);
    group.passes = sides([1], [2, 3]);
    group.request(1, append);
    group.crash(1);
    group.boot(1);
    group.passes = (): boolean => true;
    group.elect(1);
    expect(group.view(1)).toMatchObject({ role: 'leader', term: 2, commit: 3 });
    expect(entryTermAt(group.state(1), 2)).toBe(1);
    expect(group.ask(1, append)).toEqual({ ok: true, value: 1 });
    expect(group.state(1).machine).toEqual({ l: ['a'] });
  });

  it('S1.59 a leader crashes after majority replication: the next one keeps and commits the entry', () => {
    const group = new Cluster(bare);
    group.elect(1);
    group.passes = sides([1, 2]);
    const first = group.request(1, append);
    group.settle();
    expect(group.replies.get(first)).toEqual({ ok: true, value: 1 });
    group.crash(1);
    group.passes = sides([2, 3]);
    // 3 lacks the entry and cannot be elected.
    group.elect(3);
    group.elect(2);
    expect(group.leaders()).toEqual([2]);
    expect(entryTermAt(group.state(2), 2)).toBe(1);
    // The client asks again and sees the original result.
    expect(group.ask(2, append)).toEqual({ ok: true, value: 1 });
    expect(group.state(2).machine).toEqual({ l: ['a'] });
  });

  it('S1.57 a vote that was not durable is not given: the sender crashes, and votes anew', () => {
    const outcome = (defect: 'vote-not-persisted' | undefined): number[] => {
      const group = new Cluster({ ...bare, defect });
      group.autoSync = false;
      const vote = (candidate: number): void => {
        group.passes = sides([candidate, 3]);
        group.fire(candidate, 'election');
        group.syncOne(candidate);
        group.settle();
        group.crash(3);
        group.boot(3);
        group.settle();
      };
      vote(1);
      vote(2);
      expect([group.view(1).term, group.view(2).term]).toEqual([1, 1]);
      return group.leaders();
    };
    expect(outcome(undefined)).toEqual([]);
    expect(outcome('vote-not-persisted')).toEqual([1, 2]);
  });

  it('S1.57 an entry that was not durable is not acknowledged: answering before the flush loses it', () => {
    const lost = (defect: 'reply-before-fsync' | undefined): boolean => {
      const group = new Cluster({ ...bare, defect });
      group.elect(1);
      group.autoSync = false;
      group.passes = sides([1, 2]);
      const request = group.request(1, append);
      group.settle();
      const acknowledged = group.replies.get(request)?.ok === true;
      group.crash(1);
      group.crash(2);
      group.autoSync = true;
      group.boot(2);
      group.passes = (): boolean => true;
      group.elect(3);
      group.elect(3);
      expect(group.leaders()).toEqual([3]);
      return acknowledged && entryTermAt(group.state(3), 2) !== 1;
    };
    expect(lost(undefined)).toBe(false);
    expect(lost('reply-before-fsync')).toBe(true);
  });

  it('S1.57 a node that forgets its disk and keeps its id lets an acknowledged entry vanish', () => {
    const lost = (defect: 'forgets-on-restart' | undefined): boolean => {
      const group = new Cluster({ ...bare, defect });
      group.elect(1);
      group.passes = sides([1, 2]);
      expect(group.ask(1, append)).toEqual({ ok: true, value: 1 });
      group.crash(1);
      group.crash(2);
      group.boot(2);
      group.passes = (): boolean => true;
      group.elect(3);
      group.elect(3);
      return group.leaders().length === 1 && entryTermAt(group.state(3), 2) !== 1;
    };
    expect(lost(undefined)).toBe(false);
    expect(lost('forgets-on-restart')).toBe(true);
  });

  it('a deposed leader does not call what it has in its log a failure', () => {
    const group = new Cluster(bare);
    group.elect(1);
    group.passes = sides([1], [2, 3]);
    const request = group.request(1, append);
    group.elect(2);
    group.passes = ({ message }) => message.type !== 'append';
    group.fire(2, 'heartbeat');
    group.settle();
    expect(group.view(1).role).toBe('follower');
    expect(group.replies.has(request)).toBe(false);
  });

  it('a crash between any two records of a store leaves a sound disk', () => {
    // A follower with a long stale tail takes a conflicting append; every prefix of its records is a log of both leaders.
    for (let kept = 0; ; kept++) {
      const group = new Cluster(bare);
      group.elect(1);
      group.passes = sides([1]);
      for (const value of [1, 2, 3]) group.put(1, 'x', value);
      group.passes = sides([2, 3]);
      group.elect(2);
      group.put(2, 'x', 4);
      group.autoSync = false;
      group.passes = sides([1, 2]);
      group.fire(2, 'heartbeat');
      group.settle();
      group.syncOne(1);
      group.settle();
      const records = group.host(1).pending.reduce((sum, store) => sum + store.writes.length, 0);
      if (kept === 0) expect(records).toBeGreaterThan(5);
      group.crash(1, kept);
      group.boot(1);
      const terms = group.state(1).log.entries.map((entry) => entry.term);
      expect([[1, 1, 1, 1], [1, 1, 1], [1, 1], [1], [1, 2], [1, 2, 2]]).toContainEqual(terms);
      // Whatever it takes for committed is what the second leader committed.
      for (let i = 2; i <= Number(group.view(1).commit); i++) expect(entryTermAt(group.state(1), i)).toBe(2);
      if (kept === records) break;
    }
  });
});
