import {
  type NewVersion,
  readRolloutPlan,
  ROLLOUT_PROMISES,
  rolloutExperiment,
  RolloutPlanError,
  type RunResult,
  simulate,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import { PLAN } from '../casebook/review/deploy.ts';

function carriedOut(version: NewVersion, seed: number, plan = PLAN): RunResult {
  return simulate(rolloutExperiment('rollout', plan, { version }), seed, { trace: true });
}

const broken = ({ verdicts }: RunResult): string[] =>
  verdicts.filter(({ status }) => status !== 'holds').map(({ promise }) => promise);

describe('a rollout by a plan', () => {
  it('S3.28 RB4 trips at the threshold: one share below it goes out, one above it goes back', () => {
    const shares = [0, 0.2, 0.4, 0.6, 0.8, 1];
    const ends = shares.map((failing) => {
      const result = carriedOut({ failing, wrongEvery: 0 }, 3);
      expect(broken(result)).toEqual([]);
      // Everything it looked at, as the operator showed it.
      const looked = (result.trace?.events ?? []).flatMap(({ kind, node, data }) =>
        kind === 'state' && node === 0 ? [(data as { readonly value: number }).value] : [],
      );
      const above = looked.some((value) => value > 0.2);
      return { above, back: result.metrics['went back'] === 1 };
    });
    for (const { above, back } of ends) expect(back).toBe(above);
    expect(ends[0]).toEqual({ above: false, back: false });
    expect(ends.at(-1)).toEqual({ above: true, back: true });
  });

  it('S3.28 RB2 RB3 RB5 goes back from its first stage when copies differ, with its evidence and its invariants', () => {
    const plan = { ...PLAN, trigger: { metric: 'mismatches', above: 0 } } as const;
    for (const seed of [1, 2, 3]) {
      const result = carriedOut({ failing: 0, wrongEvery: 4 }, seed, plan);
      expect(broken(result)).toEqual([]);
      expect(result.metrics).toMatchObject({ exposed: 1, 'went back': 1 });
      expect(result.metrics['rows that differ']).toBeGreaterThan(0);
      const reason = result.verdicts.find(({ promise }) => promise === ROLLOUT_PROMISES.evidence)?.reason;
      expect(reason).toContain('1 stages, then going back, back');
    }
  });

  it('S3.28 RB1 a version that writes nothing the old one reads breaks that promise, and no other', () => {
    expect(broken(carriedOut({ failing: 0, wrongEvery: 0 }, 1, { ...PLAN, dualWrite: false }))).toEqual([
      ROLLOUT_PROMISES.compatible,
    ]);
  });

  it('is refused with the field that is wrong', () => {
    const refused = (change: object): string => {
      try {
        readRolloutPlan(JSON.stringify({ ...PLAN, ...change }));
      } catch (error) {
        if (error instanceof RolloutPlanError) return error.field;
        throw error;
      }
      return 'nothing';
    };
    expect(refused({})).toBe('nothing');
    expect(refused({ stages: [2, 1] })).toBe('stages');
    expect(refused({ stages: [] })).toBe('stages');
    expect(refused({ trigger: { metric: 'luck', above: 1 } })).toBe('trigger.metric');
    expect(refused({ trigger: { metric: 'mismatches', above: -1 } })).toBe('trigger.above');
    expect(refused({ bakeMs: 0 })).toBe('bakeMs');
    expect(refused({ dualWrite: 'yes' })).toBe('dualWrite');
    expect(() => readRolloutPlan('{')).toThrow('must be JSON');
  });
});
