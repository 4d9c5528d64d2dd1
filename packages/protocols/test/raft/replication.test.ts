import { hashPlain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import type { RaftDefect } from '../../src/raft/defects.ts';
import { entryTermAt, logEntries, logRange } from '../../src/raft/readers.ts';
import { Cluster } from './cluster.ts';
import { sides, Timed } from './timed.ts';

const bare = { voters: [1, 2, 3], preVote: false, checkQuorum: false };

const terms = (group: Cluster, id: number): number[] =>
  logEntries(group.state(id)).map((entry) => entry.term);

/** The paper's figure 8, up to the moment when node 5 may lead again. */
function figureEight(defect: RaftDefect | undefined): Cluster {
  const group = new Cluster({
    voters: [1, 2, 3, 4, 5],
    preVote: false,
    checkQuorum: false,
    maxEntriesPerAppend: 1,
    defect,
  });
  group.elect(1);
  // (a) 1 leads and reaches only 2 with entry 2 of term 1.
  group.passes = sides([1, 2]);
  group.put(1, 'x', 'from 1');
  // (b) 1 crashes; 5 is elected by 3 and 4 and keeps its entry 2 of term 2 to itself.
  group.crash(1);
  group.passes = ({ from, to, message }) => from !== 2 && to !== 2 && message.type !== 'append';
  group.elect(5);
  // (c) 5 crashes; 1 is elected and brings entry 2 to 3 and 4, a majority; its own entry 3 reaches nobody.
  group.crash(5);
  group.boot(1);
  group.passes = ({ to, message }) =>
    message.type !== 'append' ||
    ((to === 3 || to === 4) && (message.prevIndex < 2 || group.view(to).lastIndex === 1));
  // Its first attempt ends in the term that was 5's.
  group.elect(1);
  group.elect(1);
  group.fire(1, 'heartbeat');
  group.settle();
  return group;
}

describe('replication', () => {
  it('S1.50 brings every log of the paper (figure 7) in line with the leader', () => {
    const group = new Cluster(bare);
    group.elect(1);
    group.passes = sides([1]);
    for (const value of [1, 2, 3]) group.put(1, 'x', value);
    group.passes = sides([2, 3]);
    group.elect(2);
    for (const value of [4, 5]) group.put(2, 'x', value);
    expect([terms(group, 1), terms(group, 2)]).toEqual([
      [1, 1, 1, 1],
      [1, 2, 2, 2],
    ]);
    group.passes = (): boolean => true;
    group.fire(2, 'heartbeat');
    group.settle();
    for (const id of [1, 2, 3]) {
      expect(terms(group, id)).toEqual([1, 2, 2, 2]);
      expect(group.state(id).machine).toEqual({ x: 5 });
    }
  });

  it('S1.50 a follower without the entry before refuses, and says where to look', () => {
    const group = new Cluster(bare);
    group.elect(1);
    group.passes = ({ message }) => message.type !== 'append';
    group.put(1, 'x', 1);
    group.passes = (): boolean => true;
    group.flying = [];
    group.deliver({
      from: 1,
      to: 2,
      message: { type: 'append', term: 1, prevIndex: 7, prevTerm: 1, commit: 0, entries: [] },
    });
    expect(group.flying).toEqual([
      {
        from: 2,
        to: 1,
        message: { type: 'append-reply', term: 1, index: 7, reject: true, hintIndex: 1, hintTerm: 1 },
      },
    ]);
  });

  it('an empty append commits no more than it speaks of', () => {
    // Seen as atomix/copycat#265: a follower must not commit its own entries beyond those the leader compared.
    const group = new Cluster(bare);
    group.elect(1);
    group.passes = sides([1]);
    for (const value of [1, 2, 3]) group.put(1, 'x', value);
    group.deliver({
      from: 2,
      to: 1,
      message: { type: 'append', term: 2, prevIndex: 1, prevTerm: 1, commit: 4, entries: [] },
    });
    expect(group.view(1)).toMatchObject({ commit: 1, lastIndex: 4 });
  });

  it('S1.51 (X12) figure 8: a leader does not commit an earlier term by counting copies', () => {
    const group = figureEight(undefined);
    expect(group.view(1)).toMatchObject({ role: 'leader', term: 3, commit: 1 });
    expect([1, 2, 3, 4].map((id) => entryTermAt(group.state(id), 2))).toEqual([1, 1, 1, 1]);
    // (e) Had its own entry reached a majority, all before would be committed with it.
    group.passes = (): boolean => true;
    group.fire(1, 'heartbeat');
    group.settle();
    expect(group.view(1).commit).toBe(3);
  });

  it('S1.51 figure 8: committing by counting loses a committed entry', () => {
    const group = figureEight('commit-older-term-by-counting');
    expect(group.view(1)).toMatchObject({ role: 'leader', term: 3, commit: 2 });
    expect(group.state(1).machine).toEqual({ x: 'from 1' });
    // (d) 1 crashes; 5 is elected again and replaces the entry.
    group.crash(1);
    group.boot(5);
    group.passes = (): boolean => true;
    group.elect(5);
    group.elect(5);
    expect(group.view(5)).toMatchObject({ role: 'leader', commit: 2 });
    expect(entryTermAt(group.state(5), 2)).toBe(2);
    expect(group.state(5).machine).toEqual({});
  });

  it('S1.60 a follower that was away catches up from the log', () => {
    const group = new Cluster({ ...bare, maxEntriesPerAppend: 3, maxInflight: 2 });
    group.elect(1);
    group.crash(3);
    for (let i = 0; i < 20; i++) group.put(1, `k${i}`, i);
    group.boot(3);
    group.fire(1, 'heartbeat');
    group.settle();
    expect(group.view(3)).toMatchObject({ lastIndex: 21, commit: 21, snapshotIndex: 0 });
    expect(hashPlain(group.state(3).machine)).toBe(hashPlain(group.state(1).machine));
  });

  it('S1.60 a follower that is away does not delay the others', () => {
    const commitAfter = (away: boolean): number => {
      const timed = new Timed(bare, { seed: 3, latencyMs: [5, 5] });
      const { group } = timed;
      timed.run(
        2_000,
        () => group.leaders().length === 1 && group.view(group.leaders()[0] ?? 1).commit === 1,
      );
      timed.run(timed.now + 100);
      const leader = group.leaders()[0] ?? 0;
      if (away) group.crash((leader % 3) + 1);
      const start = timed.now;
      const request = group.request(leader, {
        client: 0,
        sequence: 0,
        operation: { f: 'put', key: 'x', value: 1 },
      });
      timed.pump();
      timed.run(start + 1_000, () => group.replies.has(request));
      return timed.now - start;
    };
    expect(commitAfter(false)).toBe(10);
    expect(commitAfter(true)).toBe(10);
  });

  it('keeps at most maxInflight appends unanswered per follower', () => {
    const group = new Cluster({ ...bare, maxInflight: 3 });
    group.elect(1);
    for (let i = 0; i < 9; i++)
      group.request(1, { client: 0, sequence: 0, operation: { f: 'put', key: 'x', value: i } });
    const toTwo = group.flying.filter(({ to, message }) => to === 2 && message.type === 'append');
    expect(toTwo).toHaveLength(3);
    group.settle();
    expect(group.view(2).lastIndex).toBe(10);
  });

  it('refuses writes beyond maxUncommitted, and says that they had no effect', () => {
    const group = new Cluster({ ...bare, maxUncommitted: 2 });
    group.elect(1);
    group.passes = sides([1]);
    const answers = [1, 2, 3].map((value) => group.put(1, 'x', value));
    expect(answers).toMatchObject([
      undefined,
      undefined,
      { ok: false, error: 'busy', detail: 'too-many-uncommitted' },
    ]);
  });

  it('what is durable again after having been overwritten twice does not count (ABA)', () => {
    const group = new Cluster({ ...bare, voters: [1, 2, 3, 4, 5] });
    group.elect(1);
    group.autoSync = false;
    const entry = (term: number, data: string) => ({ term, index: 2, kind: 'normal' as const, data });
    const append = (term: number, entries: ReturnType<typeof entry>[]) =>
      group.deliver({
        from: term,
        to: 5,
        message: { type: 'append', term, prevIndex: 1, prevTerm: 1, commit: 1, entries },
      });
    append(1, [entry(1, 'a')]);
    append(2, [entry(2, 'b')]);
    append(3, [entry(1, 'a')]);
    group.syncOne(5);
    // The first store held the same entry as the log does now, but the second one has yet to replace it on disk.
    expect(group.state(5).log.stable).toBe(1);
    group.syncOne(5);
    group.syncOne(5);
    expect(group.state(5).log.stable).toBe(2);
    expect(logRange(group.state(5))).toEqual({ first: 1, last: 2 });
    // What replaces a durable entry is not durable yet.
    append(4, [entry(4, 'c')]);
    expect(group.state(5).log.stable).toBe(1);
  });
});
