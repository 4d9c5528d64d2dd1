import { planRun, type RunResult, simulate } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { counted, EASY_TRIAL, RULES_OF_THUMB, violations } from '../../casebook/learn/rules/gallery.ts';

/** The first of a few seeds in which ignoring a rule costs something. */
function costly(rule: (typeof RULES_OF_THUMB)[number]): {
  readonly kept: RunResult;
  readonly ignored: RunResult;
} {
  for (let seed = 1; seed <= 6; seed++) {
    const [kept, ignored] = [simulate(rule.kept, seed), simulate(rule.ignored, seed)];
    if (counted(rule, ignored) > counted(rule, kept)) return { kept, ignored };
  }
  return expect.fail(`'${rule.rule}' makes no difference in six seeds`);
}

describe('the nine rules of thumb', () => {
  for (const rule of RULES_OF_THUMB)
    it(`S1.157 ${rule.rule}: fewer ${rule.counts?.what ?? 'promises broken'} than where ${rule.instead}`, () => {
      const { kept, ignored } = costly(rule);
      const { operations, faults } = planRun(rule.kept, kept.plan.seed);
      // The same load and faults: the rule is the only difference.
      expect([ignored.plan.operations, ignored.plan.faults]).toEqual([operations, faults]);
      expect(violations(kept)).toBe(0);
      expect(counted(rule, kept)).toBeLessThan(counted(rule, ignored));
    });

  it('S1.157 a trial of a failover path in good weather finds nothing, whatever the incident will show', () => {
    expect(RULES_OF_THUMB).toHaveLength(9);
    expect(violations(simulate(EASY_TRIAL, 1))).toBe(0);
  });
});
