import { beforeAll, describe, expect, it } from 'vitest';
import { assertSamePlans, caseStudy, type CaseStudy, pairOutcome } from '../../src/casebook/index.ts';
import { type RunResult, simulate } from '../../src/simulate/simulate.ts';
import { caseNamed } from './support.ts';

const RESULT_ONCE = 'a job has one result';
const LEGAL = 'every job moves as the machine says';

describe('the case of the job scheduler', () => {
  let study: CaseStudy;
  beforeAll(async () => {
    study = caseStudy({ ...(await caseNamed('job-scheduler')), seeds: { first: 5, count: 1 } });
  });

  const run = (name: string, seed: number): RunResult => {
    const experiment = study.experiments[name];
    if (experiment === undefined) expect.fail(`no experiment '${name}'`);
    return simulate(experiment, seed);
  };
  const reason = ({ verdicts }: RunResult, promise: string): string =>
    verdicts.find((each) => each.promise === promise)?.reason ?? '';

  it('S1.152 a worker that stands still past its lease is succeeded, its result is refused, and the job has one effect', () => {
    const seen = { refused: 0, leases: 0, jobs: 0, results: 0 };
    for (const name of ['paused', 'better'] as const) {
      for (const seed of [5, 6]) {
        const { status, metrics, verdicts } = run(name, seed);
        expect({ name, seed, status }).toEqual({ name, seed, status: 'holds' });
        expect(verdicts.find(({ promise }) => promise === LEGAL)?.evidence.examined).toBeGreaterThan(40);
        seen.refused += metrics['late writes refused'] ?? 0;
        seen.leases += metrics['leases'] ?? 0;
        seen.jobs += metrics['jobs'] ?? 0;
        seen.results += metrics['results'] ?? 0;
      }
    }
    // More leases than jobs: others took over. Late results came, and were refused.
    expect(seen.jobs).toBe(80);
    expect(seen.leases).toBeGreaterThan(seen.jobs + 10);
    expect(seen.refused).toBeGreaterThan(0);
    expect(seen.results).toBeGreaterThan(50);
    expect(seen.results).toBeLessThanOrEqual(seen.jobs);
  });

  it('S1.152 without a look at tokens the first one’s result comes after the second one’s, and both are named', () => {
    expect(reason(run('no-fence', 5), RESULT_ONCE)).toMatch(
      /^job-\d+ was given a result under token \d+ of worker-\d at [\d.]+ s, and again under token \d+ of worker-\d/,
    );
  });

  it('S1.152 each part left out breaks the promise it is there for, on the same plans', () => {
    assertSamePlans(study);
    for (const pair of study.pairs ?? []) expect(pairOutcome(study, pair).problems).toEqual([]);
  });
});
