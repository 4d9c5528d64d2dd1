import { describe, expect, it } from 'vitest';
import { kv } from '../../src/kv/kv.ts';
import { zab, type ZabDefect, ZabOptionsError } from '../../src/zab/index.ts';
import { expectTranscript, Transcript } from '../support/transcript.ts';
import { append, ask, broken, crash, leads, listOf, type Run, schedule, start } from './support.ts';

/** Messages among these nodes arrive, and no others. */
function only({ group }: Run, ids: readonly number[]): void {
  group.passes = ({ from, to }): boolean => ids.includes(from) && ids.includes(to);
  group.flying = group.flying.filter(group.passes);
}

/** These nodes lose their leader and choose again. */
function elect(run: Run, ids: readonly number[]): number {
  const { group } = run;
  for (let round = 0; round < 6; round++) {
    for (const id of ids) group.fire(id, 'election');
    group.settle();
    const leader = ids.find((id) => leads(run, id));
    if (leader !== undefined) return leader;
  }
  throw new Error('no leader');
}

describe('Zab', () => {
  it('S1.69 elects who has most, discovers, synchronises and broadcasts', () => {
    const run = start();
    const { group } = run;
    group.settle();
    group.fire(1, 'ping');
    group.settle();
    expect(group.ids.map((id) => group.view(id).role)).toEqual(['following', 'following', 'leading']);
    const request = ask(run, 3, append(1));
    expect(group.flying.map(({ message }) => message.type)).toEqual(['propose', 'propose']);
    group.deliverWhere(() => true);
    group.deliverWhere(() => true);
    expect(group.replies.get(request)).toEqual({ ok: true, value: 1 });
    group.settle();
    expect(group.ids.map((id) => listOf(run, id))).toEqual([[1], [1], [1]]);
    expect(group.replies.get(group.request(1, append(2)))).toEqual({
      ok: false,
      error: 'not-leader',
      leader: 3,
    });
    expect(broken(run)).toEqual([]);
  });

  it('S1.69 a new epoch keeps what was committed and discards what was not', () => {
    for (const defect of ['keeps-own-suffix', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      group.settle();
      ask(run, 3, append(1));
      group.settle();
      // The primary of epoch 1 proposes twice more, and nobody hears it.
      only(run, []);
      for (const value of [2, 3]) ask(run, 3, append(value));
      only(run, [1, 2]);
      const leader = elect(run, [1, 2]);
      ask(run, leader, append(4, 2));
      group.settle();
      group.fire(leader, 'ping');
      group.settle();
      expect(listOf(run, leader)).toEqual([1, 4]);
      group.passes = (): boolean => true;
      group.fire(3, 'election');
      group.fire(3, 'election');
      group.settle();
      ask(run, leader, append(5, 2));
      group.settle();
      expect(group.view(3).role).toBe('following');
      if (defect === undefined) expect(listOf(run, 3)).toEqual([1, 4, 5]);
      expect(broken(run).length > 0).toBe(defect !== undefined);
    }
  });

  it('S1.69 catalogue 24: the history of a new epoch is the latest of a quorum, not the leader’s own', () => {
    for (const defect of ['leads-with-own-history', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      group.settle();
      only(run, [2, 3]);
      ask(run, 3, append(1));
      group.settle();
      expect(listOf(run, 3)).toEqual([1]);
      crash(run, 3);
      // 1 lacks the transaction, and is chosen all the same.
      for (const id of [1, 2]) group.fire(id, 'election');
      group.passes = ({ message }): boolean => message.type !== 'vote';
      group.flying = [];
      const vote = { leader: 1, currentEpoch: 99, last: { epoch: 0, counter: 0 } };
      group.deliver({ from: 2, to: 1, message: { type: 'vote', round: 99, vote, leading: false } });
      group.deliver({ from: 1, to: 2, message: { type: 'vote', round: 99, vote, leading: true } });
      group.settle();
      expect(leads(run, 1)).toBe(true);
      ask(run, 1, append(2, 2));
      group.settle();
      expect(listOf(run, 1)).toEqual(defect === undefined ? [1, 2] : [2]);
      expect(broken(run).length > 0).toBe(defect !== undefined);
    }
  });

  it('S1.69 catalogue 84: a follower promises an epoch once, also across a restart', () => {
    for (const defect of ['forgets-accepted-epoch', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      const vote = { leader: 3, currentEpoch: 0, last: { epoch: 0, counter: 0 } };
      const leading = (leader: number): void =>
        group.deliver({
          from: leader,
          to: 1,
          message: { type: 'vote', round: 9, vote: { ...vote, leader }, leading: true },
        });
      group.flying = [];
      leading(3);
      group.flying = [];
      group.deliver({ from: 3, to: 1, message: { type: 'new-epoch', epoch: 1 } });
      expect(group.flying.map(({ message }) => message.type)).toEqual(['ack-epoch']);
      crash(run, 1);
      group.boot(1);
      leading(2);
      group.flying = [];
      group.deliver({ from: 2, to: 1, message: { type: 'new-epoch', epoch: 1 } });
      expect(group.flying.map(({ message }) => message.type)).toEqual(
        defect === undefined ? [] : ['ack-epoch'],
      );
    }
  });

  it('S1.69 catalogue 83: nothing is committed before a quorum has the history of the epoch', () => {
    for (const defect of ['broadcasts-before-sync', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      group.settle();
      only(run, []);
      ask(run, 3, append(1));
      for (const id of [1, 2, 3]) crash(run, id);
      // 3 and 1 agree on an epoch, and 1 never hears its history.
      group.passes = ({ message }): boolean => message.type !== 'new-leader';
      for (const id of [1, 3]) group.boot(id);
      group.settle();
      expect(group.view(3)).toMatchObject({ role: 'leading', applied: defect === undefined ? 0 : 1 });
      crash(run, 3);
      group.passes = (): boolean => true;
      group.boot(2);
      const leader = elect(run, [1, 2]);
      ask(run, leader, append(2, 2));
      group.settle();
      expect(listOf(run, leader)).toEqual([2]);
      expect(broken(run)).toEqual(defect === undefined ? [] : ['agreement', 'state machine safety']);
    }
  });

  it('S1.69 keeps primary order and total order under random schedules, and makes progress once calm', () => {
    for (let seed = 1; seed <= 60; seed++) expect([seed, ...schedule(undefined, seed)]).toEqual([seed]);
  });

  it('S1.69 catalogue 9, 30, 85, 91: the defects are caught by random schedules', () => {
    const found = (defect: ZabDefect): string[] => {
      const all: string[] = [];
      for (let seed = 1; seed <= 80 && all.length === 0; seed++) {
        try {
          all.push(...schedule(defect, seed));
        } catch {
          // Some of them also stop for good.
        }
      }
      return all;
    };
    expect(found('keeps-own-suffix')).toContain('agreement');
    expect(found('acknowledges-before-fsync')).toContain('agreement');
    expect(found('delivers-over-gap')).toContain('primary order');
    expect(found('commits-at-half')).toContain('agreement');
  }, 30_000);

  it('S1.69 reads as text', () => {
    const run = start();
    const text = new Transcript(run.group, ['role', 'phase', 'currentEpoch', 'length', 'commit']);
    text.say('# Three nodes vote; node 3 is chosen, discovers and synchronises epoch 1.');
    text.settle();
    text.fire(1, 'ping');
    text.settle();
    text.say('# It broadcasts a transaction.');
    const request = text.request(3, append(1));
    text.settle();
    text.answer(request);
    expectTranscript('zab', text.lines);
  });

  it('refuses options no group can run with', () => {
    expect(() => zab({ nodes: [0] }, kv)).toThrow(ZabOptionsError);
    expect(() => zab({ nodes: [1], pingMs: 200 }, kv)).toThrow(/pingMs must be below electionMs/);
    expect(() => zab({ nodes: [1], maxClients: 0.5 }, kv)).toThrow(/maxClients/);
  });
});
