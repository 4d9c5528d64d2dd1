import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explore } from '@holdfast/explore';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertSamePlans, caseStudy, type CaseStudy, pairOutcome } from '../../src/casebook/index.ts';
import { neverOversold, oversold } from '../../src/index.ts';
import { loadModel } from '../../src/node/exploration/resolveModel.ts';
import { type RunResult, simulate } from '../../src/simulate/simulate.ts';
import { CASEBOOK, caseNamed } from './support.ts';

const NEVER = 'no more is reserved than there is';
const CONSERVED = 'rebalancing conserves the total';

describe('the case of inventory', () => {
  let study: CaseStudy;
  beforeAll(async () => {
    study = caseStudy({ ...(await caseNamed('inventory')), seeds: { first: 1, count: 1 } });
  });

  const run = (name: string, seed: number): RunResult => {
    const experiment = study.experiments[name];
    if (experiment === undefined) expect.fail(`no experiment '${name}'`);
    return simulate(experiment, seed);
  };
  const verdict = (result: RunResult, promise: string): RunResult['verdicts'][number] | undefined =>
    result.verdicts.find((each) => each.promise === promise);

  it('S1.150 S1.27 one region, a majority, escrow and a bounded counter never oversell, in parted regions and worse', () => {
    for (const design of ['single', 'consensus', 'escrow', 'bounded-counter']) {
      // A group of three replicas takes ten times as long to simulate.
      for (const seed of design === 'consensus' ? [1] : [1, 2]) {
        const result = run(design, seed);
        expect({ design, seed, status: result.status }).toEqual({ design, seed, status: 'holds' });
        expect(result.metrics['oversold']).toBe(0);
        expect(result.metrics['compensated']).toBe(0);
        expect(result.metrics['sold']).toBeGreaterThan(60);
      }
    }
  });

  it('S1.150 S1.27 accepting first oversells, and takes back until what is reserved is there', () => {
    for (const seed of [1, 2]) {
      const result = run('optimistic', seed);
      expect(verdict(result, NEVER)?.status).toBe('violated');
      expect(verdict(result, 'in the end what is reserved is there')?.status).toBe('holds');
      const { oversold: over = 0, compensated = 0 } = result.metrics;
      expect(over).toBeGreaterThan(5);
      expect(compensated).toBeGreaterThanOrEqual(over);
    }
  });

  it('S1.150 rebalancing of escrow conserves the total, and does not when copies of a transfer count', () => {
    for (const design of ['escrow', 'bounded-counter']) {
      expect(verdict(run(design, 1), CONSERVED)).toMatchObject({ status: 'holds' });
      expect(run(design, 1).metrics['transfers']).toBeGreaterThan(10);
    }
    expect(verdict(run('bare-numbers', 1), CONSERVED)?.reason).toMatch(
      /^of good-\d there were 12, and rights and sales make 1[3-9]/,
    );
  });

  it('S1.150 the table of latency and availability is measured, and shows what each design is for', () => {
    const { choices, measure, claims } = study.tradeoffs;
    const table = Object.fromEntries(
      choices.map(({ name, experiment }) => [name, measure(run(experiment, 1))] as const),
    );
    expect(claims.filter(({ holds }) => !holds(table))).toEqual([]);
    expect(Object.keys(table)).toHaveLength(5);
  });

  it('S1.151 RS3 RS4 a wrong clock frees no paid reservation, and does when the state is not asked', () => {
    for (const seed of [1, 2]) {
      const { status, metrics } = run('reservations', seed);
      expect(status).toBe('holds');
      expect(metrics['paid']).toBeGreaterThan(15);
      expect(metrics['expired']).toBeGreaterThan(2);
    }
    expect(verdict(run('frees-what-expired', 1), 'a paid reservation is never freed')?.reason).toMatch(
      /^r\d+ was paid, and expired at/,
    );
  });

  it('S1.151 RS1 RS2 RS6 each belief about reservations breaks its promise on plans on which the shop keeps it', () => {
    assertSamePlans(study);
    for (const pair of study.pairs ?? []) expect(pairOutcome(study, pair).problems).toEqual([]);
  });

  it('S1.151 RS5 cancel, pay and expiry are explored in every order, and the page tells the counts', async () => {
    const page = readFileSync(join(CASEBOOK, 'inventory', 'README.md'), 'utf8');
    const path = join(CASEBOOK, 'inventory', 'lifecycle', 'races.ts');
    const explored = async (name: string) => explore(await loadModel({ kind: 'file', path, name }));
    const all = await explored('race');
    expect(all.status).toBe('holds');
    expect(page).toContain(`| \`race\` | ${all.states} | ${all.generated} | holds |`);
    for (const defect of ['frees-what-expired', 'frees-what-is-cancelled', 'pays-what-is-gone']) {
      const { properties } = await explored(defect);
      const broken = properties.find(({ status }) => status === 'violated');
      expect(page).toContain(`| \`${defect}\` | - | - | violated: ${broken?.name} |`);
    }
  });
});

describe('the capacity monitor', () => {
  const at = (atUs: number, by: string, change: 'taken' | 'given back' = 'taken') => ({
    atUs,
    of: 'seats',
    by,
    change,
  });

  it('S1.27 counts what is allocated at one instant, not in all', () => {
    const fits = [at(1, 'a'), at(2, 'b'), at(3, 'a', 'given back'), at(4, 'c'), at(5, 'c')];
    expect(neverOversold('capacity', fits, () => 2)).toMatchObject({ kept: true, examined: 5 });
    expect(oversold([...fits, at(6, 'd')], () => 2)).toEqual(new Map([['seats', 1]]));
    expect(neverOversold('capacity', [...fits, at(6, 'd')], () => 2).reason).toMatch(
      /^3 of 2 seats were allocated at once/,
    );
  });
});
