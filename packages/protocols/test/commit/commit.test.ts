import { describe, expect, it } from 'vitest';
import type { Core } from '../../src/core/core.ts';
import { guarded } from '../../src/core/guard.ts';
import {
  COMMIT_DEFECTS,
  type CommitCommand,
  CommitMonitor,
  type CommitOptions,
  CommitOptionsError,
  type CommitPhase,
  type CommitResult,
  consensusCommit,
  threePhaseCommit,
  twoPhaseCommit,
} from '../../src/commit/index.ts';
import { CoreGroup, randomSchedule } from '../support/coreGroup.ts';

interface Watched {
  phase: CommitPhase;
  token: number;
}

interface Run<S extends Watched, M> {
  readonly group: CoreGroup<S, M, CommitCommand, CommitResult>;
  readonly monitor: CommitMonitor;
}

const ASKED: CommitOptions = { coordinator: 1, participants: [2, 3, 4] };
const ALL = [1, 2, 3, 4];

function start<S extends Watched, M>(
  core: Core<S, M, CommitCommand, CommitResult>,
  options: CommitOptions = ASKED,
): Run<S, M> {
  const group = new CoreGroup(guarded(core), [options.coordinator, ...options.participants]);
  const monitor = new CommitMonitor({ refusing: options.refusing ?? [] });
  group.onStep = (id, state): void => monitor.observe(id, state);
  return { group, monitor };
}

/** Rounds in which everything arrives, then everybody's patience ends. */
function wait<S extends Watched, M>({ group, monitor }: Run<S, M>, rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    group.settle();
    for (const id of group.ids) {
      for (const timer of Array.from(group.host(id).timers.keys())) {
        group.fire(id, timer);
        group.settle();
      }
    }
  }
  for (const result of group.replies.values()) monitor.told(1, result);
}

const phases = <S extends Watched, M>({ group }: Run<S, M>): unknown[] =>
  group.ids.map((id) => (group.isUp(id) ? group.state(id).phase : 'down'));

/** The coordinator crashes after each number of deliveries; how often those left are stuck. */
function stuckAfterCrash<S extends Watched, M>(core: Core<S, M, CommitCommand, CommitResult>): number[] {
  const stuck: number[] = [];
  for (let at = 0; at < 15; at++) {
    const run = start(core);
    run.group.request(1, 'commit');
    for (let delivered = 0; delivered < at && run.group.flying.length > 0; delivered++) {
      const [next] = run.group.flying.splice(0, 1);
      if (next !== undefined) run.group.deliver(next);
    }
    run.group.crash(1);
    wait(run, 12);
    expect(run.monitor.violations, `crash after ${at} deliveries`).toEqual([]);
    if (phases(run).some((phase) => phase !== 'down' && phase !== 'committed' && phase !== 'aborted')) {
      stuck.push(at);
    }
    run.group.boot(1);
    wait(run, 12);
    expect(new Set(phases(run)).size, `all decide alike after ${at} deliveries`).toBe(1);
    expect(run.monitor.violations).toEqual([]);
  }
  return stuck;
}

describe('atomic commit', () => {
  const protocols = { twoPhaseCommit, threePhaseCommit, consensusCommit };

  it('S4.31 all three commit when everybody agrees, and abort when one refuses', () => {
    for (const refusing of [[], [3]]) {
      const options = { ...ASKED, refusing };
      for (const run of [
        start(twoPhaseCommit(options), options),
        start<Watched, unknown>(threePhaseCommit(options) as never, options),
        start<Watched, unknown>(consensusCommit(options) as never, options),
      ] as Run<Watched, unknown>[]) {
        const request = run.group.request(1, 'commit');
        wait(run, 4);
        const decision = refusing.length === 0 ? 'committed' : 'aborted';
        expect(phases(run)).toEqual([decision, decision, decision, decision]);
        expect(run.group.replies.get(request)).toEqual({ ok: true, decision });
        expect(run.monitor.violations).toEqual([]);
        expect(run.monitor.examined).toBe(5);
      }
    }
  });

  it('S4.31 two-phase commit blocks when its coordinator crashes after the votes', () => {
    for (const announced of [false, true]) {
      const run = start(twoPhaseCommit(ASKED));
      run.group.request(1, 'commit');
      run.group.deliverWhere(() => true);
      if (announced) run.group.deliverWhere(() => true);
      run.group.flying = [];
      run.group.crash(1);
      wait(run, 50);
      expect(phases(run)).toEqual(['down', 'prepared', 'prepared', 'prepared']);
      run.group.boot(1);
      wait(run, 2);
      const decision = announced ? 'committed' : 'aborted';
      expect(phases(run)).toEqual([decision, decision, decision, decision]);
      expect(run.monitor.violations).toEqual([]);
    }
  });

  it('S4.31 a coordinator crash at every point: only two-phase commit is ever stuck, and none is split', () => {
    expect(stuckAfterCrash(protocols.twoPhaseCommit(ASKED))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(stuckAfterCrash(protocols.threePhaseCommit(ASKED))).toEqual([]);
    expect(stuckAfterCrash(protocols.consensusCommit(ASKED))).toEqual([]);
  });

  it('S4.31 catalogue 117: a partition splits three-phase commit, and not consensus-backed commit', () => {
    const three = start(threePhaseCommit(ASKED));
    three.group.request(1, 'commit');
    three.group.deliverWhere(() => true);
    three.group.deliverWhere(() => true);
    // All voted yes; the precommit reaches node 2, and then nothing crosses.
    const side = (id: number): boolean => id <= 2;
    three.group.passes = ({ from, to }): boolean => side(from) === side(to);
    three.group.flying = three.group.flying.filter(({ from, to }) => side(from) === side(to));
    wait(three, 6);
    expect(phases(three)).toEqual(['committed', 'committed', 'aborted', 'aborted']);
    expect(three.monitor.violations[0]).toMatchObject({ promise: 'atomicity' });

    const backed = start(consensusCommit({ ...ASKED, participants: [2, 3, 4, 5] }), {
      ...ASKED,
      participants: [2, 3, 4, 5],
    });
    backed.group.request(1, 'commit');
    backed.group.deliverWhere(() => true);
    backed.group.deliverWhere(() => true);
    backed.group.passes = ({ from, to }): boolean => side(from) === side(to);
    backed.group.flying = backed.group.flying.filter(({ from, to }) => side(from) === side(to));
    wait(backed, 6);
    expect(phases(backed)).toEqual(['collecting', 'prepared', 'aborted', 'aborted', 'aborted']);
    backed.group.passes = (): boolean => true;
    wait(backed, 6);
    expect(new Set(phases(backed))).toEqual(new Set(['aborted']));
    expect(backed.monitor.violations).toEqual([]);
  });

  it('S4.31 catalogue 116: a participant that prepares in memory is split off by its crash', () => {
    for (const defect of ['prepares-in-memory', undefined] as const) {
      const run = start(twoPhaseCommit({ ...ASKED, defect }));
      run.group.request(1, 'commit');
      run.group.deliverWhere(() => true);
      run.group.restart(2);
      wait(run, 4);
      const split = ['committed', 'aborted', 'committed', 'committed'];
      expect(phases(run)).toEqual(defect === undefined ? split.fill('committed') : split);
      expect(run.monitor.violations.length > 0).toBe(defect !== undefined);
    }
  });

  it('S4.31 catalogue 117: a participant that aborts alone after its yes is split off', () => {
    for (const defect of ['aborts-alone-after-yes', undefined] as const) {
      const run = start(twoPhaseCommit({ ...ASKED, defect }));
      run.group.request(1, 'commit');
      run.group.deliverWhere(() => true);
      run.group.fire(2, 'timeout');
      wait(run, 4);
      expect(run.monitor.violations.length > 0).toBe(defect !== undefined);
    }
  });

  it('S4.31 catalogue 117: a coordinator that answers before its log is forced takes commit back', () => {
    for (const defect of ['answers-before-forcing-log', undefined] as const) {
      const run = start(twoPhaseCommit({ ...ASKED, defect }));
      const request = run.group.request(1, 'commit');
      run.group.deliverWhere(() => true);
      run.group.host(1).pending = [];
      run.group.autoSync = false;
      run.group.deliverWhere(() => true);
      expect(run.group.replies.has(request)).toBe(defect !== undefined);
      run.group.flying = run.group.flying.filter(({ to }) => to === 2);
      run.group.autoSync = true;
      run.group.restart(1);
      wait(run, 6);
      expect(run.monitor.violations.length > 0).toBe(defect !== undefined);
    }
  });

  it('S4.31 a coordinator that decides alone is split from those that asked for abort, and from those that knew nothing', () => {
    for (const defect of ['decides-alone', undefined] as const) {
      const run = start(consensusCommit({ ...ASKED, defect }));
      run.group.request(1, 'commit');
      run.group.deliverWhere(() => true);
      // The votes are under way when the others wait no longer; what the coordinator proposes is late.
      run.group.passes = ({ from }): boolean => from !== 1;
      run.group.deliverWhere(() => true);
      for (const id of [2, 3]) run.group.fire(id, 'timeout');
      wait(run, 4);
      run.group.passes = (): boolean => true;
      wait(run, 6);
      expect(run.monitor.violations.length > 0, `${defect}`).toBe(defect !== undefined);
    }
    for (const defect of ['skips-precommit', undefined] as const) {
      const run = start(threePhaseCommit({ ...ASKED, defect }));
      run.group.request(1, 'commit');
      run.group.deliverWhere(() => true);
      run.group.deliverWhere(() => true);
      run.group.flying = [];
      run.group.crash(1);
      wait(run, 6);
      run.group.boot(1);
      wait(run, 6);
      expect(run.monitor.violations.length > 0, `${defect}`).toBe(defect !== undefined);
    }
  });

  it('S4.31 no random schedule splits two-phase or consensus-backed commit; every defect is caught', () => {
    const split = <S extends Watched, M>(core: Core<S, M, CommitCommand, CommitResult>): number => {
      let count = 0;
      for (let seed = 1; seed <= 300; seed++) {
        const run = start(core);
        run.group.request(1, 'commit');
        randomSchedule(run.group, {
          seed,
          steps: 100,
          command: () => 'commit',
          powerPerMille: 30,
          rareTimer: 'timeout',
        });
        for (const id of ALL) if (!run.group.isUp(id)) run.group.boot(id);
        run.group.autoSync = true;
        run.group.syncAll();
        wait(run, 10);
        if (run.monitor.violations.length > 0) count++;
        else expect(new Set(phases(run)).size, `seed ${seed} ends`).toBeLessThanOrEqual(2);
      }
      return count;
    };
    expect(split(twoPhaseCommit(ASKED))).toBe(0);
    expect(split(consensusCommit(ASKED))).toBe(0);
    for (const defect of COMMIT_DEFECTS) {
      if (split(twoPhaseCommit({ ...ASKED, defect })) === 0) expect.fail(`${defect} was not caught`);
    }
  }, 60_000);

  it('refuses options no transaction can run with', () => {
    expect(() => twoPhaseCommit({ coordinator: 1, participants: [] })).toThrow(CommitOptionsError);
    expect(() => twoPhaseCommit({ coordinator: 1, participants: [1] })).toThrow(/distinct/);
    expect(() => twoPhaseCommit({ ...ASKED, refusing: [9] })).toThrow(/refusing/);
    expect(() => threePhaseCommit({ ...ASKED, defect: 'prepares-in-memory' })).toThrow(/defect/);
    const run = start(twoPhaseCommit(ASKED));
    const request = run.group.request(2, 'commit');
    expect(run.group.replies.get(request)).toEqual({ ok: false, error: 'not-coordinator' });
  });
});
