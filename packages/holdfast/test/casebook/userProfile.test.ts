import { beforeAll, describe, expect, it } from 'vitest';
import { assertSamePlans, caseStudy, type CaseStudy, pairOutcome } from '../../src/casebook/index.ts';
import { type RunResult, simulate } from '../../src/simulate/simulate.ts';
import { caseNamed } from './support.ts';

describe('the case of the user profile', () => {
  let study: CaseStudy;
  beforeAll(async () => {
    study = caseStudy({ ...(await caseNamed('user-profile')), seeds: { first: 1, count: 1 } });
  });

  const run = (name: string, seed: number): RunResult => {
    const experiment = study.experiments[name];
    if (experiment === undefined) expect.fail(`no experiment '${name}'`);
    return simulate(experiment, seed);
  };

  it('S1.153 under a partition each field keeps its own promise, and every one of them was looked at', () => {
    const examined: Record<string, number> = {};
    for (const seed of [1, 2]) {
      const { verdicts, status } = run('better', seed);
      expect({ seed, status }).toEqual({ seed, status: 'holds' });
      for (const { promise, evidence } of verdicts) {
        examined[promise] = (examined[promise] ?? 0) + evidence.examined;
      }
    }
    for (const promise of study.experiments.better.subject.promises) {
      expect({ promise, isSeen: (examined[promise] ?? 0) > 10 }).toEqual({ promise, isSeen: true });
    }
  });

  it('S1.153 the policy of another field breaks the promise of each: the deleted come back, an address is doubled', () => {
    assertSamePlans(study);
    const reasons = (study.pairs ?? []).map((pair) => {
      const { problems, reason } = pairOutcome(study, pair);
      expect(problems).toEqual([]);
      return `${pair.name}: ${reason}`;
    });
    expect(reasons).toEqual([
      expect.stringMatching(/^Display name: ann-\d is .* in the \w+ region, and .* was written last/),
      expect.stringMatching(/^E-mail address: 2 of 1 ann\d@example\.org were allocated at once/),
      expect.stringMatching(
        /^Marketing preferences: \w+ of ann-\d was chosen, and is gone in the \w+ region/,
      ),
      expect.stringMatching(
        /^Account deletion: ann-\d (.* was seen deleted .*, and later there|was deleted, and is there)/,
      ),
      expect.stringMatching(/^Security settings: process \d+ read/),
    ]);
  });

  it('S1.153 where the east is cut off names and choices go on, and what has one authority waits', () => {
    const { choices, measure, claims } = study.tradeoffs;
    const table = Object.fromEntries(
      choices.map(({ name, experiment }) => [name, measure(run(experiment, 1))] as const),
    );
    expect(claims.filter(({ holds }) => !holds(table))).toEqual([]);
  });
});
