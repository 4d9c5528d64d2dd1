import { describe, expect, it } from 'vitest';
import { epaxos, type EPaxosDefect, EPaxosOptionsError } from '../../src/epaxos/index.ts';
import { kv } from '../../src/kv/kv.ts';
import { expectTranscript, Transcript } from '../support/transcript.ts';
import { append, ask, broken, listOf, type Run, schedule, start } from './support.ts';

/** Messages among these replicas arrive, and no others. */
function only({ group }: Run, ids: readonly number[]): void {
  group.passes = ({ from, to }): boolean => ids.includes(from) && ids.includes(to);
  group.flying = group.flying.filter(group.passes);
}

/** Two conflicting commands at once, each heard last where the other was asked. */
function cross(run: Run): number[] {
  const { group } = run;
  const requests = [ask(run, 1, append(1)), ask(run, 3, append(2))];
  group.deliverWhere(({ from, to }) => from === 1 && to === 2);
  group.deliverWhere(({ from, to }) => from === 3 && to === 2);
  group.settle();
  return requests;
}

describe('EPaxos', () => {
  it('S1.71 commits in one round trip at any replica when nothing conflicts', () => {
    const run = start({ nodes: [1, 2, 3, 4, 5] });
    const { group } = run;
    const requests = [1, 2, 3].map((id) => ask(run, id, append(id, `k${id}`)));
    expect(new Set(group.flying.map(({ message }) => message.type))).toEqual(new Set(['pre-accept']));
    group.deliverWhere(() => true);
    expect(new Set(group.flying.map(({ message }) => message.type))).toEqual(new Set(['pre-accept-ok']));
    group.deliverWhere(() => true);
    expect(requests.map((id) => group.replies.get(id))).toEqual(requests.map(() => ({ ok: true, value: 1 })));
    expect(new Set(group.flying.map(({ message }) => message.type))).toEqual(new Set(['commit']));
    group.settle();
    expect(group.ids.map((id) => group.view(id).applied)).toEqual([3, 3, 3, 3, 3]);
    expect(broken(run)).toEqual([]);
  });

  it('S1.71 conflicting commands take a second round and are carried out in one order everywhere', () => {
    const run = start();
    const { group } = run;
    const requests = cross(run);
    expect(requests.map((id) => group.replies.get(id)?.ok)).toEqual([true, true]);
    const lists = group.ids.map((id) => listOf(run, id));
    expect(new Set(lists.map((list) => JSON.stringify(list))).size).toBe(1);
    expect(lists[0]).toHaveLength(2);
    expect(broken(run)).toEqual([]);
  });

  it('S1.71 a cycle of dependencies is broken by ids, the same way everywhere', () => {
    for (const defect of ['breaks-cycles-by-arrival', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      for (const [id, dependencies] of [
        [1, ['2.1']],
        [2, ['1.1']],
      ] as const) {
        for (const to of [1, 2]) {
          const order = to === 1 ? id : 3 - id;
          const other = order === 1 ? ['2.1'] : ['1.1'];
          run.monitor.requested(0, append(order));
          const payload = append(order);
          group.deliver({
            from: 3,
            to,
            message: { type: 'commit', id: `${order}.1`, payload, dependencies: other },
          });
        }
        expect(dependencies).toHaveLength(1);
      }
      expect(listOf(run, 1)).toEqual([1, 2]);
      expect(listOf(run, 2)).toEqual(defect === undefined ? [1, 2] : [2, 1]);
      expect(broken(run)).toEqual(defect === undefined ? [] : ['execution order']);
    }
  });

  it('S1.71 carries nothing out before what it depends on is committed', () => {
    for (const defect of ['executes-without-dependencies', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      const payload = append(2);
      group.deliver({
        from: 3,
        to: 1,
        message: { type: 'commit', id: '3.1', payload, dependencies: ['2.1'] },
      });
      expect(listOf(run, 1)).toEqual(defect === undefined ? [] : [2]);
      const first = { id: '2.1', payload: append(1), dependencies: [] };
      group.deliver({ from: 2, to: 1, message: { type: 'commit', ...first } });
      expect(listOf(run, 1)).toEqual(defect === undefined ? [1, 2] : [2, 1]);
    }
  });

  it('S1.71 a command committed fast survives its coordinator', () => {
    for (const defect of ['recovers-as-nop', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      only(run, [1, 2]);
      const request = ask(run, 1, append(1));
      group.deliverWhere(() => true);
      group.deliverWhere(() => true);
      expect(group.replies.get(request)).toEqual({ ok: true, value: 1 });
      group.flying = [];
      group.crash(1);
      group.passes = (): boolean => true;
      group.fire(2, 'recover');
      group.settle();
      expect(listOf(run, 2)).toEqual(defect === undefined ? [1] : []);
      expect(broken(run)).toEqual(defect === undefined ? [] : ['agreement']);
    }
  });

  it('S1.71 catalogue 96: the ballot joined and the ballot accepted in are two things', () => {
    const reports = (defect?: EPaxosDefect): unknown => {
      const run = start({ defect });
      const { group } = run;
      const accept = { id: '2.1', ballot: 4, payload: append(1), dependencies: [] };
      group.deliver({ from: 2, to: 1, message: { type: 'accept', ...accept } });
      group.deliver({ from: 3, to: 1, message: { type: 'recover', id: '2.1', ballot: 8 } });
      group.flying = [];
      group.deliver({ from: 2, to: 1, message: { type: 'recover', id: '2.1', ballot: 10 } });
      const [report] = group.flying.map(({ message }) => message);
      return report?.type === 'recover-ok' ? report.accepted : undefined;
    };
    expect(reports()).toBe(4);
    expect(reports('one-ballot-variable')).toBe(8);
  });

  it('S1.71 catalogue 97: recovery asks for commands that rule the dependencies out', () => {
    for (const defect of ['skips-validation', undefined] as const) {
      const run = start({ nodes: [1, 2, 3, 4, 5], defect });
      const { group } = run;
      // 1 proposes, and only 2 hears it. 3 commits a conflicting command with 4 and 5, and never hears of the first.
      only(run, [1, 2]);
      ask(run, 1, append(1));
      group.deliverWhere(({ to }) => to === 2);
      group.flying = [];
      group.crash(1);
      only(run, [3, 4, 5]);
      ask(run, 3, append(2));
      group.settle();
      expect(listOf(run, 4)).toEqual([2]);
      group.passes = (): boolean => true;
      only(run, [2, 4, 5]);
      for (let round = 0; round < 4; round++) {
        group.fire(2, 'recover');
        group.settle();
      }
      expect(broken(run)).toEqual(defect === undefined ? [] : ['visibility', 'execution order']);
      expect(group.view(4).applied).toBe(2);
    }
  });

  it('S1.71 replicas take turns at recovery, from the coordinator on; all at once, their ballots overtake each other', () => {
    const recoveries = (stagger: number): { tries: number[]; committed: boolean } => {
      const run = start({ nodes: [1, 2, 3, 4, 5], stagger });
      const { group } = run;
      ask(run, 1, append(1));
      group.deliverWhere(() => true);
      group.flying = [];
      group.crash(1);
      const tries: number[] = [];
      group.passes = ({ from, to, message }): boolean => {
        if (message.type === 'recover' && to === 3 - (from === 3 ? 1 : 0)) tries.push(from);
        return true;
      };
      for (let look = 0; look < 3; look++) {
        for (const id of [2, 3, 4, 5]) group.fire(id, 'recover');
        group.settle();
      }
      return { tries, committed: group.view(4).applied === 1 && broken(run).length === 0 };
    };
    expect(recoveries(1)).toEqual({ tries: [2], committed: true });
    expect(recoveries(0).tries.length).toBeGreaterThan(3);
  });

  it('S1.71 keeps its promises under random schedules, and carries all out once calm', () => {
    for (let seed = 1; seed <= 25; seed++) expect([seed, ...schedule(undefined, seed)]).toEqual([seed]);
  });

  it('S1.71 fast commits with answers that differ are caught by random schedules', () => {
    const found: string[] = [];
    for (let seed = 1; seed <= 100 && found.length === 0; seed++) {
      found.push(...schedule('fast-with-any-dependencies', seed));
    }
    expect(found).not.toEqual([]);
  });

  it('S1.71 reads as text', () => {
    const run = start();
    const text = new Transcript(run.group, ['known', 'commit', 'applied']);
    text.say('# Replica 1 coordinates a command, and nothing conflicts.');
    const request = text.request(1, append(1));
    text.settle();
    text.answer(request);
    text.say('# Replica 2 coordinates one that conflicts with it, and knows it: again one round trip.');
    text.answer(text.request(2, append(2)));
    text.settle();
    expectTranscript('epaxos', text.lines);
  });

  it('refuses options no group can run with', () => {
    expect(() => epaxos({ nodes: [] }, kv)).toThrow(EPaxosOptionsError);
    expect(() => epaxos({ nodes: [1], recoverMs: 0 }, kv)).toThrow(/recoverMs/);
  });
});
