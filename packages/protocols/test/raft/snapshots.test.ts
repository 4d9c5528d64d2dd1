import { hashPlain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import type { RaftDefect } from '../../src/raft/defects.ts';
import { entryTermAt, logRange } from '../../src/raft/readers.ts';
import { Chaos } from './chaos.ts';
import { Cluster } from './cluster.ts';
import { sides } from './timed.ts';

const small = { voters: [1, 2, 3], preVote: false, checkQuorum: false, snapshotEvery: 5, keepEntries: 2 };

function behind(defect?: RaftDefect): Cluster {
  const group = new Cluster({ ...small, defect });
  group.elect(1);
  group.passes = sides([1, 2]);
  for (let i = 0; i < 12; i++)
    group.ask(1, { client: 3, sequence: i, operation: { f: 'append', key: 'l', value: i } });
  return group;
}

describe('snapshots', () => {
  it('S1.54 are taken every so many entries, and the log and the disk forget what lies behind', () => {
    const group = behind();
    expect(group.view(1)).toMatchObject({ snapshotIndex: 10, applied: 13 });
    expect(logRange(group.state(1))).toEqual({ first: 9, last: 13 });
    const keys = Object.keys(group.host(1).records).filter((key) => key.startsWith('log/'));
    expect(keys.map((key) => Number(key.slice(4))).sort((a, b) => a - b)).toEqual([9, 10, 11, 12, 13]);
    expect(
      group.notes.filter(({ node, kind }) => node === 1 && kind === 'snapshot').map(({ data }) => data),
    ).toEqual([
      { action: 'take', index: 5, term: 1 },
      { action: 'take', index: 10, term: 1 },
    ]);
  });

  it('S1.54 S1.60 a follower behind the compaction point catches up by snapshot, to the same digest', () => {
    const group = behind();
    group.passes = (): boolean => true;
    group.fire(1, 'heartbeat');
    group.settle();
    expect(group.view(3)).toMatchObject({ snapshotIndex: 10, commit: 13, applied: 13, lastIndex: 13 });
    expect(hashPlain(group.state(3).machine)).toBe(hashPlain(group.state(1).machine));
    expect(entryTermAt(group.state(3), 10)).toBe(1);
    // It goes on from there.
    expect(group.put(1, 'x', 1)).toMatchObject({ ok: true });
    group.fire(1, 'heartbeat');
    group.settle();
    expect(group.state(3).machine).toMatchObject({ x: 1 });
  });

  it('S1.54 restores a restarting node', () => {
    const group = behind();
    const before = group.state(1).machine;
    group.crash(1);
    group.boot(1);
    expect(group.view(1)).toMatchObject({ snapshotIndex: 10, term: 1, lastIndex: 13 });
    expect(Number(group.view(1).applied)).toBeGreaterThanOrEqual(10);
    group.elect(2);
    group.fire(2, 'heartbeat');
    group.settle();
    expect(group.state(1).machine).toEqual(before);
  });

  it('S1.55 deduplication survives snapshot, restart and installation', () => {
    const group = behind();
    group.passes = (): boolean => true;
    group.fire(1, 'heartbeat');
    group.settle();
    const again = { client: 3, sequence: 11, operation: { f: 'append', key: 'l', value: 11 } };
    for (const id of [1, 2, 3]) group.crash(id);
    for (const id of [1, 2, 3]) group.boot(id);
    // 3 knows its clients only from the snapshot it was sent.
    group.elect(3);
    expect(group.leaders()).toEqual([3]);
    expect(group.ask(3, again)).toEqual({ ok: true, value: 12 });
    expect(group.ask(3, { ...again, sequence: 10 })).toMatchObject({ error: 'stale-sequence' });
    expect((group.state(3).machine as { l: number[] }).l).toHaveLength(12);
  });

  it('S1.54 an uncommitted log gives way to a snapshot, also when the crash comes between two records', () => {
    for (let kept = 0; ; kept++) {
      const group = new Cluster(small);
      group.elect(3);
      group.passes = sides([3]);
      // Longer than what the snapshot will stand for.
      for (let i = 0; i < 14; i++) group.put(3, 'lost', i);
      group.passes = sides([1, 2]);
      group.elect(1);
      for (let i = 0; i < 12; i++) group.put(1, 'x', i);
      group.autoSync = false;
      group.passes = sides([1, 3]);
      const snapshot = group.state(1).snapshot;
      group.deliver({ from: 1, to: 3, message: { type: 'heartbeat', term: 2, commit: 0, round: 0 } });
      if (snapshot === null) throw new Error('no snapshot was taken');
      group.deliver({ from: 1, to: 3, message: { type: 'snapshot', term: 2, snapshot } });
      const records = group.host(3).pending.reduce((sum, store) => sum + store.writes.length, 0);
      group.crash(3, kept);
      group.boot(3);
      const state = group.state(3);
      // Either the old log as it was, or the snapshot alone; never a snapshot with the old log behind it.
      const { first, last } = logRange(state);
      if (state.snapshot === null) expect([first, state.term <= 2]).toEqual([1, true]);
      else expect({ first, last }).toEqual({ first: snapshot.index + 1, last: snapshot.index });
      if (kept === records) {
        expect(records).toBeGreaterThan(14);
        expect(state.machine).toEqual({ x: expect.any(Number) as number });
        break;
      }
    }
  });

  it('S1.54 a snapshot that is lost is sent again', () => {
    const group = behind();
    group.passes = ({ message }) => message.type !== 'snapshot';
    for (let i = 0; i < 2; i++) {
      group.fire(1, 'heartbeat');
      group.settle();
    }
    const three = (): unknown => group.state(1).tracker.progress[2];
    expect(three()).toMatchObject({ mode: 'snapshot' });
    group.passes = (): boolean => true;
    for (let i = 0; i < 3; i++) {
      group.fire(1, 'heartbeat');
      group.settle();
    }
    expect(three()).toMatchObject({ mode: 'replicate', match: 13 });
    expect(group.view(3).applied).toBe(13);
  });

  it('S1.54 dropping the term of the last entry breaks log matching, and with it leader completeness', () => {
    const terms = (defect?: RaftDefect): (number | undefined)[] => {
      const group = behind(defect);
      group.elect(2);
      group.passes = (): boolean => true;
      // 3 needs entries of term 1 that are gone, and hears of them in term 2.
      group.fire(2, 'heartbeat');
      group.settle();
      return [2, 3].map((id) => entryTermAt(group.state(id), 10));
    };
    expect(terms()).toEqual([1, 1]);
    expect(terms('snapshot-without-term')).toEqual([1, 2]);
    const raft = { ...small, snapshotEvery: 7, maxInflight: 3, maxEntriesPerAppend: 2 };
    const broken = (defect?: RaftDefect): boolean => {
      for (let seed = 1; seed <= 400; seed++) {
        const options = {
          raft: { ...raft, defect },
          ids: [1, 2, 3],
          steps: 1_200,
          crashes: true,
          changes: false,
        };
        try {
          new Chaos(seed, options).run();
        } catch (error) {
          expect((error as Error).message).toMatch(/^(leader completeness|state machine safety)/);
          return true;
        }
      }
      return false;
    };
    expect(broken('snapshot-without-term')).toBe(true);
  });

  it('S3.2 taking, sending, receiving and installing are events', () => {
    const group = behind();
    group.passes = (): boolean => true;
    group.fire(1, 'heartbeat');
    group.settle();
    const actions = group.notes
      .filter(({ kind }) => kind === 'snapshot')
      .map(({ node, data }) => `${node} ${(data as { action: string }).action}`);
    expect(actions).toEqual(['1 take', '2 take', '1 take', '2 take', '1 send', '3 receive', '3 install']);
  });

  it('forgets the client least recently heard beyond maxSessions, on every node alike', () => {
    const group = new Cluster({ ...small, maxSessions: 2 });
    group.elect(1);
    const ask = (client: number): void => {
      group.ask(1, { client, sequence: 1, operation: { f: 'append', key: 'l', value: client } });
    };
    for (const client of [5, 6, 7]) ask(client);
    group.fire(1, 'heartbeat');
    group.settle();
    for (const id of [1, 2, 3]) expect(Object.keys(group.state(id).sessions)).toEqual(['6', '7']);
  });
});
