import { describe, expect, it } from 'vitest';
import { RaftOptionsError, raftConfig } from '../../src/raft/config.ts';
import { Cluster } from './cluster.ts';

const three = { voters: [1, 2, 3] };

describe('a Raft group', () => {
  it('S1.48 elects a leader, and everyone hears of it', () => {
    const group = new Cluster(three);
    group.elect(1);
    expect([1, 2, 3].map((id) => group.view(id).role)).toEqual(['leader', 'follower', 'follower']);
    expect([1, 2, 3].map((id) => group.view(id).leader)).toEqual([1, 1, 1]);
    expect([1, 2, 3].map((id) => group.view(id).term)).toEqual([1, 1, 1]);
  });

  it('S1.46 carries out commands in the same order everywhere', () => {
    const group = new Cluster(three);
    group.elect(2);
    expect(group.put(2, 'x', 1)).toEqual({ ok: true, value: null });
    const cas = { f: 'cas', key: 'x', from: 1, to: 2 };
    expect(group.ask(2, { client: 7, sequence: 1, operation: cas })).toEqual({ ok: true, value: true });
    group.fire(2, 'heartbeat');
    group.settle();
    for (const id of [1, 2, 3]) {
      expect(group.state(id).machine).toEqual({ x: 2 });
      expect(group.view(id)).toMatchObject({ commit: 3, applied: 3, lastIndex: 3, lastTerm: 1 });
    }
    expect(group.get(2, 'x')).toEqual({ ok: true, value: 2 });
    expect(group.get(3, 'x')).toEqual({ ok: true, value: 2 });
  });

  it('S3.20 every node shows its term, leader, commit index and configuration, and they agree', () => {
    const group = new Cluster(three);
    group.elect(2);
    group.put(2, 'x', 1);
    group.fire(2, 'heartbeat');
    group.settle();
    const shared = { term: 1, leader: 2, commit: 2, voters: '(1 2 3)', configVersion: 0, snapshotIndex: 0 };
    for (const id of [1, 2, 3]) expect(group.view(id)).toMatchObject(shared);
    expect(Object.keys(group.view(1))).toEqual([
      'role',
      'term',
      'vote',
      'leader',
      'commit',
      'applied',
      'lastIndex',
      'lastTerm',
      'snapshotIndex',
      'voters',
      'configVersion',
    ]);
  });

  it('sends clients to the leader', () => {
    const group = new Cluster(three);
    expect(group.put(1, 'x', 1)).toMatchObject({ ok: false, error: 'not-leader', leader: 0 });
    group.elect(3);
    expect(group.put(1, 'x', 1)).toMatchObject({ ok: false, error: 'not-leader', leader: 3 });
  });

  it('S1.55 applies a repeated sequence once and refuses an older one', () => {
    const group = new Cluster(three);
    group.elect(1);
    const append = (sequence: number) => ({
      client: 5,
      sequence,
      operation: { f: 'append', key: 'l', value: sequence },
    });
    expect(group.ask(1, append(1))).toEqual({ ok: true, value: 1 });
    expect(group.ask(1, append(1))).toEqual({ ok: true, value: 1 });
    expect(group.ask(1, append(2))).toEqual({ ok: true, value: 2 });
    expect(group.ask(1, append(1))).toMatchObject({ ok: false, error: 'stale-sequence' });
    expect(group.state(1).machine).toEqual({ l: [1, 2] });
    group.elect(2);
    expect(group.ask(2, append(2))).toEqual({ ok: true, value: 2 });
    expect(group.state(2).machine).toEqual({ l: [1, 2] });
  });

  it('S1.57 does not acknowledge before the disk has it', () => {
    const group = new Cluster(three);
    group.elect(1);
    group.autoSync = false;
    const request = group.request(1, { client: 0, sequence: 0, operation: { f: 'put', key: 'x', value: 1 } });
    group.settle();
    expect(group.replies.get(request)).toBeUndefined();
    expect(group.view(1).commit).toBe(1);
    group.syncOne(2);
    group.settle();
    expect(group.view(1).commit).toBe(1);
    group.syncOne(3);
    group.settle();
    expect(group.view(1).commit).toBe(2);
  });

  it('S1.58 keeps what it knows over a restart', () => {
    const group = new Cluster(three);
    group.elect(1);
    group.put(1, 'x', 1);
    for (const id of [1, 2, 3]) group.crash(id);
    for (const id of [1, 2, 3]) group.boot(id);
    expect(group.view(1)).toMatchObject({ role: 'follower', term: 1, vote: 1, lastIndex: 2 });
    group.elect(3);
    expect(group.get(3, 'x')).toEqual({ ok: true, value: 1 });
  });

  it('a single node leads and commits alone, once its disk has it', () => {
    const group = new Cluster({ voters: [1] });
    group.autoSync = false;
    group.fire(1, 'election');
    expect(group.view(1).role).toBe('candidate');
    group.syncOne(1);
    expect(group.view(1)).toMatchObject({ role: 'leader', commit: 0 });
    group.syncOne(1);
    expect(group.view(1)).toMatchObject({ commit: 1, applied: 1 });
  });
});

describe('Raft options', () => {
  it('S1.49 refuses an election timeout that is not above the heartbeat', () => {
    expect(() => raftConfig({ voters: [1], electionTimeoutMs: 50, heartbeatMs: 50 })).toThrow(
      RaftOptionsError,
    );
    expect(() => raftConfig({ voters: [1], electionTimeoutMs: 50, heartbeatMs: 50 })).toThrow(
      /heartbeatMs must be below electionTimeoutMs \(50\)/,
    );
    expect(raftConfig({ voters: [1] })).toMatchObject({ electionTimeoutMs: 150, electionJitterMs: 150 });
  });

  it.each([
    [{ voters: [0] }, 'voters and learners'],
    [{ voters: [1, 1] }, 'voters and learners'],
    [{ voters: [1], learners: [1] }, 'voters and learners'],
    [{ voters: [1], leaseReads: true, checkQuorum: false }, 'checkQuorum'],
    [{ voters: [1], maxDriftPpm: -1 }, 'maxDriftPpm'],
    [{ voters: [1], maxInflight: 0 }, 'maxInflight'],
    [{ voters: [1], snapshotEvery: -1 }, 'snapshotEvery'],
  ])('refuses %j', (options, option) => {
    let caught: unknown;
    try {
      raftConfig(options);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(RaftOptionsError);
    expect((caught as RaftOptionsError).option).toBe(option);
  });
});
