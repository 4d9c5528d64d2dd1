import { describe, expect, it } from 'vitest';
import {
  backup,
  coordination,
  COORDINATION_DEFECTS,
  coordinationLab,
  CoordinationOptionsError,
  type CoordinationState,
  restoreAsNewCluster,
  RestoreError,
} from '../../src/coordination/index.ts';
import { RaftOptionsError } from '../../src/raft/index.ts';
import { expectTranscript, Transcript } from '../support/transcript.ts';
import { ask, broken, command, elect, get, put, type Run, settle, start, watch } from './support.ts';

const revisionOf = (run: Run, id: number): unknown => run.group.view(id)['revision'];

const keysOf = (state: CoordinationState): string[] =>
  Object.keys((state.raft.machine as { readonly keys: object }).keys).sort();

describe('the coordination service', () => {
  it('gives every change one revision, the same on every member, and swaps by value or by revision', () => {
    const run = start();
    expect(ask(run, 1, put('a', 1))).toMatchObject({ ok: true, revision: 1 });
    expect(ask(run, 2, put('a', 2))).toEqual({ ok: false, error: 'not-leader', leader: 1 });
    const swap = (condition: { revision: number } | { value: number | null }, to: number): unknown =>
      ask(run, 1, command({ f: 'compare-and-swap', key: 'a', if: condition, to }));
    expect(swap({ revision: 1 }, 2)).toMatchObject({ value: { done: true }, revision: 2 });
    expect(swap({ revision: 1 }, 3)).toMatchObject({ value: { done: false }, revision: 2 });
    expect(swap({ value: 2 }, 4)).toMatchObject({ value: { done: true } });
    expect(ask(run, 1, command({ f: 'delete', key: 'a' }))).toMatchObject({ value: { removed: true } });
    expect(ask(run, 1, command({ f: 'delete', key: 'a' }))).toMatchObject({
      value: { removed: false },
      revision: 4,
    });
    expect(swap({ value: null }, 5)).toMatchObject({ value: { done: true }, revision: 5 });
    expect([1, 2, 3].map((id) => revisionOf(run, id))).toEqual([5, 5, 5]);
    // Any member reads what was acknowledged, as it asks the leader how far things have come.
    expect(ask(run, 3, get('a'))).toMatchObject({ value: { value: 5, modified: 5 }, revision: 5 });
    expect(broken(run)).toEqual([]);
  });

  it('ephemeral keys go when their session ends, and only then', () => {
    for (const defect of ['keeps-ephemerals', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      expect(ask(run, 1, put('lock', 1, 7))).toMatchObject({ value: { error: 'no-session' } });
      ask(run, 1, command({ f: 'keep-alive', session: 7, ttlMs: 100 }));
      ask(run, 1, put('lock', 1, 7));
      ask(run, 1, put('config', 1));
      expect(keysOf(group.state(2))).toEqual(['config', 'lock']);
      group.fire(1, 'session/7');
      settle(group);
      expect(keysOf(group.state(2))).toEqual(defect === undefined ? ['config'] : ['config', 'lock']);
      expect(broken(run)).toEqual(defect === undefined ? [] : ['ephemeral keys go with their session']);
    }
  });

  it('a renewal that was acknowledged keeps its session, though a timer from before it goes off', () => {
    for (const defect of ['expires-without-comparing', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      ask(run, 1, command({ f: 'keep-alive', session: 7, ttlMs: 100 }));
      ask(run, 1, put('lock', 1, 7));
      // The renewal is in the log and not applied when the time is over.
      const renewal = group.request(1, command({ f: 'keep-alive', session: 7, ttlMs: 100 }));
      group.fire(1, 'session/7');
      settle(group);
      expect(group.replies.get(renewal)).toMatchObject({ ok: true, value: { renewals: 2 } });
      expect(keysOf(group.state(1))).toEqual(defect === undefined ? ['lock'] : []);
      expect(broken(run)).toEqual(defect === undefined ? [] : ['a renewal keeps its session']);
    }
  });

  it('a new leader gives every session its whole time again', () => {
    const run = start();
    const { group } = run;
    ask(run, 1, command({ f: 'keep-alive', session: 7, ttlMs: 100 }));
    expect([1, 2].map((id) => group.host(id).timers.has('session/7'))).toEqual([true, false]);
    group.crash(1);
    elect(run, 2);
    settle(group);
    expect(group.host(2).timers.get('session/7')).toEqual({ minMs: 100, maxMs: 100 });
    group.boot(1);
    settle(group);
    expect(group.host(1).timers.has('session/7')).toBe(false);
  });

  it('a watch sees every event once and in order, at whichever member it goes on', () => {
    for (const defect of ['misses-after-reconnect', 'drops-deletes', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      const waiting = group.request(2, watch(1, 'a'));
      ask(run, 1, put('a', 1));
      settle(group);
      expect(group.replies.get(waiting)).toEqual({
        ok: true,
        events: [{ revision: 1, key: 'a', value: 1 }],
        revision: 1,
      });
      ask(run, 1, put('b', 1));
      ask(run, 1, command({ f: 'delete', key: 'a' }));
      ask(run, 1, put('a', 2));
      const again = group.request(3, watch(2, 'a'));
      const seen = group.replies.get(again) as { events?: { revision: number }[] } | undefined;
      const revisions = seen?.events?.map(({ revision }) => revision);
      if (defect === undefined) expect(revisions).toEqual([3, 4]);
      else expect(revisions).toEqual(defect === 'drops-deletes' ? [4] : undefined);
      // A member that is behind does not go back in time.
      const ahead = group.request(3, watch(9));
      expect(group.replies.has(ahead)).toBe(false);
      group.fire(3, `watch/${ahead}`);
      expect(group.replies.get(ahead)).toEqual({ ok: true, events: [], revision: 4 });
    }
  });

  it('a watch from before the compaction is told so, and one from a future revision waits', () => {
    for (const defect of ['serves-compacted', 'answers-future-watch', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      for (const value of [1, 2, 3]) ask(run, 1, put('a', value));
      expect(ask(run, 1, command({ f: 'compact', revision: 2 }))).toMatchObject({ ok: true });
      expect(ask(run, 1, command({ f: 'compact', revision: 2 }))).toMatchObject({
        value: { error: 'compacted' },
      });
      expect(ask(run, 1, command({ f: 'compact', revision: 9 }))).toMatchObject({
        value: { error: 'future-revision' },
      });
      const old = group.replies.get(group.request(2, watch(2)));
      const expected = { ok: false, error: 'compacted', compacted: 2, revision: 3 };
      if (defect === 'serves-compacted') expect(old).toMatchObject({ ok: true });
      else expect(old).toEqual(expected);
      const future = group.request(2, watch(5));
      expect(group.replies.has(future)).toBe(defect === 'answers-future-watch');
    }
  });

  it('revisions go on from a snapshot', () => {
    for (const defect of ['revision-lost-in-snapshot', undefined] as const) {
      const run = start({ defect, keepEvents: 2, raft: { snapshotEvery: 3, keepEntries: 0 } });
      for (const value of [1, 2, 3, 4, 5, 6]) ask(run, 1, put('a', value));
      run.group.restart(3);
      run.monitor.started(3);
      settle(run.group);
      expect(revisionOf(run, 3) === 6).toBe(defect === undefined);
      expect(broken(run).includes('revisions only rise')).toBe(defect !== undefined);
    }
  });

  it('S0.13 a backup becomes a new logical cluster: old members are not heard, clients ahead of it are told, and what was lost is what came after it', () => {
    const before = start({ cluster: 'old' });
    const acknowledged: { readonly key: string; readonly revision: number }[] = [];
    const write = (run: Run, key: string): void => {
      const result = ask(run, 1, put(key, 1));
      if (result?.ok === true) acknowledged.push({ key, revision: result.revision });
    };
    for (const key of ['a', 'b', 'c']) write(before, key);
    ask(before, 1, command({ f: 'keep-alive', session: 7, ttlMs: 100 }));
    ask(before, 1, put('lock', 1, 7));
    const kept = backup('old', before.group.state(1));
    for (const key of ['d', 'e']) write(before, key);
    const seen = Math.max(...acknowledged.map(({ revision }) => revision));

    const after = start(restoreAsNewCluster(kept, 'new'));
    const { group } = after;
    const lost = acknowledged.filter(({ key }) => {
      const read = ask(after, 1, get(key));
      return read?.ok !== true || !('value' in read) || (read.value as { value: unknown }).value === null;
    });
    expect(lost).toEqual(acknowledged.filter(({ revision }) => revision > kept.revision));
    expect(lost.map(({ key }) => key)).toEqual(['d', 'e']);
    // Nobody has renewed its session.
    expect(keysOf(group.state(2))).toEqual(['a', 'b', 'c']);
    // A client that has seen more is not given less without a word, and one that watches from before is told.
    const ahead = ask(after, 1, command({ f: 'get', key: 'a' }, seen));
    expect(ahead).toEqual({ ok: false, error: 'revision-ahead', revision: kept.revision });
    expect(ask(after, 1, watch(2))).toMatchObject({ ok: false, error: 'compacted' });
    expect(ask(after, 1, put('f', 1))).toMatchObject({ ok: true, revision: kept.revision + 1 });

    // A member of the old cluster comes back under its old number, and says that it leads.
    for (const defect of ['takes-old-members', undefined] as const) {
      const { group: members } = start({ ...restoreAsNewCluster(kept, 'new'), defect });
      const heartbeat = { type: 'heartbeat', term: 99, commit: 0, round: 0 } as const;
      members.deliver({ from: 3, to: 1, message: { cluster: 'old', message: heartbeat } });
      expect(members.view(1)['role']).toBe(defect === undefined ? 'leader' : 'follower');
    }
    expect(() => restoreAsNewCluster(kept, 'old')).toThrow(RestoreError);
  });

  it('reads as text', () => {
    const run = start();
    const text = new Transcript(run.group, ['role', 'term', 'applied', 'revision', 'sessions', 'watches']);
    text.say('# A session is opened and holds a key; node 2 has a watch on it.');
    text.request(1, command({ f: 'keep-alive', session: 7, ttlMs: 100 }));
    text.settle();
    const watching = text.request(2, watch(1, 'lock'));
    text.request(1, put('lock', 1, 7));
    text.settle();
    text.say('# The followers hear what is committed, and the watch is told.');
    text.fire(1, 'heartbeat');
    text.settle();
    text.answer(watching);
    text.say('# The session is not renewed: the leader has the group end it.');
    text.fire(1, 'session/7');
    text.settle();
    text.fire(1, 'heartbeat');
    text.settle();
    text.answer(text.request(2, watch(2, 'lock')));
    expectTranscript('coordination', text.lines);
  });

  it('refuses options no service can run with', () => {
    expect(() => coordination({ nodes: [1], cluster: '' })).toThrow(CoordinationOptionsError);
    expect(() => coordination({ nodes: [1], keepEvents: 0 })).toThrow(/keepEvents must be a whole number/);
    expect(() => coordination({ nodes: [1], defect: 'x' as never })).toThrow(/defect must be one of/);
    expect(() => coordination({ nodes: [0] })).toThrow(RaftOptionsError);
    for (const { name } of coordinationLab.defects) expect(COORDINATION_DEFECTS).toContain(name);
  });
});
