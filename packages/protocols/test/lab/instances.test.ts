import { describe, expect, it } from 'vitest';
import { twoPhaseCommit } from '../../src/commit/index.ts';
import { guarded } from '../../src/core/guard.ts';
import { instances } from '../../src/lab/index.ts';
import { CoreGroup } from '../support/coreGroup.ts';

describe('many instances of a protocol', () => {
  it('run side by side, each with its own messages, timers and records, also across a restart', () => {
    const core = twoPhaseCommit({ coordinator: 1, participants: [2, 3] });
    const refused = twoPhaseCommit({ coordinator: 1, participants: [2, 3], refusing: [3] });
    const group = new CoreGroup(
      guarded(instances('commits', (instance) => (instance === 9 ? refused : core))),
      [1, 2, 3],
    );
    const ask = (instance: number): number => group.request(1, { instance, command: 'commit' });
    const [first, ninth] = [ask(1), ask(9)];
    group.settle();
    expect(group.replies.get(first)).toEqual({ ok: true, decision: 'committed' });
    expect(group.replies.get(ninth)).toEqual({ ok: true, decision: 'aborted' });
    // Instance 2 has the votes and no decision when the coordinator stops.
    ask(2);
    group.deliverWhere(() => true);
    group.flying = [];
    group.restart(1);
    expect(Object.entries(group.state(1).instances).map(([i, { phase }]) => [i, phase])).toEqual([
      ['1', 'committed'],
      // Nobody is told twice, and an abort is presumed.
      ['2', 'aborted'],
      ['9', 'aborted'],
    ]);
    expect(group.fire(2, '2/timeout')).toBe(true);
    group.settle();
    expect(group.state(2).instances[2]?.phase).toBe('aborted');
    expect(group.state(2).instances[1]?.phase).toBe('committed');
    expect(group.state(2).touched).toEqual([2]);
  });
});
