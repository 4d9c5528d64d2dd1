import { describe, expect, it } from 'vitest';
import { guarded } from '../../src/core/guard.ts';
import { kv } from '../../src/kv/kv.ts';
import {
  MULTI_PAXOS_DEFECTS,
  multiPaxos,
  type MultiPaxosCommand,
  type MultiPaxosDefect,
  type MultiPaxosMessage,
  MultiPaxosMonitor,
  type MultiPaxosOptions,
  type MultiPaxosResult,
  type MultiPaxosState,
  type SlotEntry,
} from '../../src/multipaxos/index.ts';
import { PaxosOptionsError } from '../../src/paxos/index.ts';
import { CoreGroup, randomSchedule } from '../support/coreGroup.ts';

type Group = CoreGroup<MultiPaxosState, MultiPaxosMessage, MultiPaxosCommand, MultiPaxosResult>;

const append = (value: number): MultiPaxosCommand => ({
  client: 1,
  sequence: value,
  operation: { f: 'append', key: 'list', value },
});

function start(
  options: Partial<MultiPaxosOptions> = {},
  { watched = true } = {},
): { group: Group; monitor: MultiPaxosMonitor } {
  const nodes = options.nodes ?? [1, 2, 3];
  const core = multiPaxos({ ...options, nodes }, kv);
  const group: Group = new CoreGroup(watched ? guarded(core) : core, nodes);
  const monitor = new MultiPaxosMonitor();
  group.onStep = (id, state): void => monitor.observe(id, state);
  group.onNote = (id, kind, data): void => {
    if (kind !== 'chosen') return;
    const { slot, entry } = data as { slot: number; entry: SlotEntry };
    monitor.chosen(id, slot, entry);
  };
  return { group, monitor };
}

function elect(group: Group, id: number): void {
  group.fire(id, 'election');
  group.settle();
}

const listOf = (group: Group, id: number): unknown => (group.state(id).machine as { list?: unknown }).list;

/** Node 1 leads; slot 1 reaches nobody else, slot 2 is accepted by 2, and node 1 stops. */
function leaveGap(group: Group, monitor: MultiPaxosMonitor): void {
  elect(group, 1);
  for (const value of [1, 2]) {
    monitor.asked(append(value));
    group.request(1, append(value));
  }
  group.flying = group.flying.filter(
    ({ to, message }) => to === 2 && message.type === 'accept' && message.slot === 2,
  );
  group.deliverWhere(() => true);
  group.flying = [];
  group.crash(1);
}

describe('Multi-Paxos', () => {
  it('S1.66 needs two message delays a slot once a leader stands, and no prepare', () => {
    const { group, monitor } = start();
    elect(group, 1);
    expect(group.view(1).role).toBe('leader');
    for (let value = 1; value <= 20; value++) {
      monitor.asked(append(value));
      const request = group.request(1, append(value));
      expect(group.flying.map(({ message }) => message.type)).toEqual(['accept', 'accept']);
      expect(group.deliverWhere(() => true)).toBe(2);
      expect(group.flying.map(({ message }) => message.type)).toEqual(['accepted', 'accepted']);
      expect(group.replies.has(request)).toBe(false);
      expect(group.deliverWhere(() => true)).toBe(2);
      expect(group.replies.get(request)).toEqual({ ok: true, value });
      group.settle();
    }
    expect(group.ids.map((id) => group.view(id).applied)).toEqual([20, 20, 20]);
    expect(listOf(group, 3)).toEqual(listOf(group, 1));
    expect(monitor.violations).toEqual([]);
  });

  it('S1.66 a new leader keeps what may be chosen and fills the gap before it with a no-op', () => {
    const { group, monitor } = start();
    leaveGap(group, monitor);
    elect(group, 2);
    expect(group.state(2).chosen).toEqual({ 1: null, 2: append(2) });
    expect(listOf(group, 3)).toEqual([2]);
    group.boot(1);
    group.fire(2, 'heartbeat');
    group.settle();
    expect(group.view(1)).toMatchObject({ leader: 2, commit: 2, applied: 2 });
    expect(listOf(group, 1)).toEqual([2]);
    expect(monitor.violations).toEqual([]);
  });

  it('S1.66 catalogue 91: a leader that leaves gaps carries out nothing behind them', () => {
    const { group, monitor } = start({ defect: 'leaves-gaps' });
    leaveGap(group, monitor);
    elect(group, 2);
    const request = group.request(2, append(3));
    for (let beat = 0; beat < 10; beat++) {
      group.settle();
      group.fire(2, 'heartbeat');
    }
    expect(group.view(2)).toMatchObject({ role: 'leader', chosenMax: 3, commit: 0, applied: 0 });
    expect(group.replies.has(request)).toBe(false);
  });

  it('S1.66 catalogue 91: nodes that execute past a gap come to differ', () => {
    for (const defect of ['executes-past-gap', undefined] as const) {
      const { group, monitor } = start({ defect });
      elect(group, 1);
      for (const value of [1, 2]) {
        monitor.asked(append(value));
        group.request(1, append(value));
      }
      group.passes = ({ to, message }): boolean =>
        !(to === 3 && message.type === 'chosen' && message.slots[0]?.slot === 1);
      group.settle();
      expect(group.view(3).applied).toBe(defect === undefined ? 0 : 2);
      group.passes = (): boolean => true;
      group.fire(1, 'heartbeat');
      group.settle();
      expect(monitor.violations.map(({ promise }) => promise)).toEqual(
        defect === undefined ? [] : ['state machine safety'],
      );
      if (defect === undefined) expect(listOf(group, 3)).toEqual([1, 2]);
    }
  });

  it('S1.66 flexible quorums: four promises and two acceptances of five', () => {
    const nodes = [1, 2, 3, 4, 5];
    const { group, monitor } = start({ nodes, phase1Quorum: 4, phase2Quorum: 2 });
    elect(group, 1);
    for (const id of [3, 4, 5]) group.crash(id);
    monitor.asked(append(1));
    const request = group.request(1, append(1));
    group.settle();
    expect(group.replies.get(request)).toEqual({ ok: true, value: 1 });
    group.crash(1);
    for (const id of [3, 4]) group.boot(id);
    elect(group, 3);
    expect(group.view(3).role, 'three promises are not enough').toBe('candidate');
    group.boot(5);
    elect(group, 3);
    expect(group.state(3).chosen[1]).toEqual(append(1));
    expect(monitor.violations).toEqual([]);
    expect(() => multiPaxos({ nodes, phase1Quorum: 3, phase2Quorum: 2 }, kv)).toThrow(PaxosOptionsError);
  });

  it('S1.66 catalogue 91: quorums that do not meet choose two commands for a slot', () => {
    const nodes = [1, 2, 3, 4];
    const { group, monitor } = start({
      nodes,
      phase1Quorum: 2,
      phase2Quorum: 2,
      defect: 'non-intersecting-quorums',
    });
    group.passes = ({ from, to }): boolean => from <= 2 === to <= 2;
    for (const [id, value] of [
      [1, 1],
      [3, 3],
    ] as const) {
      elect(group, id);
      monitor.asked(append(value));
      group.request(id, append(value));
      group.settle();
    }
    expect(monitor.violations.map(({ promise }) => promise)).toContain('agreement');
  });

  it('S1.58 a client that asks again with the same sequence is carried out once', () => {
    const { group, monitor } = start();
    elect(group, 1);
    monitor.asked(append(7));
    const lost = group.request(1, append(7));
    group.deliverWhere(({ to }) => to === 2);
    group.flying = [];
    elect(group, 2);
    group.settle();
    expect(group.replies.get(lost)).toEqual({ ok: false, error: 'leadership-lost' });
    const again = group.request(2, append(7));
    group.settle();
    expect(group.replies.get(again)).toEqual({ ok: true, value: 1 });
    expect(listOf(group, 2)).toEqual([7]);
    const stale = group.request(2, append(6));
    group.settle();
    expect(group.replies.get(stale)).toEqual({ ok: false, error: 'stale-sequence' });
    const elsewhere = group.request(3, append(8));
    expect(group.replies.get(elsewhere)).toEqual({ ok: false, error: 'not-leader', leader: 2 });
  });

  it('S1.66 agrees under random schedules, and makes progress once healed; the defects are caught', () => {
    const bad = (defect: MultiPaxosDefect | undefined, seeds: number): number => {
      let count = 0;
      for (let seed = 1; seed <= seeds; seed++) {
        const nodes = [1, 2, 3, 4, 5].slice(0, seed % 2 === 0 ? 4 : 5);
        const quorums = defect === 'non-intersecting-quorums' ? { phase1Quorum: 1, phase2Quorum: 2 } : {};
        const run = start({ nodes, defect, ...quorums }, { watched: seed % 20 === 0 });
        if (!survives(run, seed, nodes)) count++;
      }
      return count;
    };
    expect(bad(undefined, 200)).toBe(0);
    for (const defect of MULTI_PAXOS_DEFECTS) {
      if (bad(defect, 200) === 0) expect.fail(`${defect} was not caught`);
    }
  }, 60_000);
});

/** Whether all promises hold through a random schedule, and a command is carried out everywhere after it. */
function survives({ group, monitor }: ReturnType<typeof start>, seed: number, nodes: number[]): boolean {
  const ask = (value: number): MultiPaxosCommand => {
    const command = { client: 1 + (value % 3), sequence: value, operation: append(value).operation };
    monitor.asked(command);
    return command;
  };
  const leads = (id: number): boolean => group.view(id).role === 'leader';
  const command = (_: unknown, step: number): MultiPaxosCommand => ask(step + 1);
  randomSchedule(group, { seed, steps: 600, command, powerPerMille: 10, rareTimer: 'election', ask: leads });
  for (const id of nodes) if (!group.isUp(id)) group.boot(id);
  group.autoSync = true;
  group.syncAll();
  group.settle();
  for (let round = 0; round < 5 && group.view(1).role !== 'leader'; round++) elect(group, 1);
  const request = group.request(1, ask(10_000));
  for (let beat = 0; beat < 3; beat++) {
    group.settle();
    group.fire(1, 'heartbeat');
  }
  group.settle();
  const applied = new Set(nodes.map((id) => group.view(id).applied));
  const progress = group.replies.get(request)?.ok === true && applied.size === 1;
  return progress && monitor.violations.length === 0;
}
