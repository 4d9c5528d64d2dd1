import { describe, expect, it } from 'vitest';
import {
  BEN_OR_DEFECTS,
  benOr,
  type BenOrCommand,
  type BenOrDefect,
  type BenOrMessage,
  BenOrMonitor,
  BenOrOptionsError,
  type BenOrResult,
  type BenOrState,
  type Bit,
} from '../../src/benor/index.ts';
import { guarded } from '../../src/core/guard.ts';
import { Dice } from '../raft/chaos.ts';
import { CoreGroup, randomSchedule } from '../support/coreGroup.ts';
import { expectTranscript, Transcript } from '../support/transcript.ts';

type Group = CoreGroup<BenOrState, BenOrMessage, BenOrCommand, BenOrResult>;

interface Run {
  readonly group: Group;
  readonly monitor: BenOrMonitor;
}

function start(seed: number, nodes: readonly number[], defect?: BenOrDefect, watched = false): Run {
  const core = benOr({ nodes, defect });
  const group: Group = new CoreGroup(watched ? guarded(core) : core, nodes);
  const monitor = new BenOrMonitor();
  const coins = new Dice(seed ^ 0x5bd1e995);
  group.chooser = (_, among): number => coins.below(among);
  group.onNote = (id, kind, data): void => monitor.noted(id, kind, data);
  return { group, monitor };
}

function propose({ group, monitor }: Run, id: number, value: Bit): number {
  monitor.requested(id, { value });
  return group.request(id, { value });
}

const decisions = ({ group }: Run): unknown[] => group.ids.map((id) => group.view(id).decided);
const undecided = (run: Run): boolean => decisions(run).includes(null);

/** Mixed inputs, messages in any order, one node of three perhaps down from the start; the answer is the round of the last decision. */
function anyOrder(seed: number): { run: Run; rounds: number } {
  const dice = new Dice(seed);
  const run = start(seed, [1, 2, 3]);
  const { group } = run;
  let rounds = 0;
  group.onNote = (id, kind, data): void => {
    run.monitor.noted(id, kind, data);
    if (kind === 'decided') rounds = Math.max(rounds, (data as { round: number }).round);
  };
  const down = dice.below(6);
  for (const id of group.ids) propose(run, id, dice.below(2) as Bit);
  if (down >= 1 && down <= 3) {
    group.crash(down);
    group.hosts.delete(down);
  }
  for (let steps = 0; undecided(run) && steps < 20_000; steps++) {
    if (group.flying.length === 0) for (const id of group.ids) group.fire(id, 'resend');
    const [flying] = group.flying.splice(dice.below(group.flying.length), 1);
    if (flying !== undefined) group.deliver(flying);
  }
  return { run, rounds };
}

/**
 * FLP's adversary: every node hears its own report and one that differs, as long as there is one. Answers rounds without a decision. A friend
 * lets it hear one that is the same.
 */
function adversary(run: Run, limit: number, friend = false): number {
  const { group } = run;
  for (let round = 1; round <= limit; round++) {
    const reports = group.flying.filter(({ message }) => message.type === 'report');
    group.flying = [];
    for (const id of group.ids) {
      const own = group.view(id).value;
      const to = reports.filter((flying) => flying.to === id);
      const heard = to.find(({ message }) => (message.value === own) === friend) ?? to[0];
      if (heard !== undefined) group.deliver(heard);
    }
    group.deliverWhere(({ message }) => message.type === 'proposal');
    if (!decisions(run).every((value) => value === null)) return round;
  }
  return limit;
}

describe('Ben-Or', () => {
  it('S2.40 decides in each of 10,000 seeds, in few rounds on average, and agrees', () => {
    let total = 0;
    let most = 0;
    for (let seed = 1; seed <= 10_000; seed++) {
      const { run, rounds } = anyOrder(seed);
      if (undecided(run) || run.monitor.breaches.length > 0) expect.fail(`seed ${seed}`);
      total += rounds;
      most = Math.max(most, rounds);
    }
    expect(total / 10_000).toBeGreaterThan(1);
    expect(total / 10_000).toBeLessThan(2.2);
    expect(most).toBeGreaterThan(3);
  }, 60_000);

  it('S2.39 an adversary keeps the protocol without coins undecided for as long as asked; calm, it decides', () => {
    for (const rounds of [10, 1_000]) {
      const run = start(1, [1, 2, 3], 'no-coin');
      propose(run, 1, 0);
      propose(run, 2, 1);
      propose(run, 3, 0);
      expect(adversary(run, rounds)).toBe(rounds);
      expect(decisions(run)).toEqual([null, null, null]);
      adversary(run, 2, true);
      run.group.settle();
      expect(decisions(run)).toEqual([0, 0, 0]);
      expect(run.monitor.breaches).toEqual([]);
    }
  });

  it('S2.39 S2.40 the same adversary loses against coins', () => {
    const rounds: number[] = [];
    for (let seed = 1; seed <= 300; seed++) {
      const run = start(seed, [1, 2, 3]);
      propose(run, 1, 0);
      propose(run, 2, 1);
      propose(run, 3, 0);
      rounds.push(adversary(run, 200));
      run.group.settle();
      expect(undecided(run)).toBe(false);
      expect(run.monitor.breaches).toEqual([]);
    }
    const mean = rounds.reduce((sum, count) => sum + count, 0) / rounds.length;
    expect(Math.max(...rounds)).toBeLessThan(60);
    expect(mean).toBeGreaterThan(3);
    expect(mean).toBeLessThan(8);
  });

  it('S2.40 keeps its promises through crashes and loss, and catalogue 87 and the others are caught', () => {
    const bad = (defect: BenOrDefect | undefined, seeds: number): number => {
      let count = 0;
      for (let seed = 1; seed <= seeds; seed++) {
        const nodes = [1, 2, 3, 4, 5].slice(0, seed % 2 === 0 ? 3 : 5);
        const run = start(seed, nodes, defect, seed % 25 === 0);
        const { group, monitor } = run;
        const command = (dice: Dice): BenOrCommand => {
          const value = dice.below(2) as Bit;
          monitor.requested(0, { value });
          return { value };
        };
        randomSchedule(group, { seed, steps: 500, command, powerPerMille: 20 });
        for (const id of nodes) if (!group.isUp(id)) group.boot(id);
        group.autoSync = true;
        group.syncAll();
        propose(run, 1, 1);
        for (let round = 0; round < 60 && undecided(run); round++) {
          group.settle();
          for (const id of nodes) group.fire(id, 'resend');
        }
        group.settle();
        monitor.ended(new Map(nodes.map((id) => [id, group.state(id)])));
        if (monitor.breaches.length > 0) count++;
      }
      return count;
    };
    expect(bad(undefined, 200)).toBe(0);
    for (const defect of BEN_OR_DEFECTS) {
      if (defect === 'no-coin' || defect === 'tosses-though-proposed') continue;
      if (bad(defect, 200) === 0) expect.fail(`${defect} was not caught`);
    }
  }, 60_000);

  it('S2.40 a node that saw a proposal adopts it, as somebody may have decided it', () => {
    for (const defect of ['tosses-though-proposed', undefined] as const) {
      const run = start(1, [1, 2, 3], defect, true);
      const { group, monitor } = run;
      group.chooser = (): number => 1;
      propose(run, 1, 0);
      propose(run, 2, 0);
      propose(run, 3, 1);
      const hears = (type: BenOrMessage['type'], pairs: readonly (readonly [number, number])[]): void => {
        for (const [from, to] of pairs) {
          group.deliverWhere((f) => f.message.type === type && f.from === from && f.to === to);
        }
        group.flying = group.flying.filter(({ message }) => message.type !== type);
      };
      hears('report', [
        [2, 1],
        [1, 2],
        [1, 3],
      ]);
      // 1 sees two proposals of 0 and decides; 2 and 3 see one.
      hears('proposal', [
        [2, 1],
        [3, 2],
        [2, 3],
      ]);
      expect(decisions(run)).toEqual([0, null, null]);
      group.crash(1);
      group.flying = group.flying.filter(({ from }) => from !== 1);
      group.settle();
      expect([2, 3].map((id) => group.view(id).decided)).toEqual(defect === undefined ? [0, 0] : [1, 1]);
      expect(monitor.breaches.length > 0).toBe(defect !== undefined);
    }
  });

  it('S2.40 reads as text', () => {
    const run = start(3, [1, 2, 3], undefined, true);
    const text = new Transcript(run.group, ['role', 'round', 'value', 'decided']);
    run.monitor.requested(1, { value: 1 });
    text.say('# Node 1 proposes 1, node 2 proposes 0; node 3 goes with the first it hears.');
    const request = text.request(1, { value: 1 });
    text.request(2, { value: 0 });
    text.settle();
    text.answer(request);
    expectTranscript('ben-or', text.lines);
  });

  it('refuses options no group can run with', () => {
    expect(() => benOr({ nodes: [] })).toThrow(BenOrOptionsError);
    expect(() => benOr({ nodes: [1, 2, 3, 4], faults: 2 })).toThrow(/below half of the nodes/);
    expect(() => benOr({ nodes: [1], resendMs: 0 })).toThrow(/resendMs/);
  });
});
