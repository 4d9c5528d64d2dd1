import { describe, expect, it } from 'vitest';
import { kv } from '../../src/kv/kv.ts';
import {
  VIEWSTAMPED_DEFECTS,
  viewstamped,
  type ViewstampedDefect,
  ViewstampedOptionsError,
} from '../../src/viewstamped/index.ts';
import { append, ask, broken, crash, listOf, type Run, schedule, start } from './support.ts';

/** The replica's view-change timer fires, and everything said is heard. */
function changeView({ group }: Run, id: number): void {
  group.fire(id, 'view-change');
  group.settle();
}

/** Everything between these replicas arrives, and nothing else. */
function only({ group }: Run, ids: readonly number[]): void {
  group.passes = ({ from, to }): boolean => ids.includes(from) && ids.includes(to);
  group.flying = group.flying.filter(group.passes);
}

describe('Viewstamped Replication', () => {
  it('S1.70 commits a request when f backups have it, and tells the others with the next one', () => {
    const run = start();
    const { group } = run;
    const first = ask(run, 1, append(1));
    expect(group.flying.map(({ message }) => message.type)).toEqual(['prepare', 'prepare']);
    group.deliverWhere(({ to }) => to === 2);
    group.deliverWhere(({ to }) => to === 1);
    expect(group.replies.get(first)).toEqual({ ok: true, value: 1 });
    expect(group.view(2)).toMatchObject({ role: 'backup', op: 1, commit: 0 });
    ask(run, 1, append(2));
    group.settle();
    expect([2, 3].map((id) => group.view(id).commit)).toEqual([1, 1]);
    group.fire(1, 'commit');
    group.settle();
    expect([1, 2, 3].map((id) => listOf(run, id))).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(group.replies.get(group.request(3, append(3)))).toEqual({
      ok: false,
      error: 'not-primary',
      primary: 1,
    });
    expect(broken(run)).toEqual([]);
  });

  it('S1.70 a view change keeps what was committed, without a disk write', () => {
    const run = start({ nodes: [1, 2, 3, 4, 5] });
    const { group } = run;
    const records = JSON.stringify(group.ids.map((id) => group.host(id).records));
    ask(run, 1, append(1));
    group.settle();
    only(run, [1, 2, 4]);
    const kept = ask(run, 1, append(2));
    group.settle();
    expect(group.replies.get(kept)).toEqual({ ok: true, value: 2 });
    for (const id of [1, 2]) crash(run, id);
    group.passes = (): boolean => true;
    changeView(run, 3);
    expect(group.ids.filter((id) => group.isUp(id)).map((id) => group.view(id).role)).toEqual([
      'view-change',
      'view-change',
      'view-change',
    ]);
    changeView(run, 3);
    expect(group.view(3)).toMatchObject({ role: 'primary', view: 2, commit: 2 });
    expect(listOf(run, 3)).toEqual([1, 2]);
    expect(JSON.stringify(group.ids.map((id) => group.host(id).records))).toBe(records);
    expect(broken(run)).toEqual([]);
  });

  it('S1.70 a replica that lost its state answers nobody before it has it back', () => {
    const run = start();
    const { group } = run;
    for (const value of [1, 2]) ask(run, 1, append(value));
    group.settle();
    crash(run, 2);
    group.boot(2);
    expect(group.view(2)).toMatchObject({ role: 'recovering', op: 0, incarnation: 2 });
    only(run, [2, 3]);
    ask(run, 1, append(3));
    group.fire(3, 'view-change');
    group.settle();
    expect(group.view(3).role, 'no help for a view change').toBe('view-change');
    expect(group.replies.get(group.request(2, append(9)))).toEqual({ ok: false, error: 'not-normal' });
    group.fire(2, 'recovery');
    group.settle();
    expect(group.view(2).role, 'a replica that is not normal does not answer').toBe('recovering');
    group.passes = (): boolean => true;
    changeView(run, 3);
    group.fire(2, 'recovery');
    group.settle();
    expect(group.view(2)).toMatchObject({ role: 'backup', commit: 3 });
    expect(listOf(run, 2)).toEqual([1, 2, 3]);
    expect(broken(run)).toEqual([]);
  });

  it('S1.70 recovery needs f + 1 answers, the primary of their latest view among them', () => {
    const run = start();
    const { group } = run;
    ask(run, 1, append(1));
    group.settle();
    crash(run, 3);
    group.boot(3);
    const answers = group.flying.filter(({ to }) => to === 2);
    group.flying = group.flying.filter(({ to }) => to === 1);
    group.settle();
    expect(group.view(3).role, 'one answer, though the primary gave it').toBe('recovering');
    group.flying = answers;
    group.settle();
    expect(group.view(3)).toMatchObject({ role: 'backup', view: 0, op: 1 });
  });

  it('S1.70 a backup that missed operations gets them by state transfer', () => {
    const run = start();
    const { group } = run;
    only(run, [1, 2]);
    for (const value of [1, 2, 3]) ask(run, 1, append(value));
    group.settle();
    group.passes = (): boolean => true;
    group.fire(1, 'commit');
    group.settle();
    expect(listOf(run, 3)).toEqual([1, 2, 3]);
  });

  it('S1.70 catalogue 93: the log is not cut before the log of the newer view is there', () => {
    for (const defect of ['truncates-before-transfer', undefined] as const) {
      const run = start({ nodes: [1, 2, 3, 4, 5], defect });
      const { group } = run;
      // 4 and 5 have the operation, and do not know that it is committed.
      only(run, [1, 4, 5]);
      ask(run, 1, append(1));
      group.settle();
      expect(listOf(run, 1)).toEqual([1]);
      // View 1 starts with 2, 3 and 4, and 3 and 4 never hear how it went.
      crash(run, 1);
      only(run, [2, 3, 4]);
      group.fire(3, 'view-change');
      group.passes = ({ from, to, message }): boolean =>
        [2, 3, 4].includes(from) && [2, 3, 4].includes(to) && message.type !== 'start-view';
      group.settle();
      expect(group.view(2)).toMatchObject({ role: 'primary', view: 1, op: 1 });
      // 4 and 5 hear that view 1 exists; what they ask for never comes.
      group.passes = ({ from, to }): boolean => from === 2 && (to === 4 || to === 5);
      group.fire(2, 'commit');
      group.settle();
      crash(run, 2);
      only(run, [3, 4, 5]);
      for (let round = 0; round < 6 && !group.state(3).leads; round++) changeView(run, 3);
      expect(group.state(3).leads).toBe(true);
      expect(group.view(3).op).toBe(defect === undefined ? 1 : 0);
      expect(broken(run)).toEqual(defect === undefined ? [] : ['view completeness']);
    }
  });

  it('S1.70 catalogue 94: the log of the latest normal view wins, not the longest', () => {
    for (const defect of ['longest-log-wins', 'current-view-as-normal', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      // 1 has two operations nobody else has heard of.
      only(run, []);
      for (const value of [1, 2]) ask(run, 1, append(value, 1));
      only(run, [2, 3]);
      changeView(run, 3);
      const kept = ask(run, 2, append(3, 2));
      group.settle();
      expect(group.replies.get(kept)).toEqual({ ok: true, value: 1 });
      crash(run, 2);
      only(run, [1, 3]);
      for (let round = 0; round < 6 && !group.state(3).leads; round++) changeView(run, 3);
      expect(group.view(3)).toMatchObject({ role: 'primary', op: defect === undefined ? 1 : 2 });
      expect([...new Set(broken(run))]).toEqual(
        defect === undefined ? [] : ['view completeness', 'agreement'],
      );
    }
  });

  it('S1.70 what a replica said before a crash counts no more once it recovered', () => {
    for (const defect of ['trusts-words-from-before-a-crash', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      // 2 wants view 1, crashes before anybody hears it, and recovers into view 0.
      group.fire(2, 'view-change');
      const early = group.flying.filter(({ to }) => to === 3);
      group.flying = [];
      crash(run, 2);
      group.boot(2);
      group.settle();
      expect(group.view(2)).toMatchObject({ role: 'backup', view: 0 });
      // 3 hears 2's old word, tells 2 what it has, and does the same.
      group.flying = early;
      group.deliverWhere(() => true);
      const later = group.flying;
      group.flying = [];
      if (defect === undefined) {
        expect(group.view(3).role).toBe('backup');
        continue;
      }
      crash(run, 3);
      group.boot(3);
      group.settle();
      expect(group.view(3)).toMatchObject({ role: 'backup', view: 0 });
      // 1 and 3 commit in view 0; then 2 hears 3's old words, and starts view 1 with them.
      only(run, [1, 3]);
      const lost = ask(run, 1, append(1));
      group.settle();
      expect(group.replies.get(lost)).toEqual({ ok: true, value: 1 });
      group.passes = (): boolean => false;
      group.flying = later.filter(({ to }) => to === 2);
      group.settle();
      expect(group.view(2)).toMatchObject({ role: 'primary', view: 1, op: 0 });
      expect(broken(run)).toEqual(['view completeness']);
    }
  });

  it('S1.58 a command asked for again is carried out once, and answered from the client table', () => {
    for (const defect of ['no-client-table', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      const twice = [ask(run, 1, append(7)), ask(run, 1, append(7))];
      group.settle();
      twice.push(ask(run, 1, append(7)));
      group.settle();
      const again = defect === undefined ? 1 : 3;
      expect(twice.map((id) => group.replies.get(id))).toEqual(
        [1, again - 1 || 1, again].map((value) => ({ ok: true, value })),
      );
      if (defect !== undefined) continue;
      expect(group.replies.get(ask(run, 1, append(6)))).toEqual({ ok: false, error: 'stale-sequence' });
      changeView(run, 2);
      const elsewhere = ask(run, 2, append(7));
      group.settle();
      expect(group.replies.get(elsewhere)).toEqual({ ok: true, value: 1 });
    }
  });

  it('S1.70 keeps its promises under random schedules, and makes progress once calm', () => {
    for (let seed = 1; seed <= 60; seed++) expect(schedule(undefined, seed), `seed ${seed}`).toEqual([]);
  });

  it('S1.70 catalogue 9, 19, 37, 87: the defects are caught by random schedules', () => {
    const seeds: Partial<Record<ViewstampedDefect, number>> = {
      'answers-without-state': 1,
      'recovers-from-anyone': 20,
      'commits-at-half': 18,
      'acknowledges-over-gap': 36,
    };
    for (const [defect, seed] of Object.entries(seeds)) {
      expect([defect, ...schedule(defect as ViewstampedDefect, seed)]).toContain('agreement');
      expect(schedule(undefined, seed)).toEqual([]);
    }
    expect(VIEWSTAMPED_DEFECTS).toHaveLength(9);
  });

  it('refuses options no group can run with', () => {
    expect(() => viewstamped({ nodes: [] }, kv)).toThrow(ViewstampedOptionsError);
    expect(() => viewstamped({ nodes: [1], commitMs: 150 }, kv)).toThrow(
      /commitMs must be below viewChangeMs/,
    );
    expect(() => viewstamped({ nodes: [1], maxOpen: 0 }, kv)).toThrow(/maxOpen/);
  });
});
