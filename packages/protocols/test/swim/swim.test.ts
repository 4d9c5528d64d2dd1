import { describe, expect, it } from 'vitest';
import { guarded } from '../../src/core/guard.ts';
import {
  type Opinion,
  overrides,
  SWIM_DEFECTS,
  swim,
  type SwimCommand,
  swimConfig,
  type SwimDefect,
  type SwimMessage,
  SwimMonitor,
  type SwimOptions,
  SwimOptionsError,
  type SwimResult,
  type SwimState,
} from '../../src/swim/index.ts';
import { Dice } from '../raft/chaos.ts';
import { CoreGroup, type InFlight, randomSchedule } from '../support/coreGroup.ts';
import { expectTranscript, Transcript } from '../support/transcript.ts';

type Group = CoreGroup<SwimState, SwimMessage, SwimCommand, SwimResult>;

interface Run {
  readonly group: Group;
  readonly monitor: SwimMonitor;
}

function start(options: SwimOptions, seed = 1, watched = true): Run {
  const core = swim(options);
  const group: Group = new CoreGroup(watched ? guarded(core) : core, options.nodes);
  const dice = new Dice(seed);
  group.chooser = (_, among): number => dice.below(among);
  const monitor = new SwimMonitor(swimConfig(options));
  for (const id of group.ids) {
    monitor.started(id);
    monitor.noted(id, 'incarnation', { incarnation: 0, isIn: group.state(id).isIn });
  }
  group.onNote = (id, kind, data): void => monitor.noted(id, kind, data);
  group.onStep = (id, state): void => monitor.observe(id, state);
  return { group, monitor };
}

/** A protocol period of every member that is up: probes, answers, then those who were not answered ask others. */
function period({ group }: Run, count = 1): void {
  for (let i = 0; i < count; i++) {
    for (const id of group.ids) group.fire(id, 'period');
    group.settle();
    for (const id of group.ids) group.fire(id, 'ack');
    group.settle();
    for (const id of group.ids) {
      for (const timer of group.host(id).timers.keys()) if (timer.startsWith('relay')) group.fire(id, timer);
    }
    group.settle();
  }
}

const held = ({ group }: Run, by: number, member: number): Opinion | undefined =>
  group.state(by).members[member];
const mute =
  (...nodes: number[]) =>
  ({ from, to }: InFlight<SwimMessage>): boolean =>
    !nodes.includes(from) && !nodes.includes(to);
const states = ({ group }: Run): Map<number, SwimState> =>
  new Map(group.ids.filter((id) => group.isUp(id)).map((id) => [id, group.state(id)]));

/** Caught by the tests of healing above. */
const NEED_LONG_ABSENCE: readonly SwimDefect[] = [
  'believes-own-death',
  'accuses-behind-the-back',
  'forgets-the-dead',
];

describe('SWIM', () => {
  it('S4.30 finds a member that stopped: direct probe, others asked, suspicion, death, at every member', () => {
    const run = start({ nodes: [1, 2, 3, 4, 5], syncEvery: 0 });
    const notes: string[] = [];
    const { onNote } = run.group;
    run.group.onNote = (id, kind, data): void => {
      onNote?.(id, kind, data);
      if (kind === 'asks-others' || kind === 'accuses' || kind === 'opinion') notes.push(kind);
    };
    period(run, 3);
    expect(notes).toEqual([]);
    run.group.crash(5);
    period(run, 30);
    expect(notes.slice(0, 3).sort()).toEqual(['accuses', 'asks-others', 'opinion']);
    for (const by of [1, 2, 3, 4]) expect(held(run, by, 5)).toEqual({ status: 'dead', incarnation: 0 });
    expect(run.monitor.breaches).toEqual([]);
  });

  it('S4.30 a link that fails between two members is got round by asking others: nobody is suspected', () => {
    for (const defect of [undefined, 'no-indirect-probe'] as const) {
      const run = start({ nodes: [1, 2, 3, 4], defect });
      const cut = ({ from, to }: InFlight<SwimMessage>): boolean => from + to !== 3;
      run.group.passes = cut;
      let accused = 0;
      const { onNote } = run.group;
      run.group.onNote = (id, kind, data): void => {
        onNote?.(id, kind, data);
        if (kind === 'accuses') accused++;
      };
      period(run, 20);
      expect(accused > 0).toBe(defect !== undefined);
      expect(run.monitor.breaches.length > 0).toBe(defect !== undefined);
    }
  });

  it('S4.30 a slow member that lives refutes the suspicion with a later incarnation, and nobody gives it up', () => {
    for (const defect of [undefined, 'refutes-at-same-incarnation'] as const) {
      const run = start({ nodes: [1, 2, 3, 4, 5], defect });
      run.group.passes = mute(5);
      while (held(run, 1, 5)?.status !== 'suspect') period(run);
      run.group.passes = (): boolean => true;
      period(run, 40);
      const now = held(run, 1, 5);
      if (defect === undefined)
        expect(now).toEqual({ status: 'alive', incarnation: run.group.state(5).incarnation });
      else expect(now?.status).toBe('dead');
      expect(run.group.state(5).incarnation).toBeGreaterThan(defect === undefined ? 0 : -1);
      expect(run.monitor.breaches.length > 0).toBe(defect !== undefined);
    }
  });

  it('S4.30 halves that held each other dead find together again; catalogue 101 and its like do not', () => {
    const apart = (defect: SwimDefect | undefined): Run => {
      const run = start({ nodes: [1, 2, 3, 4], syncEvery: 5, defect });
      run.group.passes = ({ from, to }): boolean => from > 2 === to > 2;
      period(run, 60);
      for (const by of [1, 2]) expect(held(run, by, 4)?.status).toBe('dead');
      run.group.passes = (): boolean => true;
      period(run, 60);
      run.monitor.ended(states(run));
      return run;
    };
    const healed = apart(undefined);
    for (const by of [1, 2]) expect(held(healed, by, 4)?.status).toBe('alive');
    expect(healed.monitor.breaches).toEqual([]);
    expect(healed.monitor.examined('accuracy at rest')).toBe(12);
    for (const defect of ['accuses-behind-the-back', 'forgets-the-dead'] as const) {
      const { breaches } = apart(defect).monitor;
      expect(breaches.map(({ promise }) => promise)).toContain('accuracy at rest');
    }
  });

  it('S4.30 a member that was held dead comes back; one that believes its own death does not: catalogue 104', () => {
    for (const defect of [undefined, 'believes-own-death'] as const) {
      const run = start({ nodes: [1, 2, 3, 4], syncEvery: 4, defect });
      run.group.passes = mute(4);
      while (held(run, 1, 4)?.status !== 'dead') period(run);
      run.group.passes = (): boolean => true;
      period(run, 60);
      run.monitor.ended(states(run));
      expect(held(run, 1, 4)?.status).toBe(defect === undefined ? 'alive' : 'dead');
      expect(run.monitor.breaches.length > 0).toBe(defect !== undefined);
    }
  });

  it('S4.30 who joins is known to all, who leaves or vanishes is not taken for alive, who comes back is', () => {
    const run = start({ nodes: [1, 2, 3, 4, 5], founders: [1, 2, 3, 4], syncEvery: 10 });
    expect(run.group.view(5)).toMatchObject({ role: 'out', present: 0 });
    run.group.request(5, 'join');
    period(run, 15);
    for (const by of [1, 2, 3, 4]) expect(held(run, by, 5)).toEqual({ status: 'alive', incarnation: 1 });
    run.group.request(2, 'leave');
    run.group.request(3, 'vanish');
    period(run, 60);
    for (const by of [1, 4, 5]) {
      expect(held(run, by, 2)?.status).toBe('left');
      expect(held(run, by, 3)?.status).toBe('dead');
    }
    run.monitor.ended(states(run));
    expect(run.monitor.examined('completeness at rest')).toBe(6);
    run.group.request(3, 'join');
    const answer = run.group.request(3, 'members');
    period(run, 30);
    expect(run.group.replies.get(answer)?.incarnation).toBe(1);
    for (const by of [1, 4, 5]) expect(held(run, by, 3)).toMatchObject({ status: 'alive' });
    expect(run.monitor.breaches).toEqual([]);
  });

  it('S4.30 opinions merge to the same, in whatever order they are heard: catalogue 103', () => {
    const statuses = ['alive', 'suspect', 'dead', 'left'] as const;
    const all = [0, 1, 2].flatMap((incarnation) =>
      statuses.map((status): Opinion => ({ status, incarnation })),
    );
    for (const a of all) {
      for (const b of all) {
        expect(Number(overrides(a, b)) + Number(overrides(b, a))).toBe(a === b ? 0 : 1);
        for (const c of all) if (overrides(a, b) && overrides(b, c)) expect(overrides(a, c)).toBe(true);
      }
    }
    expect(overrides({ status: 'alive', incarnation: 1 }, { status: 'dead', incarnation: 1 })).toBe(false);
    expect(overrides({ status: 'dead', incarnation: 1 }, { status: 'alive', incarnation: 1 })).toBe(true);
    expect(overrides({ status: 'alive', incarnation: 2 }, { status: 'dead', incarnation: 1 })).toBe(true);
  });

  it('S4.30 Lifeguard: a member that hears nothing trusts itself less and gives the others more time', () => {
    const run = start({ nodes: [1, 2, 3, 4, 5, 6] });
    run.group.passes = mute(1);
    period(run, 3);
    expect(run.group.state(1).health).toBe(8);
    expect(run.group.host(1).timers.get('period')?.minMs).toBe(900);
    // Those it watches answer through others, or the others say at least that they are there.
    expect(Math.max(...[2, 3, 4, 5, 6].map((id) => run.group.state(id).health))).toBeLessThan(3);
    run.group.passes = (): boolean => true;
    period(run, 20);
    expect(run.group.state(1).health).toBe(0);
    const plain = start({ nodes: [1, 2, 3], lifeguard: false });
    plain.group.passes = mute(1);
    period(plain, 3);
    expect(plain.group.state(1).health).toBe(0);
  });

  it('S4.30 Lifeguard: each accuser makes a suspicion shorter, and one alone has to wait the longest', () => {
    const lasts = (accusers: number): number => {
      const run = start({ nodes: [1, 2, 3, 4, 5, 6], syncEvery: 0 });
      const { group } = run;
      group.crash(6);
      // The others say nothing by themselves.
      group.passes = ({ message }): boolean => message.type === 'ack';
      for (let by = 2; by < 2 + accusers; by++) {
        const update = { member: 6, status: 'suspect', incarnation: 0, by } as const;
        group.deliver({ from: by, to: 1, message: { type: 'ping', sequence: 0, updates: [update] } });
      }
      for (let waited = 0; waited < 60; waited++) {
        if (held(run, 1, 6)?.status === 'dead') return waited;
        group.state(1).health = 0;
        group.fire(1, 'period');
        const probed = group.state(1).probe;
        if (probed !== null) probed.answered = true;
      }
      return 60;
    };
    expect([1, 2, 3, 4, 5].map(lasts)).toEqual([12, 8, 5, 3, 3]);
  });

  it('S4.30 the accused is told before anybody else, and at once', () => {
    const run = start({ nodes: [1, 2, 3] });
    const update = { member: 2, status: 'suspect', incarnation: 0, by: 3 } as const;
    run.group.deliver({ from: 3, to: 1, message: { type: 'ping', sequence: 1, updates: [update] } });
    run.group.flying = [];
    run.group.deliver({ from: 2, to: 1, message: { type: 'ping', sequence: 1, updates: [] } });
    expect(run.group.flying[0]).toMatchObject({
      to: 2,
      message: { updates: [{ member: 2, status: 'suspect' }] },
    });
    run.group.settle();
    expect(run.group.state(2).incarnation).toBe(1);
    period(run, 4);
    expect(held(run, 1, 2)).toEqual({ status: 'alive', incarnation: 1 });
  });

  it('S4.30 a restarted member takes an incarnation later than any it ever told, whatever its disk lost', () => {
    const run = start({ nodes: [1, 2, 3] });
    for (let i = 1; i <= 3; i++) {
      run.monitor.started(2);
      run.group.restart(2);
      period(run, 6);
      expect(held(run, 1, 2)).toEqual({ status: 'alive', incarnation: i });
    }
    expect(run.monitor.breaches).toEqual([]);
  });

  it('S4.30 keeps its promises in any order of messages and timers, through crashes and loss; all broken twins are caught', () => {
    const firstBad = (defect: SwimDefect | undefined, seeds: number): number => {
      for (let seed = 1; seed <= seeds; seed++) {
        const nodes = [1, 2, 3, 4, 5].slice(0, 3 + (seed % 3));
        const options: SwimOptions = { nodes, syncEvery: 3, lifeguard: seed % 2 === 0, defect };
        const run = start(options, seed, seed % 10 === 0);
        const { group, monitor } = run;
        const boot = group.boot.bind(group);
        group.boot = (id): void => {
          monitor.started(id);
          boot(id);
        };
        const commands = ['members', 'members', 'members', 'join', 'join', 'leave', 'vanish'] as const;
        const command = (dice: Dice): SwimCommand => dice.pick([...commands]);
        randomSchedule(group, { seed, steps: 600, command, powerPerMille: 10 });
        for (const id of nodes) if (!group.isUp(id)) group.boot(id);
        group.autoSync = true;
        group.syncAll();
        group.settle();
        period(run, 70);
        monitor.ended(states(run));
        if (monitor.breaches.length > 0) return seed;
      }
      return 0;
    };
    expect(firstBad(undefined, 40)).toBe(0);
    for (const defect of SWIM_DEFECTS) {
      if (NEED_LONG_ABSENCE.includes(defect)) continue;
      if (firstBad(defect, 100) === 0) expect.fail(`${defect} was not caught`);
    }
  });

  it('S4.30 reads as text', () => {
    const run = start({ nodes: [1, 2, 3], syncEvery: 0 }, 4);
    const text = new Transcript(run.group, ['incarnation', 'suspect', 'dead', 'health']);
    text.say('# Nobody hears member 3 for a while; member 1 suspects it, and it refutes.');
    run.group.passes = mute(3);
    text.fire(1, 'period');
    text.settle();
    for (let i = 0; i < 3 && held(run, 1, 3)?.status === 'alive'; i++) {
      text.fire(1, 'ack');
      text.settle();
      text.fire(1, 'period');
      text.settle();
    }
    text.say('# Messages pass again.');
    run.group.passes = (): boolean => true;
    text.fire(3, 'period');
    text.settle();
    text.fire(1, 'period');
    text.settle();
    expectTranscript('swim', text.lines);
    expect(held(run, 1, 3)).toEqual({ status: 'alive', incarnation: 1 });
  });

  it('refuses options no group can run with', () => {
    expect(() => swim({ nodes: [] })).toThrow(SwimOptionsError);
    expect(() => swim({ nodes: [1, 2], founders: [3] })).toThrow(/founders must be among nodes/);
    expect(() => swim({ nodes: [1, 2], periodMs: 20, ackTimeoutMs: 20 })).toThrow(/below periodMs, 20/);
    expect(() => swim({ nodes: [1, 2], maxUpdates: 0 })).toThrow(/maxUpdates/);
  });
});
