import { describe, expect, it } from 'vitest';
import type { RaftCommand } from '../../src/raft/client.ts';
import type { MembershipChange } from '../../src/raft/confchange/change.ts';
import type { RaftDefect } from '../../src/raft/defects.ts';
import { Cluster } from './cluster.ts';
import { sides } from './timed.ts';

const bare = { voters: [1, 2, 3], preVote: false, checkQuorum: false };

function change(text: string, transition: MembershipChange['transition'] = 'auto'): RaftCommand {
  const types = { v: 'voter', l: 'learner', r: 'remove' } as const;
  const changes = text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => ({ type: types[word.charAt(0) as keyof typeof types], node: Number(word.slice(1)) }));
  return { reconfigure: { transition, changes } };
}

function beat(group: Cluster, leader: number, times = 4): void {
  for (let i = 0; i < times; i++) {
    group.fire(leader, 'heartbeat');
    group.settle();
  }
}

describe('membership changes', () => {
  it('S1.53 one node joins and leaves without a joint configuration', () => {
    const group = new Cluster(bare, [1, 2, 3, 4]);
    group.elect(1);
    expect(group.ask(1, change('v4'))).toEqual({ ok: true, value: true });
    beat(group, 1);
    expect([1, 2, 3, 4].map((id) => group.view(id).voters)).toEqual(Array(4).fill('(1 2 3 4)'));
    expect([1, 2, 3, 4].map((id) => group.view(id).configVersion)).toEqual([2, 2, 2, 2]);
    expect(group.ask(1, change('r2'))).toEqual({ ok: true, value: true });
    beat(group, 1);
    expect(group.view(1).voters).toBe('(1 3 4)');
    // A quorum of the new configuration decides.
    group.passes = sides([1, 4]);
    expect(group.put(1, 'x', 1)).toEqual({ ok: true, value: null });
  });

  it('S1.53 several nodes change through a joint configuration that is left by itself', () => {
    const group = new Cluster(bare, [1, 2, 3, 4, 5]);
    group.elect(1);
    expect(group.ask(1, change('v4 v5 r2 r3'))).toEqual({ ok: true, value: true });
    beat(group, 1);
    const seen = group.notes.filter(({ node, kind }) => node === 1 && kind === 'config');
    expect(seen.map(({ data }) => (data as { text: string }).text)).toEqual([
      'voters=(1 4 5)&&(1 2 3) autoleave',
      'voters=(1 4 5)',
    ]);
    expect([1, 4, 5].map((id) => group.view(id).voters)).toEqual(Array(3).fill('(1 4 5)'));
  });

  it('S1.53 while joint, neither majority decides alone', () => {
    const group = new Cluster(bare, [1, 2, 3, 4, 5]);
    group.elect(1);
    group.ask(1, change('v4 v5 r2 r3', 'explicit'));
    beat(group, 1);
    expect(group.view(1).voters).toBe('(1 4 5)&&(1 2 3)');
    for (const side of [
      [1, 2, 3],
      [1, 4, 5],
    ]) {
      group.passes = sides(side);
      const request = group.request(1, {
        client: 0,
        sequence: 0,
        operation: { f: 'put', key: 'x', value: 1 },
      });
      group.settle();
      beat(group, 1);
      expect(group.replies.has(request)).toBe(false);
    }
    group.passes = (): boolean => true;
    beat(group, 1);
    expect(group.put(1, 'x', 2)).toEqual({ ok: true, value: null });
    expect(group.ask(1, change(''))).toEqual({ ok: true, value: true });
    expect(group.view(1).voters).toBe('(1 4 5)');
  });

  it('S1.53 one change at a time, and only ones that fit', () => {
    const group = new Cluster(bare, [1, 2, 3, 4]);
    group.elect(1);
    expect(group.ask(1, change(''))).toMatchObject({ ok: false, error: 'refused', detail: 'not-joint' });
    expect(group.ask(1, change('r1 r2 r3'))).toMatchObject({ ok: false, detail: 'no-voters-left' });
    expect(group.ask(2, change('v4'))).toMatchObject({ ok: false, error: 'not-leader', leader: 1 });
    group.passes = sides([1]);
    group.request(1, change('v4'));
    expect(group.ask(1, change('l4'))).toMatchObject({ ok: false, detail: 'change-pending' });
    group.passes = (): boolean => true;
    beat(group, 1);
    group.ask(1, change('l4', 'explicit'));
    expect(group.view(1).voters).toBe('(1 2 3)&&(1 2 3 4)');
    expect(group.ask(1, change('v4'))).toMatchObject({ ok: false, detail: 'must-leave-joint-first' });
  });

  it('S1.63 a new leader starts no change before one it may have inherited is settled', () => {
    const group = new Cluster({ ...bare, voters: [1, 2, 3, 4, 5] });
    group.elect(1);
    group.passes = sides([1, 2]);
    group.request(1, change('r5'));
    group.settle();
    group.crash(1);
    // 2 leads with the change in its log, and cannot yet tell whether it was committed.
    group.passes = ({ message }) => message.type !== 'append';
    group.elect(2);
    expect(group.leaders()).toEqual([2]);
    expect(group.ask(2, change('r4'))).toMatchObject({ ok: false, detail: 'change-pending' });
    group.passes = (): boolean => true;
    beat(group, 2);
    expect(group.ask(2, change('r4'))).toEqual({ ok: true, value: true });
    expect(group.view(2).voters).toBe('(1 2 3)');
  });

  it('learners are fed but neither counted nor asked, until they are promoted', () => {
    const group = new Cluster({ ...bare, learners: [4] }, [1, 2, 3, 4]);
    group.elect(1);
    group.put(1, 'x', 1);
    beat(group, 1);
    expect(group.state(4).machine).toEqual({ x: 1 });
    group.passes = sides([1, 4]);
    expect(group.put(1, 'x', 2)).toBeUndefined();
    expect(group.host(4).timers.has('election')).toBe(false);
    group.passes = (): boolean => true;
    beat(group, 1);
    expect(group.ask(1, change('v4'))).toEqual({ ok: true, value: true });
    beat(group, 1);
    expect(group.host(4).timers.has('election')).toBe(true);
    group.elect(4);
    expect(group.leaders()).toEqual([4]);
  });

  it('a promoted learner that has not heard of it still votes', () => {
    // Seen as etcd-io/etcd#10998: a group that needs its vote would be stuck.
    const group = new Cluster({ ...bare, learners: [4] }, [1, 2, 3, 4]);
    group.elect(1);
    group.passes = ({ to, from, message }) => (to !== 4 && from !== 4) || message.type.startsWith('vote');
    group.ask(1, change('v4'));
    group.crash(1);
    beat(group, 2);
    group.elect(2);
    expect(group.view(4)).toMatchObject({ voters: '(1 2 3)', vote: 2 });
  });

  it('a leader that is removed steps down when it applies that, and the others go on', () => {
    const group = new Cluster(bare);
    group.elect(1);
    expect(group.ask(1, change('r1'))).toEqual({ ok: true, value: true });
    expect(group.view(1)).toMatchObject({ role: 'follower', voters: '(2 3)' });
    expect(group.put(1, 'x', 1)).toMatchObject({ ok: false, error: 'not-leader' });
    group.fire(1, 'election');
    expect(group.view(1).role).toBe('follower');
    group.elect(2);
    expect(group.put(2, 'x', 1)).toEqual({ ok: true, value: null });
  });

  it('a node stands for no election while it has a committed change to apply', () => {
    const group = new Cluster({ ...bare, maxApplying: 1 }, [1, 2, 3, 4]);
    group.elect(1);
    group.ask(1, change('v4'));
    beat(group, 1);
    const state = group.state(2);
    state.log.applied = 1;
    state.log.applying = 1;
    state.log.applyingPaused = true;
    group.fire(2, 'election');
    expect(group.view(2).role).toBe('follower');
  });

  it('a joining node behind the compaction point gets a snapshot that knows it', () => {
    const group = new Cluster({ ...bare, snapshotEvery: 4, keepEntries: 0 }, [1, 2, 3, 4]);
    group.elect(1);
    for (let i = 0; i < 9; i++) group.put(1, 'x', i);
    group.ask(1, change('l4'));
    beat(group, 1, 8);
    expect(group.view(4)).toMatchObject({ applied: 11, voters: '(1 2 3)', configVersion: 11 });
    expect(group.state(4).machine).toEqual({ x: 8 });
  });

  it('a configuration outlives restarts, from the log and from snapshots', () => {
    for (const snapshotEvery of [0, 1]) {
      const group = new Cluster({ ...bare, snapshotEvery }, [1, 2, 3, 4]);
      group.elect(1);
      group.ask(1, change('v4 r3'));
      beat(group, 1);
      const version = group.view(1).configVersion;
      for (const id of [1, 2, 3, 4]) group.crash(id);
      for (const id of [1, 2, 3, 4]) group.boot(id);
      group.elect(4);
      beat(group, 4);
      for (const id of [1, 2, 4])
        expect(group.view(id)).toMatchObject({ voters: '(1 2 4)', configVersion: version });
    }
  });

  it('S3.2 changes are events, with the entry that made them', () => {
    const group = new Cluster(bare, [1, 2, 3, 4]);
    group.elect(1);
    group.ask(1, change('v4'));
    beat(group, 1);
    const seen = group.notes.filter(({ kind }) => kind === 'config');
    expect(new Set(seen.map(({ node }) => node))).toEqual(new Set([1, 2, 3, 4]));
    expect(seen).toHaveLength(4);
    expect(seen[0]?.data).toEqual({
      index: 2,
      text: 'voters=(1 2 3 4)',
      membership: {
        voters: [1, 2, 3, 4],
        votersOutgoing: [],
        learners: [],
        learnersNext: [],
        autoLeave: false,
      },
    });
  });
});

/** From {1,2,3} to {3,4,5}: the new nodes elect one of theirs while 1 and 2, who have not heard, elect one of theirs. */
function twoMajorities(defect?: RaftDefect): { leaders: Record<number, string[]>; group: Cluster } {
  const group = new Cluster({ ...bare, defect }, [1, 2, 3, 4, 5]);
  const leaders: Record<number, string[]> = {};
  group.onNote = ({ node, kind, data }): void => {
    const { role, term } = data as { role: string; term: number };
    if (kind !== 'role' || role !== 'leader') return;
    (leaders[term] ??= []).push(`${node} by ${group.view(node).voters}`);
  };
  group.elect(3);
  // 2 takes the entry, which commits it, and hears nothing more; 3 switches and feeds 4 and 5.
  let heard = false;
  group.passes = ({ from, to, message }) => {
    if (to === 2 && message.type === 'append') {
      const first = !heard;
      heard = true;
      return first;
    }
    return from === 2 || ![from, to].some((id) => id === 1 || id === 2);
  };
  group.request(3, change('v4 v5 r1 r2', 'implicit'));
  group.settle();
  for (let i = 0; i < 6; i++) {
    group.fire(3, 'heartbeat');
    group.settle();
  }
  group.passes = sides([1, 2], [4, 5]);
  group.elect(2);
  group.elect(4);
  return { leaders, group };
}

describe('unsafe and interrupted changes', () => {
  it('S1.53 a direct switch lets two disjoint majorities elect a leader each in one term', () => {
    const { leaders } = twoMajorities('direct-membership-switch');
    expect(leaders).toEqual({ 1: ['3 by (1 2 3)'], 2: ['2 by (1 2 3)', '4 by (3 4 5)'] });
  });

  it('S1.53 with a joint configuration the same schedule elects one', () => {
    const { leaders, group } = twoMajorities();
    expect(leaders).toEqual({ 1: ['3 by (1 2 3)'], 2: ['2 by (1 2 3)'] });
    expect([3, 4].map((id) => group.view(id).voters)).toEqual(Array(2).fill('(3 4 5)&&(1 2 3)'));
  });

  it('S1.63 S3.2 the leader crashes at every single step of a change: one leader per term, one configuration', () => {
    let steps = 0;
    for (let crashAt = 0; ; crashAt++) {
      const group = new Cluster({ ...bare, snapshotEvery: 3, keepEntries: 0 }, [1, 2, 3, 4, 5]);
      group.autoSync = true;
      const leaders = new Map<number, number>();
      group.onNote = ({ node, kind, data }): void => {
        const { role, term } = data as { role: string; term: number };
        if (kind !== 'role' || role !== 'leader') return;
        expect(leaders.get(term) ?? node).toBe(node);
        leaders.set(term, node);
      };
      group.elect(1);
      group.request(1, change('v4 v5 r2 r3'));
      let done = 0;
      while (done < crashAt && group.flying.length > 0) {
        const [next] = group.flying.splice(0, 1);
        if (next !== undefined) group.deliver(next);
        done++;
      }
      if (done < crashAt) break;
      steps = crashAt;
      group.crash(1);
      group.flying = group.flying.filter((_, i) => i % 2 === 0);
      group.settle();
      // Everyone tries, in the order least convenient for the change; then the crashed leader returns.
      for (const id of [3, 5, 2, 4]) group.elect(id);
      group.boot(1);
      for (const id of [2, 4, 3, 5, 1, 2, 4]) {
        group.elect(id);
        const leader = group.leaders()[0];
        if (leader !== undefined) beat(group, leader);
      }
      const leader = group.leaders()[0];
      if (leader === undefined) throw new Error(`nobody leads after a crash at step ${crashAt}`);
      beat(group, leader, 8);
      expect(group.put(leader, 'x', crashAt)).toEqual({ ok: true, value: null });
      beat(group, leader);
      const { voters } = group.view(leader);
      expect(['(1 2 3)', '(1 4 5)']).toContain(voters);
      const members = [...String(voters).matchAll(/\d/g)].map(([id]) => Number(id));
      for (const id of members) expect(group.view(id).voters).toBe(voters);
    }
    expect(steps).toBeGreaterThan(15);
  });
});

describe('handing leadership over', () => {
  it('goes to a node that is up to date, at once', () => {
    const group = new Cluster({ voters: [1, 2, 3] });
    group.elect(1);
    group.put(1, 'x', 1);
    expect(group.ask(1, { transfer: 3 })).toEqual({ ok: true, value: null });
    expect(group.leaders()).toEqual([3]);
    expect(group.view(1)).toMatchObject({ role: 'follower', term: 2, leader: 3 });
  });

  it('brings a node up to date first, and takes no writes meanwhile', () => {
    const group = new Cluster({ ...bare, maxEntriesPerAppend: 1 });
    group.elect(1);
    group.passes = sides([1, 2]);
    for (const value of [1, 2, 3]) group.put(1, 'x', value);
    expect(group.ask(1, { transfer: 3 })).toEqual({ ok: true, value: null });
    expect(group.put(1, 'x', 4)).toMatchObject({ ok: false, error: 'busy', detail: 'transferring' });
    let told = 0;
    group.passes = ({ message }): boolean => {
      if (message.type === 'timeout-now') told++;
      return true;
    };
    beat(group, 1, 2);
    expect(told).toBe(1);
    expect(group.leaders()).toEqual([3]);
    expect(group.view(3).term).toBe(2);
    expect(group.state(3).machine).toEqual({ x: 3 });
  });

  it('is given up after an election timeout', () => {
    const group = new Cluster(bare);
    group.elect(1);
    group.passes = sides([1, 2]);
    group.put(1, 'x', 1);
    group.ask(1, { transfer: 3 });
    expect(group.host(1).timers.get('transfer')).toEqual({ minMs: 150, maxMs: 150 });
    group.fire(1, 'transfer');
    expect(group.put(1, 'x', 2)).toEqual({ ok: true, value: null });
  });

  it('a learner told to campaign does not', () => {
    const group = new Cluster({ ...bare, learners: [4] }, [1, 2, 3, 4]);
    group.elect(1);
    group.deliver({ from: 1, to: 4, message: { type: 'timeout-now', term: 1 } });
    expect(group.view(4)).toMatchObject({ role: 'follower', term: 1 });
  });

  it('is refused for learners, strangers, the leader itself, and by followers', () => {
    const group = new Cluster({ ...bare, learners: [4] }, [1, 2, 3, 4]);
    group.elect(1);
    expect(group.ask(1, { transfer: 4 })).toMatchObject({ error: 'refused', detail: 'not-a-voter' });
    expect(group.ask(1, { transfer: 9 })).toMatchObject({ error: 'refused', detail: 'not-a-voter' });
    expect(group.ask(1, { transfer: 1 })).toMatchObject({ error: 'refused', detail: 'already-leader' });
    expect(group.ask(2, { transfer: 3 })).toMatchObject({ error: 'not-leader', leader: 1 });
  });
});
