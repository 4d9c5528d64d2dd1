import { describe, expect, it } from 'vitest';
import { EMPTY_VECTOR, type Vector } from '../../src/clocks/vector.ts';
import { guarded } from '../../src/core/guard.ts';
import {
  homesOf,
  leaderless,
  type LeaderlessCommand,
  leaderlessConfig,
  type LeaderlessMessage,
  LeaderlessMonitor,
  type LeaderlessOptions,
  type LeaderlessResult,
  type LeaderlessState,
  rangeOf,
} from '../../src/leaderless/index.ts';
import { quorumFacts } from '../../src/quorum/index.ts';
import { ReplicationOptionsError } from '../../src/replication/index.ts';
import { Dice } from '../raft/chaos.ts';
import { CoreGroup, randomSchedule } from '../support/coreGroup.ts';

type Group = CoreGroup<LeaderlessState, LeaderlessMessage, LeaderlessCommand, LeaderlessResult>;
type Run = { readonly group: Group; readonly monitor: LeaderlessMonitor };

const NODES = [1, 2, 3, 4, 5];

function start(options: Partial<LeaderlessOptions> = {}): Run {
  const full: LeaderlessOptions = { nodes: NODES, antiEntropyMs: 1_000, ...options };
  const group: Group = new CoreGroup(guarded(leaderless(full)), full.nodes);
  const monitor = new LeaderlessMonitor(leaderlessConfig(full));
  group.onNote = (id, kind, data): void => monitor.note(id, kind, data);
  return { group, monitor };
}

const put = (value: number, read: Vector | 'held' = 'held', key = 'x', time = 0): LeaderlessCommand => ({
  kind: 'put',
  key,
  value,
  read,
  time,
});
const get = (key = 'x'): LeaderlessCommand => ({ kind: 'get', key });

function ask(group: Group, id: number, command: LeaderlessCommand): LeaderlessResult | undefined {
  const request = group.request(id, command);
  group.settle();
  return group.replies.get(request);
}

/** Lets every operation of a node run out of time. */
function expire(group: Group, id: number): void {
  // Those armed now, not those that firing arms.
  const timers = [...group.host(id).timers.keys()].filter((timer) => timer.startsWith('operation/'));
  for (const timer of timers) group.fire(id, timer);
  group.settle();
}

const valuesOf = (result: LeaderlessResult | undefined): unknown =>
  result?.ok === true ? result.values : result;
const homes = (nodes: readonly number[], n: number, key = 'x'): readonly number[] => {
  const config = leaderlessConfig({ nodes, n });
  return homesOf(config, rangeOf(config, key));
};

/** What a write and a read do with `down` of the homes down. */
function withDown(options: LeaderlessOptions, down: number): { writes: boolean; reads: boolean } {
  const { group } = start(options);
  const [first, ...others] = homes(options.nodes, options.n ?? 3);
  for (const id of others.slice(0, down)) group.crash(id);
  const at = first ?? 0;
  const write = group.request(at, put(1));
  const read = group.request(at, get());
  group.settle();
  expire(group, at);
  return { writes: group.replies.get(write)?.ok === true, reads: group.replies.get(read)?.ok === true };
}

describe('leaderless replication', () => {
  it('S1.75 any node takes any request, and versions are compared on read', () => {
    for (const at of NODES) {
      const { group, monitor } = start();
      expect(ask(group, at, put(at))).toMatchObject({ ok: true });
      for (const reader of NODES) expect(valuesOf(ask(group, reader, get()))).toEqual([at]);
      expect(monitor.violations).toEqual([]);
    }
    const { group } = start();
    const [a, b, c] = homes(NODES, 3) as [number, number, number];
    // Two writers who have read nothing: both versions are shown, by whichever homes are asked.
    group.passes = ({ from, to }): boolean => ![from, to].includes(c);
    ask(group, a, put(1, EMPTY_VECTOR));
    ask(group, b, put(2, EMPTY_VECTOR));
    group.passes = (): boolean => true;
    const found = ask(group, c, get());
    expect(valuesOf(found)).toEqual(a < b ? [1, 2] : [2, 1]);
    // Whoever has read both replaces both.
    if (found?.ok !== true) expect.fail('the read was answered');
    ask(group, c, put(3, found.context));
    for (const reader of NODES) expect(valuesOf(ask(group, reader, get()))).toEqual([3]);
  });

  it('S1.86 S1.87 S1.88 S1.89 writes and reads of a run go on with exactly N - W and N - R homes down', () => {
    for (const [n, w, r] of [
      [3, 2, 2],
      [3, 3, 1],
      [5, 3, 3],
      [5, 1, 5],
      [5, 2, 2],
    ] as const) {
      const { writeTolerance, readTolerance } = quorumFacts({ n, w, r });
      const options = { nodes: NODES.slice(0, n), n, w, r };
      for (let down = 0; down < n; down++) {
        expect([n, w, r, down, withDown(options, down)]).toEqual([
          n,
          w,
          r,
          down,
          { writes: down <= writeTolerance, reads: down <= readTolerance },
        ]);
      }
    }
  });

  it('S1.89 N=5 W=1 R=5: the one replica written is lost before repair, and so is an acknowledged write', () => {
    const { group, monitor } = start({ n: 5, w: 1, r: 5 });
    group.passes = ({ message }): boolean => message.type !== 'store';
    expect(ask(group, 1, put(7))).toMatchObject({ ok: true });
    group.crash(1);
    group.host(1).records = {};
    group.boot(1);
    expect(valuesOf(ask(group, 2, get()))).toEqual([]);
    expect(monitor.violations[0]?.promise).toBe('reads meet acknowledged writes');
  });

  it('S1.90 N=5 W=2 R=2 reads are stale in about 3 of 10 runs, and never with R + W > N', () => {
    const stale = (w: number, r: number): number => {
      let count = 0;
      for (let seed = 1; seed <= 150; seed++) {
        const dice = new Dice(seed);
        const options: LeaderlessOptions = { nodes: NODES, n: 5, w, r, antiEntropyMs: 0, readRepair: false };
        const group: Group = new CoreGroup(leaderless(options), NODES);
        const monitor = new LeaderlessMonitor(leaderlessConfig(options));
        group.onNote = (id, kind, data): void => monitor.note(id, kind, data);
        const some = (size: number, first: number): number[] => {
          const left = NODES.filter((id) => id !== first);
          const set = [first];
          while (set.length < size) set.push(...left.splice(dice.below(left.length), 1));
          return set;
        };
        const written = some(w, dice.pick(NODES));
        group.passes = ({ from, to }): boolean => written.includes(from) && written.includes(to);
        expect(ask(group, written[0] ?? 0, put(1))).toMatchObject({ ok: true });
        const asked = some(r, dice.pick(NODES));
        group.passes = ({ from, to }): boolean => asked.includes(from) && asked.includes(to);
        ask(group, asked[0] ?? 0, get());
        if (monitor.staleReads > 0) count++;
      }
      return count / 150;
    };
    expect(Math.abs(stale(2, 2) - 0.3)).toBeLessThan(0.1);
    expect(stale(3, 3)).toBe(0);
  });

  it('S1.91 a sloppy write is missed by a read of the homes until it is handed off', () => {
    const { group, monitor } = start({ sloppy: true });
    const [a, b, c] = homes(NODES, 3) as [number, number, number];
    const away = NODES.filter((id) => ![a, b, c].includes(id));
    group.passes = ({ from, to }): boolean => [a, ...away].includes(from) === [a, ...away].includes(to);
    const write = group.request(a, put(5));
    group.settle();
    expect(group.replies.has(write)).toBe(false);
    expire(group, a);
    expect(group.replies.get(write)).toMatchObject({ ok: true });
    expect(valuesOf(ask(group, b, get()))).toEqual([]);
    expect([monitor.staleReads, monitor.violations]).toEqual([1, []]);
    group.passes = ({ from, to }): boolean => ![from, to].includes(a);
    for (const id of away) group.fire(id, 'handoff');
    group.settle();
    expect(valuesOf(ask(group, b, get()))).toEqual([5]);
    expect(away.map((id) => group.view(id).hints)).toEqual([0, 0]);
  });

  it('S1.81 S1.92 after an outage hints are delivered, a read repairs what it reads, and hash trees find the rest', () => {
    const { group } = start({ sloppy: true, nodes: [1, 2, 3, 4], n: 3 });
    const keys = Array.from({ length: 60 }, (_, i) => `k${i}`);
    const [lost] = [3];
    const mine = keys.filter((key) => homes([1, 2, 3, 4], 3, key).includes(lost ?? 0));
    for (const key of keys) ask(group, 1, put(1, 'held', key));
    group.crash(3);
    // Hints of every other key are lost on the way.
    group.passes = ({ message }): boolean =>
      !(message.type === 'store' && message.home !== 0 && Number(message.key.slice(1)) % 2 === 1);
    for (const key of keys) {
      ask(group, 1, put(2, 'held', key));
      for (const id of [1, 2, 4]) expire(group, id);
    }
    group.passes = (): boolean => true;
    group.boot(3);
    const divergent = (): string[] =>
      mine.filter((key) => group.state(3).cells[key]?.siblings[0]?.[1].value !== 2);
    const before = divergent().length;
    for (const id of [1, 2, 4]) group.fire(id, 'handoff');
    group.settle();
    const handed = before - divergent().length;
    const unread = divergent();
    ask(group, 1, get(unread[0]));
    expect(divergent()).toEqual(unread.slice(1));
    // Nobody reads the others: they stay divergent until trees are exchanged.
    const exchanges = divergent().length;
    expect(before).toBe(handed + 1 + exchanges);
    expect(Math.min(handed, exchanges)).toBeGreaterThan(0);
    const peers = [1, 2, 4];
    for (let i = 0; i < 40 && divergent().length > 0; i++) {
      for (const id of [3, ...peers]) {
        group.core.step(group.state(id), { kind: 'timer', timer: 'anti-entropy' }, chooser(group, id, i));
      }
      group.settle();
    }
    expect(divergent()).toEqual([]);
    expect(group.view(3).exchanged).toBe(exchanges);
  });

  it('with last-write-wins a fast clock beats a write made later, and the loss is listed', () => {
    const { group, monitor } = start({ conflict: 'last-write-wins' });
    const [a, b] = homes(NODES, 3) as [number, number];
    ask(group, a, put(1, EMPTY_VECTOR, 'x', 9_000));
    // The second author had not read the first.
    ask(group, b, put(2, EMPTY_VECTOR, 'x', 1_000));
    expect(valuesOf(ask(group, b, get()))).toEqual([1]);
    expect([...(monitor.lost.get('x') ?? [])]).toEqual([`N${b}:1`]);
  });

  it('S1.94 two quorum writes, each fine, oversell together: the quorum check is content and the invariant is not', () => {
    const { group, monitor } = start();
    const [a, b] = homes(NODES, 3) as [number, number];
    ask(group, a, put(10, 'held', 'stock'));
    const seen = [a, b].map((id) => ask(group, id, get('stock')));
    const sold = seen.map((read, i) => {
      if (read?.ok !== true) expect.fail('the read was answered');
      const left = (read.values[0] as number) - 7;
      expect(left, 'each seller alone sees enough').toBeGreaterThanOrEqual(0);
      return ask(group, [a, b][i] ?? 0, put(left, read.context, 'stock'));
    });
    expect(sold.every((result) => result?.ok === true)).toBe(true);
    expect(monitor.violations).toEqual([]);
    const left = valuesOf(ask(group, a, get('stock'))) as number[];
    const remaining = 10 - left.reduce((total, value) => total + (10 - value), 0);
    expect([left, remaining]).toEqual([[3, 3], -4]);
  });

  it('S1.75 promises hold under random schedules, and broken twins are caught on the same seeds', () => {
    const accused = (options: Partial<LeaderlessOptions>, seeds: number): number => {
      for (let seed = 1; seed <= seeds; seed++) if (!survives(options, seed)) return seed;
      return 0;
    };
    const twins: readonly Partial<LeaderlessOptions>[] = [
      { defect: 'forgets-on-restart' },
      { defect: 'acks-before-fsync', w: 3, r: 1 },
      { defect: 'collects-tombstones' },
      { defect: 'tree-skips-tombstones', readRepair: false },
      { defect: 'write-ignores-context' },
    ];
    const seeds = twins.map((options) => accused(options, 40));
    expect(twins.filter((_, i) => seeds[i] === 0)).toEqual([]);
    const most = Math.max(...seeds);
    expect(
      [{}, { w: 3, r: 1 }, { conflict: 'last-write-wins' } as const].map((o) => accused(o, most)),
    ).toEqual([0, 0, 0]);
  }, 60_000);

  it('catalogue 110: a hint forgotten when it is sent is lost with the message', () => {
    for (const defect of ['drops-hint-early', undefined] as const) {
      const { group } = start({ sloppy: true, defect });
      const [a, b, c] = homes(NODES, 3) as [number, number, number];
      for (const id of [b, c]) group.crash(id);
      const write = group.request(a, put(5));
      group.settle();
      expire(group, a);
      expect(group.replies.get(write)).toMatchObject({ ok: true });
      for (const id of [b, c]) group.boot(id);
      group.passes = ({ message }): boolean => message.type !== 'handoff';
      for (const id of NODES) group.fire(id, 'handoff');
      group.passes = (): boolean => true;
      for (const id of NODES) group.fire(id, 'handoff');
      group.settle();
      const held = [b, c].filter((id) => group.state(id).cells['x'] !== undefined);
      expect(held).toEqual(defect === undefined ? [b, c] : []);
    }
  });

  it('catalogue 38: a write sent before it is durable gives its name to another after a crash', () => {
    for (const defect of ['sends-before-persist', undefined] as const) {
      const { group, monitor } = start({ defect, nodes: [1, 2, 3] });
      const late = [1, 2, 3].map((id) => group.host(id));
      group.autoSync = false;
      const write = group.request(1, put(1, EMPTY_VECTOR));
      group.settle();
      for (const { id } of late.slice(1)) while (group.host(id).pending.length > 0) group.syncOne(id);
      group.settle();
      // Two of three hold it, and node 1 does not.
      expect(group.replies.has(write)).toBe(false);
      group.crash(1);
      group.autoSync = true;
      group.boot(1);
      ask(group, 1, put(2, EMPTY_VECTOR));
      ask(group, 2, get());
      monitor.ended(new Map([1, 2, 3].map((id) => [id, group.state(id)])));
      const promises = monitor.violations.map(({ promise }) => promise);
      expect(promises.includes('no write is lost silently')).toBe(defect !== undefined);
      if (defect === undefined) expect(promises).toEqual([]);
    }
  });

  it('catalogue 114: replicas that keep whichever of two equal timestamps came first never agree', () => {
    for (const defect of ['lww-tie-by-arrival', undefined] as const) {
      const { group, monitor } = start({ defect, nodes: [1, 2, 3], conflict: 'last-write-wins' });
      // The two writes cross on their way.
      for (const id of [1, 2]) group.request(id, put(id, EMPTY_VECTOR));
      group.settle();
      monitor.ended(new Map([1, 2, 3].map((id) => [id, group.state(id)])));
      const promises = new Set(monitor.violations.map(({ promise }) => promise));
      expect([...promises]).toEqual(defect === undefined ? [] : ['replicas agree after healing']);
    }
  });

  it('options no group can run with are refused by name', () => {
    expect(() => leaderless({ nodes: [1, 2], n: 3 })).toThrow(ReplicationOptionsError);
    expect(() => leaderless({ nodes: NODES, w: 4 })).toThrow(/w must be a whole number from 1 to 3/);
  });
});

/** An outbox of a node whose choices differ from round to round. */
function chooser(group: Group, id: number, round: number): Parameters<Group['core']['step']>[2] {
  const sends: [number, LeaderlessMessage][] = [];
  return {
    send: (to, message): void => {
      sends.push([to, message]);
      group.flying.push({ from: id, to, message });
    },
    store: (): number => {
      throw new Error('an exchange begins without a store');
    },
    setTimer: (): void => undefined,
    cancelTimer: (): void => undefined,
    reply: (): void => undefined,
    choose: (label, among): number => (label === 'range' ? round : Math.floor(round / 3)) % among,
    note: (): void => undefined,
  };
}

/** Whether all promises hold through a random schedule and after everything has healed. */
function survives(options: Partial<LeaderlessOptions>, seed: number): boolean {
  const nodes = [1, 2, 3];
  const full: LeaderlessOptions = { nodes, n: 3, ...options };
  const group: Group = new CoreGroup(leaderless(full), nodes);
  const monitor = new LeaderlessMonitor(leaderlessConfig(full));
  group.onNote = (id, kind, data): void => monitor.note(id, kind, data);
  const command = (dice: Dice, step: number): LeaderlessCommand => {
    const key = dice.pick(['x', 'y']);
    const kind = dice.below(8);
    if (kind < 2) return get(key);
    if (kind === 7) return { kind: 'delete', key, read: 'held' };
    return put(step, kind < 5 ? EMPTY_VECTOR : 'held', key, Math.floor(step / 40));
  };
  const up = (id: number): boolean => group.isUp(id);
  randomSchedule(group, { seed, steps: 500, command, powerPerMille: 30, ask: up });
  for (const id of nodes) if (!group.isUp(id)) group.boot(id);
  group.autoSync = true;
  group.syncAll();
  for (let round = 0; round < 30; round++) {
    const choose = (id: number): Parameters<Group['core']['step']>[2] => chooser(group, id, round);
    for (const id of nodes) {
      if (full.defect === 'collects-tombstones') group.fire(id, 'collect');
      group.core.step(group.state(id), { kind: 'timer', timer: 'anti-entropy' }, choose(id));
    }
    group.settle();
  }
  monitor.ended(new Map(nodes.map((id) => [id, group.state(id)])));
  return monitor.violations.length === 0;
}
