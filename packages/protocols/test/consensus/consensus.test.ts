import { describe, expect, it } from 'vitest';
import {
  appendTo,
  type ConsensusCommand,
  type ConsensusMessage,
  consensusModule,
  type ConsensusState,
  electedIn,
  logOf,
  outcomeOf,
  standFor,
  vote,
} from '../../src/consensus/index.ts';
import { guarded } from '../../src/core/guard.ts';
import type { PaxosDefect, PaxosResult } from '../../src/paxos/index.ts';
import { Dice } from '../raft/chaos.ts';
import { CoreGroup } from '../support/coreGroup.ts';

type Group = CoreGroup<ConsensusState, ConsensusMessage, ConsensusCommand, PaxosResult>;
const NODES = [1, 2, 3];

function start(defect?: PaxosDefect): Group {
  return new CoreGroup(guarded(consensusModule({ nodes: NODES, defect })), NODES);
}

/** Delivers what flies in any order, loses some, fires timers, restarts nodes, and ends calmly. */
function disorder(group: Group, dice: Dice): void {
  for (let step = 0; step < 150; step++) {
    const at = dice.below(Math.max(1, group.flying.length));
    const [flying] = group.flying.splice(at, 1);
    const roll = dice.below(10);
    if (flying !== undefined && roll > 0) group.deliver(flying);
    const id = dice.pick(NODES);
    if (roll === 1) group.restart(id);
    const [timer] = group.host(id).timers.keys();
    if (roll < 3 && timer !== undefined) group.fire(id, timer);
  }
  for (let round = 0; round < 10; round++) {
    group.settle();
    const id = NODES[round % NODES.length] as number;
    for (const timer of group.host(id).timers.keys()) group.fire(id, timer);
  }
  group.settle();
}

const each = <T>(group: Group, of: (state: ConsensusState) => T): T[] =>
  NODES.map((id) => of(group.state(id)));
const differ = (values: readonly unknown[]): boolean =>
  new Set(values.filter((value) => value !== undefined && value !== 0).map((v) => JSON.stringify(v))).size >
  1;

/** The three problems at once, in disorder: which of them the nodes answer differently. */
function broken(seed: number): string[] {
  const group = start();
  const dice = new Dice(seed);
  for (const id of NODES) {
    group.request(id, standFor(1, id));
    group.request(id, vote(id, true));
    // Somebody does not want to wait for node 3.
    if (id === 1) group.request(id, vote(3, false));
    group.request(id, appendTo(group.state(id), `command of ${id}`));
  }
  disorder(group, dice);
  const found: string[] = [];
  if (differ(each(group, (state) => electedIn(state, 1)))) found.push('election');
  if (differ(each(group, (state) => outcomeOf(state, NODES)))) found.push('commit');
  const logs = each(group, logOf);
  if (logs.some((a) => logs.some((b) => a.some((entry, i) => i < b.length && entry !== b[i]))))
    found.push('log');
  return found;
}

describe('problems that stand on one consensus module', () => {
  it('S4.22 one leader a term, one outcome of a transaction, one log: in any disorder', () => {
    for (let seed = 1; seed <= 20; seed++) expect([seed, ...broken(seed)]).toEqual([seed]);
  });

  it('S4.22 a module whose decisions differ breaks all three', () => {
    for (const defect of ['keeps-own-value', undefined] as const) {
      const group = start(defect);
      /** A majority decides with node 2, and only the one that asks hears of it. */
      const asks = (id: number, command: ConsensusCommand): void => {
        group.request(id, command);
        for (const to of [2, id, 2, id]) group.deliverWhere((flying) => flying.to === to);
        group.flying = [];
      };
      asks(1, standFor(1, 1));
      asks(3, standFor(1, 3));
      expect([1, 3].map((id) => electedIn(group.state(id), 1))).toEqual(
        defect === undefined ? [1, 1] : [1, 3],
      );
      for (const id of [1, 2]) asks(1, vote(id, true));
      asks(1, vote(3, false));
      for (const id of NODES) asks(3, vote(id, true));
      const outcomes = [1, 3].map((id) => outcomeOf(group.state(id), NODES));
      expect(outcomes).toEqual(defect === undefined ? ['aborted', 'aborted'] : ['aborted', 'committed']);
      asks(1, appendTo(group.state(1), 'a'));
      asks(3, appendTo(group.state(3), 'c'));
      expect([1, 3].map((id) => logOf(group.state(id)))).toEqual(
        defect === undefined ? [['a'], ['a']] : [['a'], ['c']],
      );
    }
  });

  it('S4.22 a log is appended to slot by slot, and a command that loses a slot tries the next', () => {
    const group = start();
    for (const [id, command] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ] as const) {
      while (!logOf(group.state(id)).includes(command)) {
        group.request(id, appendTo(group.state(id), command));
        group.settle();
      }
    }
    expect(each(group, logOf)).toEqual(NODES.map(() => ['a', 'b', 'c']));
    group.restart(2);
    expect(logOf(group.state(2)).length).toBeLessThanOrEqual(3);
  });

  it('S4.22 X23 what "reduce" hides: all vote yes, nobody fails, and a slow participant is voted out', () => {
    const group = start();
    group.request(1, vote(1, true));
    group.request(2, vote(2, true));
    group.settle();
    // Node 3 is well and will vote yes, a moment too late for node 1.
    group.request(1, vote(3, false));
    group.settle();
    const late = group.request(3, vote(3, true));
    group.settle();
    expect(each(group, (state) => outcomeOf(state, NODES))).toEqual(['aborted', 'aborted', 'aborted']);
    expect(group.replies.get(late)).toEqual({ ok: true, value: false });
  });

  it('S4.22 X23 what "reduce" hides: an elected leader may be down, and an old one believes in itself', () => {
    const group = start();
    group.request(3, standFor(1, 3));
    group.settle();
    group.passes = ({ from, to }): boolean => from !== 3 && to !== 3;
    group.request(1, standFor(2, 1));
    group.settle();
    expect([1, 2].map((id) => electedIn(group.state(id), 2))).toEqual([1, 1]);
    // Cut off, it knows of no later term: two leaders at one instant, of two terms.
    expect(electedIn(group.state(3), 1)).toBe(3);
    expect(electedIn(group.state(3), 2)).toBe(0);
  });
});
