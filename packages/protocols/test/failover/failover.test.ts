import { describe, expect, it } from 'vitest';
import {
  AUTHORITY_SYSTEMS,
  type AuthoritySystem,
  failover,
  FAILOVER_DEFECTS,
  failoverLab,
  type FailoverMessage,
  FailoverOptionsError,
  type FailoverPolicy,
  sharedPartChecks,
  SPLIT_BRAIN_PREVENTIONS,
  type SplitBrainPrevention,
  splitBrainAnswers,
} from '../../src/failover/index.ts';
import { CoreGroup } from '../support/coreGroup.ts';
import { expectTranscript, Transcript } from '../support/transcript.ts';
import { cutOff, NODES, type Outcome, start } from './scenario.ts';

const SYSTEMS = Object.keys(AUTHORITY_SYSTEMS) as AuthoritySystem[];
const ALL = SPLIT_BRAIN_PREVENTIONS;

const without = (name: SplitBrainPrevention): SplitBrainPrevention[] => ALL.filter((other) => other !== name);

function cell({ overlap, harm }: Outcome): string {
  if (overlap) return harm ? 'both act, harm' : 'both act';
  return harm ? 'harm' : 'safe';
}

describe('failover', () => {
  it('S1.118 in five systems a cut gives two authorities, and the monitor names symptom and consequence', () => {
    for (const system of SYSTEMS) {
      const { symptom, consequence } = AUTHORITY_SYSTEMS[system];
      const { monitor, duringCut } = cutOff({ system, preventions: [] });
      const reasons = monitor.breaches.map(({ reason }) => reason);
      expect([system, reasons.some((reason) => reason.endsWith(symptom))]).toEqual([system, true]);
      expect([system, reasons.some((reason) => reason.endsWith(consequence))]).toEqual([system, true]);
      expect(duringCut.every((accepted) => accepted > 0)).toBe(true);
      const guarded = cutOff({ system });
      expect(guarded.monitor.breaches).toEqual([]);
      expect(guarded.monitor.effects).toBeGreaterThan(30);
    }
  });

  it('S1.119 each of seven preventions on and off against the five systems, with an operator who forces', () => {
    const table = (
      title: string,
      choose: (name: SplitBrainPrevention) => readonly SplitBrainPrevention[],
    ) => [
      title,
      ...ALL.map((name) => {
        const cells = SYSTEMS.map((system) =>
          cell(cutOff({ system, preventions: choose(name), force: name === 'no-force-promotion' })),
        );
        return `  ${[name, ...cells].join(' | ')}`;
      }),
    ];
    const lines = [
      `# systems: ${SYSTEMS.join(' | ')}`,
      ...table('# alone (the last with an order to promote)', (name) => [name]),
      ...table('# all but this (the last with an order to promote)', without),
    ];
    expectTranscript('failover-preventions', lines);
    for (const system of SYSTEMS) {
      expect(cell(cutOff({ system, preventions: [] }))).toBe('both act, harm');
      expect(cell(cutOff({ system, force: true }))).toBe('safe');
      for (const name of ['fencing-tokens', 'single-writer-storage', 'epochs-in-commands'] as const) {
        const outcome = cutOff({ system, preventions: [name] });
        expect([system, name, cell(outcome) === 'safe']).toEqual([
          system,
          name,
          sharedPartChecks(system, name),
        ]);
      }
      expect(cutOff({ system, preventions: ['stonith'] }).overlap).toBe(false);
      // The order alone undoes what votes and time had made sure of.
      const forced = cutOff({ system, preventions: ['quorum-election', 'fail-closed'], force: true });
      const checked = cutOff({
        system,
        preventions: ['quorum-election', 'fail-closed', 'no-force-promotion'],
        force: true,
      });
      expect([forced.forced?.ok, checked.forced]).toEqual([
        true,
        { ok: false, error: 'old-leader-not-fenced' },
      ]);
      expect(checked.overlap).toBe(false);
    }
  });

  it('S1.119 the six questions are answered from a run', () => {
    const statuses = (outcome: Outcome): (string | undefined)[] =>
      splitBrainAnswers(outcome.facts).map(({ status }) => status);
    const good = cutOff({ system: 'storage-volume', force: true });
    expect(statuses(good)).toEqual(['good', 'bad', 'good', 'good', 'good', 'open']);
    // Nothing stale was tried, as the old leader was off. Without the power switch the storage refuses it.
    const preventions = ['fencing-tokens', 'quorum-election'] as const;
    const fenced = cutOff({ system: 'storage-volume', preventions, force: true });
    expect(statuses(fenced)).toEqual(['bad', 'good', 'good', 'bad', 'good', 'open']);
    expect(splitBrainAnswers({ routing: { clientsFollowAfterMs: 900, failoverMs: 300 } })[5]).toMatchObject({
      id: 'SB6',
      status: 'bad',
    });
    expect(splitBrainAnswers({ fence: { confirmedAtMs: null, promotedAtMs: null } })[0]?.status).toBe('good');
  });

  it('four policies: only both-writable diverges, only read-only accepts nothing once the leader has closed', () => {
    const of = (policy: FailoverPolicy, force = false): Outcome => cutOff({ policy, force });
    const both = of('both-writable');
    expect([both.harm, both.duringCut.every((accepted) => accepted > 0)]).toEqual([true, true]);
    for (const policy of ['single-authority', 'read-only', 'manual-gate'] as const) {
      expect([policy, of(policy).harm, of(policy).overlap]).toEqual([policy, false, false]);
    }
    expect(of('read-only').duringCut).toEqual([0, 0]);
    expect(of('manual-gate').duringCut).toEqual([0, 0]);
    const [old, other] = of('single-authority').duringCut;
    expect([old, other > 30]).toEqual([0, true]);
  });

  it('a leader that closes too late, or not at all, acts beside its successor (catalogue 41, 52)', () => {
    const preventions = ['quorum-election', 'fail-closed'] as const;
    const overlaps = (defect: 'keeps-leading' | 'closes-late' | undefined): boolean =>
      cutOff({ system: 'job-scheduler', preventions, defect }).overlap;
    expect([overlaps('keeps-leading'), overlaps('closes-late'), overlaps(undefined)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('a witness that forgets its vote gives it twice (catalogue 2)', () => {
    for (const defect of ['votes-in-memory', undefined] as const) {
      const core = failover({ ...NODES, defect });
      const group = new CoreGroup(core, [3, 6]);
      const ask = (from: number): void =>
        group.deliver({ from, to: 3, message: { type: 'candidate', epoch: 2 } });
      const votes: unknown[] = [];
      group.lies.set(3, (to: number, message: FailoverMessage) => {
        if (message.type === 'vote' && message.granted) votes.push(to);
        return [];
      });
      group.fire(3, 'led');
      ask(1);
      group.restart(3);
      group.fire(3, 'led');
      ask(2);
      expect(votes).toEqual(defect === undefined ? [1] : [1, 2]);
    }
  });

  it('what was shot stays down across a restart, and the other one goes on alone', () => {
    const { group } = start();
    group.run(200);
    group.request(2, { kind: 'force' });
    group.run(300);
    expect(group.state(1)).toMatchObject({ role: 'off' });
    group.crash(1);
    group.boot(1);
    expect(group.state(1)).toMatchObject({ role: 'off' });
    group.run(3_000);
    expect(group.state(2)).toMatchObject({ role: 'leader', otherIsOff: true });
  });

  it('reads as text', () => {
    const group = new CoreGroup(failover({ ...NODES, system: 'storage-volume' }), [1, 2, 3, 4, 5]);
    const text = new Transcript(group, ['role', 'epoch', 'leader', 'next']);
    text.say('# Node 1 leads and mounts the volume; a block is written.');
    text.settle();
    text.request(1, { kind: 'act' });
    text.settle();
    text.say('# Node 1 is not heard any more. An operator is refused: nothing proves that it cannot write.');
    group.passes = ({ from, to }): boolean => (from !== 1 && to !== 1) || from > 3 || to > 3;
    group.fire(3, 'led');
    const order = text.request(2, { kind: 'force' });
    text.answer(order);
    text.settle();
    text.say('# It is off now: node 2 asks for the vote, and leads.');
    text.fire(2, 'watch');
    text.settle();
    expectTranscript('failover', text.lines);
  });

  it('refuses options no pair can run with', () => {
    expect(() => failover({ ...NODES, witness: 1 })).toThrow(FailoverOptionsError);
    expect(() => failover({ ...NODES, watchMs: 260 })).toThrow(/watchMs must be above closeMs and beatMs/);
    expect(() => failover({ ...NODES, closeMs: 30 })).toThrow(/closeMs must be above beatMs/);
    expect(() => failover({ ...NODES, system: 'x' as never })).toThrow(/system must be one of/);
    expect(() => failover({ ...NODES, preventions: ['x' as never] })).toThrow(/preventions must be one of/);
    for (const { name } of failoverLab.defects) expect(FAILOVER_DEFECTS).toContain(name);
  });
});
