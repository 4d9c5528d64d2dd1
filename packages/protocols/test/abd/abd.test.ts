import { checkLinearizable, HistoryBuilder, modelNamed } from '@holdfast/check';
import { describe, expect, it } from 'vitest';
import {
  abd,
  type AbdCommand,
  type AbdMessage,
  AbdMonitor,
  type AbdOptions,
  type AbdResult,
  type AbdState,
} from '../../src/abd/index.ts';
import { guarded } from '../../src/core/guard.ts';
import { ReplicationOptionsError } from '../../src/replication/index.ts';
import type { Dice } from '../raft/chaos.ts';
import { CoreGroup, randomSchedule } from '../support/coreGroup.ts';

type Group = CoreGroup<AbdState, AbdMessage, AbdCommand, AbdResult>;

function start(options: Partial<AbdOptions> = {}): { group: Group; monitor: AbdMonitor } {
  const nodes = options.nodes ?? [1, 2, 3];
  const group: Group = new CoreGroup(guarded(abd({ ...options, nodes })), nodes);
  const monitor = new AbdMonitor();
  group.onStep = (id, state): void => monitor.observe(id, state);
  return { group, monitor };
}

const write = (value: number): AbdCommand => ({ f: 'write', key: 'x', value });
const READ: AbdCommand = { f: 'read', key: 'x' };

function ask(group: Group, id: number, command: AbdCommand): AbdResult | undefined {
  const request = group.request(id, command);
  group.settle();
  return group.replies.get(request);
}

describe('ABD registers', () => {
  it('every node reads what any node wrote, with a minority down', () => {
    const { group, monitor } = start({ nodes: [1, 2, 3, 4, 5] });
    group.crash(4);
    group.crash(5);
    for (const id of [1, 2, 3]) {
      expect(ask(group, id, write(id))).toEqual({ ok: true, value: null });
      for (const reader of [1, 2, 3]) expect(ask(group, reader, READ)).toEqual({ ok: true, value: id });
    }
    group.crash(3);
    const request = group.request(1, READ);
    group.settle();
    expect(group.replies.has(request)).toBe(false);
    group.boot(3);
    const [timer = ''] = group.host(1).timers.keys();
    group.fire(1, timer);
    group.settle();
    expect(group.replies.get(request)).toEqual({ ok: true, value: 3 });
    expect(monitor.violations).toEqual([]);
  });

  it('a single writer needs one round trip, and the others are sent to it', () => {
    const { group } = start({ writer: 2 });
    const request = group.request(2, write(1));
    expect(group.flying.map(({ message }) => message.type)).toEqual(['update', 'update']);
    group.deliverWhere(() => true);
    group.deliverWhere(() => true);
    expect(group.replies.get(request)).toMatchObject({ ok: true });
    expect(ask(group, 1, write(2))).toEqual({ ok: false, error: 'not-the-writer', writer: 2 });
    expect(ask(group, 3, READ)).toEqual({ ok: true, value: 1 });
  });

  it('S1.85 an unfinished write is seen, then missed, without the write-back; with it, it stays (X11, catalogue 110)', () => {
    for (const defect of ['no-write-back', undefined] as const) {
      const { group } = start({ defect, writer: 1 });
      // The write reaches node 2 alone, and its writer stops.
      group.request(1, write(1));
      group.deliverWhere(({ to }) => to === 2);
      group.flying = [];
      group.crash(1);
      const first = ask(group, 2, READ);
      expect(first).toEqual({ ok: true, value: 1 });
      // Nodes 1 and 3 answer the next one: 1 had not stored anything.
      group.host(1).records = { life: 1 };
      group.boot(1);
      group.passes = ({ from, to }): boolean => from !== 2 && to !== 2;
      expect(ask(group, 3, READ)).toEqual({ ok: true, value: defect === undefined ? 1 : null });
    }
  });

  it('catalogue 89: a writer that forgets its tags gives one of them to two values', () => {
    for (const defect of ['forgets-tags', undefined] as const) {
      const { group, monitor } = start({ defect, nodes: [1, 2, 3, 4, 5] });
      group.autoSync = false;
      group.syncAll();
      group.request(1, write(1));
      group.deliverWhere(() => true);
      group.deliverWhere(() => true);
      // The tag is used, node 2 hears of it, and node 1 stops before its disk knows.
      group.deliverWhere(({ to, message }) => to === 2 && message.type === 'update');
      group.flying = [];
      group.crash(1);
      group.autoSync = true;
      group.boot(1);
      group.syncAll();
      group.passes = ({ from, to }): boolean => from !== 2 && to !== 2;
      ask(group, 1, write(2));
      expect(monitor.violations.map(({ promise }) => promise)).toEqual(
        defect === undefined ? [] : ['one value a tag'],
      );
    }
  });

  it('catalogue 28: a write acknowledged from memory is gone when the power of one replica fails', () => {
    for (const defect of ['acks-before-fsync', undefined] as const) {
      const { group } = start({ defect });
      group.passes = ({ from, to }): boolean => from !== 3 && to !== 3;
      group.autoSync = false;
      const request = group.request(1, write(1));
      for (let i = 0; i < 4; i++) {
        group.settle();
        while (group.host(1).pending.length > 0) group.syncOne(1);
      }
      expect(group.replies.has(request)).toBe(defect !== undefined);
      group.crash(2);
      group.autoSync = true;
      group.boot(2);
      group.passes = ({ from, to }): boolean => from !== 1 && to !== 1;
      expect(ask(group, 3, READ)).toEqual({ ok: true, value: null });
    }
  });

  it('S1.85 histories of random schedules are linearizable; broken twins are caught on the same seeds', () => {
    const accused = (options: Partial<AbdOptions>, seeds: number): number => {
      for (let seed = 1; seed <= seeds; seed++) if (!linearizable(options, seed)) return seed;
      return 0;
    };
    const twins = ['no-write-back', 'tags-without-writer', 'no-query', 'forgets-on-restart'] as const;
    const seeds = twins.map((defect) => accused({ defect }, 60));
    expect(twins.filter((_, i) => seeds[i] === 0)).toEqual([]);
    expect(accused({}, Math.max(...seeds))).toBe(0);
    expect(accused({ writer: 1 }, 10)).toBe(0);
    expect(accused({ writer: 1, defect: 'no-write-back' }, 60)).toBeGreaterThan(0);
  }, 60_000);

  it('options no group can run with are refused by name', () => {
    expect(() => abd({ nodes: [1, 2, 3], writer: 4 })).toThrow(ReplicationOptionsError);
    expect(() => abd({ nodes: [1, 2], retryMs: 0 })).toThrow(/retryMs must be a whole number from 1/);
  });
});

/** Whether the history of a random schedule is linearizable, and no tag named two values. */
function linearizable(options: Partial<AbdOptions>, seed: number): boolean {
  const nodes = [1, 2, 3];
  const group: Group = new CoreGroup(abd({ ...options, nodes }), nodes);
  const monitor = new AbdMonitor();
  const history = new HistoryBuilder('index');
  const open = new Map<number, number>();
  let now = 0;
  const hear = (): void => {
    for (const [request, id] of open) {
      const result = group.replies.get(request);
      if (result === undefined) continue;
      open.delete(request);
      history.complete(id, result.ok ? 'ok' : 'fail', result.ok ? result.value : null, now++);
    }
  };
  group.onStep = (id, state): void => {
    monitor.observe(id, state);
    hear();
  };
  let asked = 0;
  const command = (dice: Dice, step: number): AbdCommand => {
    hear();
    asked++;
    const chosen = dice.below(2) === 0 ? write(step + 1) : READ;
    const input = chosen.f === 'write' ? chosen.value : null;
    open.set(asked, history.invoke(asked, chosen.f, input, now++, { key: 'x' }));
    return chosen;
  };
  const up = (id: number): boolean => group.isUp(id) && group.state(id).self > 0;
  for (let part = 0; part < 4 && open.size < 12; part++) {
    randomSchedule(group, { seed: seed * 10 + part, steps: 120, command, powerPerMille: 25, ask: up });
  }
  hear();
  const model = modelNamed('register');
  if (model === undefined) throw new Error('there is a model of registers');
  const verdict = checkLinearizable(history.finish(now), model, { explain: false });
  return verdict.status === 'holds' && monitor.violations.length === 0;
}
