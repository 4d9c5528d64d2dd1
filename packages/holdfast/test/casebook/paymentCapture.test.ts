import { beforeAll, describe, expect, it } from 'vitest';
import {
  assertSamePlans,
  caseStudy,
  type CaseStudy,
  filled,
  measured,
  pairOutcome,
} from '../../src/casebook/index.ts';
import { type RunResult, simulate } from '../../src/simulate/simulate.ts';
import { caseNamed } from './support.ts';

const [ONCE, SAME, STABLE, NONE_LOST] = [
  'a payment is captured at most once',
  'local state equals the provider’s after reconciliation',
  'the status a user is shown is stable',
  'no side effect is lost',
];

describe('the case of payment capture', () => {
  let study: CaseStudy;
  beforeAll(async () => {
    study = caseStudy({ ...(await caseNamed('payment-capture')), seeds: { first: 4, count: 2 } });
  });

  const run = (name: string, seed: number): RunResult => {
    const experiment = study.experiments[name];
    if (experiment === undefined) expect.fail(`no experiment '${name}'`);
    return simulate(experiment, seed);
  };

  it('S1.149 captures once, agrees with the provider, keeps statuses stable and loses nothing under crashes, timeouts and copies', () => {
    const examined: Record<string, number> = {};
    for (let seed = 1; seed <= 40; seed++) {
      const { verdicts, status, metrics } = run('better', seed);
      expect({ seed, status }).toEqual({ seed, status: 'holds' });
      expect(metrics['faults_struck']).toBeGreaterThan(3);
      for (const { promise, evidence } of verdicts) {
        examined[promise] = (examined[promise] ?? 0) + (evidence?.examined ?? 0);
      }
    }
    for (const promise of [ONCE, SAME, STABLE, NONE_LOST])
      expect(examined[promise ?? '']).toBeGreaterThan(500);
  });

  it('S1.23 the monitor of captures fires where there is no key, and names both of them', () => {
    const verdict = run('no-key', 2).verdicts.find(({ promise }) => promise === ONCE);
    expect(verdict?.status).toBe('violated');
    expect(verdict?.reason).toMatch(
      /^order-\d+ was captured under no key at [\d.]+ s, and again under no key at [\d.]+ s/,
    );
    expect(run('new-key', 1).verdicts.find(({ promise }) => promise === ONCE)?.reason).toMatch(
      /under key order-5#2 at [\d.]+ s, and again under key order-5#3 at/,
    );
  });

  it('S1.149 each part left out breaks the promise it is there for, on the same plans, and only under faults', () => {
    assertSamePlans(study);
    expect(study.pairs).toHaveLength(8);
    for (const pair of study.pairs ?? []) expect(pairOutcome(study, pair).problems).toEqual([]);
  });

  it('S1.149 the table shows no harm with the whole design and some without any part of it', () => {
    const table = measured(study);
    expect(study.tradeoffs.claims.filter(({ holds }) => !holds(table))).toEqual([]);
    const [recipe] = study.documents;
    if (recipe === undefined) expect.fail('the sheet');
    for (const { says } of filled(study, recipe).fields) expect(says).not.toContain('NOT SHOWN');
  });
});
