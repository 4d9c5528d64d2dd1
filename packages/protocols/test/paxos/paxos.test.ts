import { describe, expect, it } from 'vitest';
import { guarded } from '../../src/core/guard.ts';
import {
  ballotOf,
  paxos,
  type PaxosCommand,
  type PaxosDefect,
  type PaxosMessage,
  PaxosMonitor,
  PaxosOptionsError,
  type PaxosResult,
  type PaxosState,
} from '../../src/paxos/index.ts';
import { CoreGroup, randomSchedule } from '../support/coreGroup.ts';
import { everyOrder } from './everyOrder.ts';

type Group = CoreGroup<PaxosState, PaxosMessage, PaxosCommand, PaxosResult>;

function start(defect?: PaxosDefect, ids = [1, 2, 3]): { group: Group; monitor: PaxosMonitor } {
  const group: Group = new CoreGroup(guarded(paxos({ nodes: ids, defect })), ids);
  const monitor = new PaxosMonitor(ids);
  group.onStep = (id, state): void => monitor.observe(id, state);
  return { group, monitor };
}

function ask({ group, monitor }: { group: Group; monitor: PaxosMonitor }, id: number, value: string): number {
  monitor.proposed(value);
  return group.request(id, { value });
}

/** Node 1 gets 'a' accepted by itself and 2, and nobody learns of it; node 3 then proposes 'c' with a promise of 2. */
function overrideRun(run: ReturnType<typeof start>): void {
  const { group } = run;
  ask(run, 1, 'a');
  group.deliverWhere(({ to }) => to === 2);
  group.deliverWhere(({ to }) => to === 1);
  group.deliverWhere(({ to }) => to === 2);
  group.flying = [];
  ask(run, 3, 'c');
  group.deliverWhere(({ to }) => to === 2);
  group.deliverWhere(({ from }) => from === 2);
}

describe('single-decree Paxos', () => {
  it('S1.64 shows prepare, promise, accept and learn step by step, per acceptor', () => {
    const run = start();
    const { group } = run;
    const seen = (): unknown[] => group.ids.map((id) => [group.view(id).promised, group.view(id).accepted]);
    const request = ask(run, 1, 'a');
    expect(seen()).toEqual([
      [3, 0],
      [0, 0],
      [0, 0],
    ]);
    group.deliverWhere(({ message }) => message.type === 'prepare');
    expect(seen()).toEqual([
      [3, 0],
      [3, 0],
      [3, 0],
    ]);
    expect(group.view(1)).toMatchObject({ proposing: 3, phase: 'prepare', heard: 1 });
    group.deliverWhere(({ message }) => message.type === 'promise');
    expect(seen()).toEqual([
      [3, 3],
      [3, 0],
      [3, 0],
    ]);
    group.deliverWhere(({ message }) => message.type === 'accept');
    expect(seen()).toEqual([
      [3, 3],
      [3, 3],
      [3, 3],
    ]);
    expect(group.ids.map((id) => group.view(id).decided)).toEqual([null, null, null]);
    group.deliverWhere(({ message }) => message.type === 'accepted');
    expect(group.replies.get(request)).toEqual({ ok: true, value: 'a' });
    group.deliverWhere(({ message }) => message.type === 'learn');
    expect(group.ids.map((id) => group.view(id).decided)).toEqual(['"a"', '"a"', '"a"']);
  });

  it('S1.64 agrees in every order of delivery and every loss of three acceptors and two proposers', () => {
    const explored = everyOrder();
    expect([...explored.decided].sort()).toEqual(['"a"', '"b"']);
    expect(explored.disagreements).toBe(0);
    expect(explored.situations).toBe(53_111);
    expect(everyOrder('keeps-own-value').disagreements, 'the check can fail').toBeGreaterThan(0);
  }, 60_000);

  it('S1.65 a later ballot adopts the value that may have been chosen', () => {
    const run = start();
    overrideRun(run);
    run.group.settle();
    expect(run.group.ids.map((id) => run.group.view(id).decided)).toEqual(['"a"', '"a"', '"a"']);
    expect(run.monitor.violations).toEqual([]);
  });

  it('S1.65 two values are chosen when a proposer keeps its own', () => {
    const run = start('keeps-own-value');
    overrideRun(run);
    run.group.settle();
    expect(run.monitor.violations.map(({ promise }) => promise)).toContain('agreement');
    expect(run.monitor.violations[0]?.reason).toContain('"a" was accepted by a majority in ballot 3');
  });

  it('S1.67 S2.39 dueling proposers decide nothing for as long as wanted; one that backs off ends it', () => {
    const run = start();
    const { group, monitor } = run;
    const proposing = (id: number): unknown => group.view(id).proposing;
    ask(run, 1, 'a');
    ask(run, 2, 'b');
    let longestWait = 0;
    for (let duel = 0; duel < 100; duel++) {
      const [first, second] = duel % 2 === 0 ? [1, 2] : [2, 1];
      // The first is promised a majority, then is outbid before its accepts arrive.
      group.deliverWhere(({ message }) => message.type !== 'accept');
      while (Number(proposing(second)) <= Number(proposing(first))) {
        if (!group.fire(second, 'retry')) break;
        group.deliverWhere(({ message }) => message.type === 'prepare');
      }
      group.deliverWhere(({ message }) => message.type === 'accept');
      group.deliverWhere(({ message }) => message.type === 'refuse');
      longestWait = Math.max(longestWait, group.host(first).timers.get('retry')?.maxMs ?? 0);
      expect(group.ids.every((id) => group.view(id).decided === null)).toBe(true);
    }
    expect(longestWait).toBe(2_000);
    expect(group.state(1).outbid + group.state(2).outbid).toBeGreaterThan(90);
    // One is still waiting when the other has its answers.
    group.flying = [];
    group.fire(1, 'retry');
    group.settle();
    if (group.view(1).decided === null) {
      group.fire(1, 'retry');
      group.settle();
    }
    expect(group.ids.every((id) => group.view(id).decided !== null)).toBe(true);
    expect(monitor.violations).toEqual([]);
  });

  it('S1.68 an acceptor that forgets lets two values be chosen; a durable one does not', () => {
    for (const defect of ['forgets-on-restart', undefined] as const) {
      const run = start(defect);
      const { group, monitor } = run;
      ask(run, 1, 'a');
      group.deliverWhere(({ to }) => to === 2);
      group.deliverWhere(({ to }) => to === 1);
      group.deliverWhere(({ to }) => to === 2);
      group.deliverWhere(({ to }) => to === 1);
      expect(group.view(1).decided).toBe('"a"');
      group.flying = [];
      group.restart(2);
      ask(run, 3, 'c');
      group.passes = ({ from, to }): boolean => from !== 1 && to !== 1;
      group.flying = group.flying.filter(({ to }) => to !== 1);
      group.settle();
      expect(group.view(3).decided).toBe(defect === undefined ? '"a"' : '"c"');
      expect(monitor.violations.length > 0).toBe(defect !== undefined);
    }
  });

  it('S1.68 a promise leaves, and counts, only when it is durable', () => {
    const run = start();
    const { group } = run;
    group.autoSync = false;
    ask(run, 1, 'a');
    expect(group.flying).toEqual([]);
    expect(group.view(1).heard).toBe(0);
    group.syncOne(1);
    group.deliverWhere(({ to }) => to === 2);
    expect(group.flying.map(({ to }) => to)).toEqual([3]);
    group.syncOne(2);
    expect(group.flying.map(({ message }) => message.type)).toEqual(['prepare', 'promise']);
    expect(group.view(1).heard).toBe(0);
    group.syncOne(1);
    expect(group.view(1).heard).toBe(1);
  });

  it('two proposers with the same ballot get two values chosen', () => {
    const run = start('ballot-not-unique');
    const { group, monitor } = run;
    ask(run, 1, 'a');
    ask(run, 3, 'c');
    group.flying = group.flying.filter(({ to }) => to === 2);
    group.settle();
    expect(monitor.violations.map(({ promise }) => promise)).toContain('agreement');
  });

  it('an acceptor that accepts below its promise gets two values chosen', () => {
    for (const defect of ['accepts-lower-ballot', undefined] as const) {
      const run = start(defect);
      const { group, monitor } = run;
      ask(run, 1, 'a');
      group.deliverWhere(({ to }) => to === 2);
      group.deliverWhere(({ to }) => to === 1);
      const late = group.flying.filter(({ to, message }) => to === 2 && message.type === 'accept');
      group.flying = [];
      ask(run, 3, 'c');
      group.passes = ({ from, to, message }): boolean => from + to === 5 && message.type !== 'learn';
      group.flying = group.flying.filter(({ to }) => to === 2);
      group.settle();
      expect(group.view(3).decided).toBe('"c"');
      expect(late).toHaveLength(1);
      group.passes = (): boolean => true;
      group.flying = late;
      group.settle();
      expect(monitor.violations.length > 0).toBe(defect !== undefined);
    }
  });

  it('agrees under random schedules; the defects do not', () => {
    const violated = (defect: PaxosDefect | undefined, seeds: number): number => {
      let count = 0;
      for (let seed = 1; seed <= seeds; seed++) {
        const ids = [1, 2, 3, 4, 5].slice(0, seed % 2 === 0 ? 3 : 5);
        const group: Group = new CoreGroup(paxos({ nodes: ids, defect }), ids);
        const monitor = new PaxosMonitor(ids);
        group.onStep = (id, state): void => monitor.observe(id, state);
        const command = (_: unknown, step: number): PaxosCommand => {
          monitor.proposed(step);
          return { value: step };
        };
        randomSchedule(group, { seed, steps: 400, command, powerPerMille: 40 });
        if (defect === undefined) {
          for (const id of ids) if (!group.isUp(id)) group.boot(id);
          group.autoSync = true;
          group.syncAll();
          group.request(1, command(undefined, 1_000));
          for (let round = 0; round < 20 && group.view(1).decided === null; round++) {
            group.settle();
            group.fire(1, 'retry');
          }
          expect(group.view(1).decided, `seed ${seed} decides once healed`).not.toBeNull();
          expect(monitor.violations, `seed ${seed}`).toEqual([]);
        }
        if (monitor.violations.length > 0) count++;
      }
      return count;
    };
    expect(violated(undefined, 300)).toBe(0);
    for (const defect of [
      'keeps-own-value',
      'forgets-on-restart',
      'ballot-not-unique',
      'accepts-lower-ballot',
    ] as const) {
      if (violated(defect, 300) === 0) expect.fail(`${defect} was not caught`);
    }
  }, 60_000);

  it('refuses options no group can run with, and holds a bounded number of requests', () => {
    expect(() => paxos({ nodes: [] })).toThrow(PaxosOptionsError);
    expect(() => paxos({ nodes: [1, 1] })).toThrow(/distinct positive whole numbers/);
    expect(() => paxos({ nodes: [1], backoffMs: 0 })).toThrow(/backoffMs/);
    const group: Group = new CoreGroup(paxos({ nodes: [1, 2, 3], maxWaiting: 1 }), [1, 2, 3]);
    group.request(1, { value: 'a' });
    expect(group.replies.get(group.request(1, { value: 'b' }))).toEqual({
      ok: false,
      error: 'too-many-waiting',
    });
  });

  it('gives every proposer ballots of its own', () => {
    const ballots = [1, 2, 3].flatMap((round) => [4, 7, 9].map((id) => ballotOf(round, [4, 7, 9], id)));
    expect(new Set(ballots).size).toBe(9);
    expect(ballots).toEqual([...ballots].sort((a, b) => a - b));
  });
});
