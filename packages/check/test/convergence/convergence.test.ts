import { describe, expect, it } from 'vitest';
import { checkConvergence } from '../../src/convergence/eventual.ts';
import { type Replica, ReplicaRunError } from '../../src/convergence/replicas.ts';
import { checkStrongConvergence } from '../../src/convergence/strong.ts';
import { Random } from '../litmus/random.ts';
import { GrowingSet, type Merge, runReplicas } from './gossip.ts';

describe('eventual convergence', () => {
  const options = { quietAt: 100, within: 50, endedAt: 400 };

  function gossip(antiEntropy: boolean, seed: number): Replica[] {
    return runReplicas(new Random(seed), { replicas: 4, writes: 12, antiEntropy, writesEnd: 100, end: 400 });
  }

  it('S1.20 after writes stopped all replicas are equal within the bound, and the lag is told', () => {
    for (let seed = 0; seed < 50; seed++) {
      const verdict = checkConvergence(gossip(true, seed), { ...options, within: 100 });
      expect(verdict.status).toBe('holds');
      expect(verdict.lag).toBeLessThanOrEqual(100);
      expect(verdict.reason).toBe(
        `4 replicas were equal ${verdict.lag} after writes stopped, and stayed so (bound 100)`,
      );
    }
  });

  it('S1.20 without anti-entropy the differing keys and the missing updates are reported', () => {
    let differed = 0;
    for (let seed = 0; seed < 50; seed++) {
      const verdict = checkConvergence(gossip(false, seed), options);
      if (verdict.status === 'holds') continue;
      differed++;
      expect(verdict.lag).toBeUndefined();
      expect(verdict.differing.length).toBeGreaterThan(0);
      expect(verdict.missing.size).toBeGreaterThan(0);
      expect(verdict.reason).toContain(
        '50 after writes stopped replicas still differ, and became equal still not at the end (300)',
      );
    }
    expect(differed).toBeGreaterThan(40);
  });

  const replica = (
    name: string,
    ...states: readonly (readonly [at: number, state: Record<string, number>])[]
  ): Replica => ({
    name,
    states: states.map(([at, state]) => ({ at, applied: Object.keys(state), state })),
  });

  it('S1.20 names the differing keys, what each replica has there, and how late it was', () => {
    const late = [replica('A', [0, { x: 1, y: 2 }]), replica('B', [0, { x: 1 }], [180, { x: 1, y: 2 }])];
    const verdict = checkConvergence(late, options);
    expect(verdict.status).toBe('violated');
    expect(verdict.lag).toBe(80);
    expect(verdict.reason).toBe(
      '50 after writes stopped replicas still differ, and became equal only after 80: y (A: 2, B: absent); B has not applied y',
    );
    expect(checkConvergence(late, { ...options, within: 80 }).status).toBe('holds');
  });

  it('S1.20 being equal for a moment is not enough', () => {
    const moment = [replica('A', [0, { x: 1 }], [300, { x: 2 }]), replica('B', [0, { x: 1 }])];
    const verdict = checkConvergence(moment, options);
    expect(verdict.status).toBe('violated');
    expect(verdict.lag).toBeUndefined();
  });

  it('refuses to say more than was watched', () => {
    const apart = [replica('A', [0, { x: 1 }]), replica('B', [0, { x: 2 }])];
    expect(() => checkConvergence(apart, { ...options, endedAt: 120 })).toThrow(ReplicaRunError);
    expect(() => checkConvergence(apart, { ...options, endedAt: 120 })).toThrow('watch them for longer');
    expect(() => checkConvergence([], options)).toThrow('there are no replicas');
    expect(() => checkConvergence([{ name: 'A', states: [] }], options)).toThrow('replica A has no states');
    expect(() => checkConvergence([replica('A', [5, {}], [3, {}])], options)).toThrow(
      'state 1 of replica A is of time 3',
    );
  });
});

describe('strong eventual consistency', () => {
  const set: Merge = GrowingSet;

  it('S1.21 every delivery order, with duplicates, of the same updates leads to equal states', () => {
    const verdict = checkStrongConvergence(everyOrder(set.apply));
    expect(verdict.status).toBe('holds');
    expect(verdict.reason).toContain('come from 16 sets of updates');
  });

  it('S1.21 a state that depends on the order, or on duplicates, is caught with both orders and the differing keys', () => {
    const lastWins = checkStrongConvergence(
      everyOrder((state, update) => ({ ...state, [update.key]: update.value })),
    );
    expect(lastWins.status).toBe('violated');
    expect(lastWins.differing.map(({ key }) => key)).toEqual(['x']);
    expect(lastWins.reason).toMatch(
      /^Equal sets of updates led to different states, applied as .* and .*: x \(/,
    );
    const counting = everyOrder((state, update) => ({
      ...state,
      [update.key]: Number(state[update.key] ?? 0) + 1,
    }));
    expect(checkStrongConvergence(counting).status).toBe('violated');
  });

  /** Four updates in all 24 orders, each order also with one update delivered twice. */
  function everyOrder(apply: Merge['apply']): Replica[] {
    const updates = [
      { id: 'a', key: 'x', value: 1 },
      { id: 'b', key: 'x', value: 2 },
      { id: 'c', key: 'y', value: 3 },
      { id: 'd', key: 'z', value: 4 },
    ];
    return permutations(updates).flatMap((order, i) =>
      [order, [...order, order[i % 4] ?? order[0]]].map((deliveries, copy): Replica => {
        let state: Record<string, unknown> = {};
        const applied: string[] = [];
        const states = [{ at: 0, applied: [] as string[], state: {} }];
        deliveries.forEach((update, at) => {
          if (update === undefined) return;
          state = apply(state, update);
          applied.push(update.id);
          states.push({ at: at + 1, applied: [...applied], state: structuredClone(state) });
        });
        return { name: `${order.map((u) => u.id).join('')}${copy}`, states };
      }),
    );
  }
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
