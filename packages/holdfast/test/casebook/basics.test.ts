import { beforeAll, describe, expect, it } from 'vitest';
import {
  assertSamePlans,
  caseStudy,
  type CaseStudy,
  measured,
  pairOutcome,
} from '../../src/casebook/index.ts';
import { type RunResult, simulate } from '../../src/simulate/simulate.ts';
import { caseNamed } from './support.ts';

/** A case on one seed, whose table is measured in as few as its claims allow. */
async function small(name: string): Promise<CaseStudy> {
  return caseStudy({ ...(await caseNamed(name)), seeds: { first: 1, count: 1 } });
}

function run(study: CaseStudy, name: string, seed = 1): RunResult {
  const experiment = study.experiments[name];
  if (experiment === undefined) expect.fail(`no experiment '${name}'`);
  return simulate(experiment, seed, { trace: true });
}

function unshown(study: CaseStudy): string[] {
  const table = measured(study);
  return study.tradeoffs.claims.filter(({ holds }) => !holds(table)).map(({ sentence }) => sentence);
}

function problems(study: CaseStudy): string[] {
  assertSamePlans(study);
  return (study.pairs ?? []).flatMap((pair) => pairOutcome(study, pair).problems);
}

describe('the shapes of partition', () => {
  let study: CaseStudy;
  beforeAll(async () => {
    study = await small('partitions');
  });

  it('S1.121 S1.126 each breaks whoever does not expect it, and nobody who does, on the same seeds', () => {
    expect(study.pairs?.map(({ name }) => name)).toEqual([
      'Clean partition',
      'Asymmetric reachability',
      'Partial port failure',
      'DNS partition',
      'Regional isolation',
      'Packet loss with high latency',
      'Black hole',
      'Bridge',
    ]);
    expect(problems(study)).toEqual([]);
  });

  it('S1.122 the health check is green while replication lags, until the lag raises an alert', () => {
    const alerts = (name: string): number =>
      run(study, name).trace?.events.filter(({ kind, label }) => kind === 'note' && label === 'alert lag')
        .length ?? 0;
    expect([alerts('one-port'), alerts('one-port-defended'), alerts('one-port-whole')]).toEqual([0, 1, 0]);
  });

  it('S1.123 clients with a cached name go on until its time is over, others fail, told per client', () => {
    for (const seed of [1, 2, 3]) {
      const { metrics } = run(study, 'names', seed);
      const of = (client: string, what: string): number => metrics[`${client} ${what}`] ?? Number.NaN;
      const until = 'answered until, ms after the cut';
      // The names of C1 and C2 are a second old at most: each goes on for what was left of it.
      for (const client of ['C1', 'C2']) {
        expect(of(client, until)).toBeGreaterThan(100);
        expect(of(client, until)).toBeLessThan(1_000);
        expect(of(client, 'answered')).toBeLessThan(of(client, 'asked') / 2);
      }
      expect(of('C2', until)).not.toBe(of('C1', until));
      expect([of('C3', 'asked') > 20, of('C3', 'answered'), of('C3', until)]).toEqual([true, 0, 0]);
      const kept = run(study, 'names-defended', seed).metrics;
      expect(kept['C1 answered']).toBe(kept['C1 asked']);
      expect(kept['C3 answered']).toBe(0);
      const whole = run(study, 'names-whole', seed).metrics;
      expect(whole['C3 answered']).toBe(whole['C3 asked']);
    }
  });

  it('S1.124 in an isolated region local operations go on and those on a global invariant wait, as the policy says', () => {
    const answered = (name: string): Record<string, readonly [done: number, asked: number]> => {
      const { history } = run(study, name);
      const inCut = history.operations.filter(
        ({ key, invokedAt }) => key?.startsWith('1-') && invokedAt > 2_800_000 && invokedAt < 4_700_000,
      );
      return Object.fromEntries(
        ['local', 'global'].map((f) => {
          const asked = inCut.filter((operation) => operation.f === f);
          const done = asked.filter(
            ({ outcome, completedAt }) => outcome === 'ok' && completedAt < 5_000_000,
          );
          return [f, [done.length, asked.length]];
        }),
      );
    };
    const { local = [0, 0], global = [0, 0] } = answered('region-defended');
    expect([local[0] === local[1], local[1] > 10, global[0], global[1] > 10]).toEqual([true, true, 0, true]);
    const all = answered('region');
    expect(all['global']?.[0]).toBe(all['global']?.[1]);
    expect(answered('region-all-wait')).toEqual({ local: [0, local[1]], global: [0, global[1]] });
    // Letting all go on costs the invariant.
    expect(run(study, 'region').verdicts[0]).toMatchObject({
      promise: 'no seat is given twice',
      status: 'violated',
    });
    expect(run(study, 'region-defended').verdicts[0]?.status).toBe('holds');
  });

  it('S1.125 asking again too soon multiplies the load; a wait that fits sends about as much as loss alone predicts', () => {
    const sent = (name: string): number => run(study, name).metrics['sent per call'] ?? Number.NaN;
    const needed = run(study, 'far').metrics['needed per call'] ?? Number.NaN;
    expect(needed).toBeCloseTo(1 / 0.81, 6);
    expect(sent('far')).toBeGreaterThan(2 * needed);
    expect(sent('far-defended')).toBeLessThan(1.1 * needed);
  });
});

describe('five explanations of one silence', () => {
  it('S2.22 the shop sees the same five times, a number of which stands in the table, and no reading of it is right five times', async () => {
    const study = await small('silence');
    expect(problems(study)).toEqual([]);
    expect(unshown(study)).toEqual([]);
  });
});

describe('split brain in five systems', () => {
  it('S1.118 both sides act and do the harm of their system without prevention, and not with all seven, on the same seeds', async () => {
    const study = await small('split-brain');
    expect(study.pairs?.map(({ name }) => name)).toEqual([
      'database primary',
      'job scheduler',
      'lock service',
      'cluster controller',
      'storage volume',
    ]);
    for (const pair of study.pairs ?? []) {
      const { reason, problems: bad } = pairOutcome(study, pair);
      expect(bad).toEqual([]);
      // The consequence as this system has it.
      expect(pair.trouble.endsWith(reason.split(': ').at(-1) ?? 'nothing')).toBe(true);
    }
  });
});
