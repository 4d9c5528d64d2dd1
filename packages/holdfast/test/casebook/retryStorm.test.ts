import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { idempotencySteps, readRetryFields, readRetryFile } from '@holdfast/protocols';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  assertSamePlans,
  caseStudy,
  type CaseStudy,
  measured,
  retryBudget,
} from '../../src/casebook/index.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { holdfast } from '../cli/support.ts';
import { CASEBOOK, caseNamed } from './support.ts';

const FOLDER = join(CASEBOOK, 'retry-storm');
const DOCUMENT = join(FOLDER, 'retry-budget.md');
const FIELDS = JSON.parse(readFileSync(join(FOLDER, 'budget.json'), 'utf8')) as Record<string, string>;

function unused(): never {
  throw new Error('the budget needs no run made small');
}

describe('the case of the retry storm', () => {
  let study: CaseStudy;
  beforeAll(async () => {
    study = await caseNamed('retry-storm');
  });

  it('S0.16 never recovers with the wrong approach and does with the better one, on the same seeds', () => {
    assertSamePlans(study);
    for (const seed of [4]) {
      expect(simulate(study.experiments.better, seed).status).toBe('holds');
      const { verdicts } = simulate(study.experiments.wrong, seed);
      expect(verdicts.find(({ promise }) => promise === study.wrong.breaks)?.status).toBe('violated');
    }
  });

  it('S0.21 measures failures, load, tail, double charges and storage of each choice', () => {
    const table = measured(caseStudy({ ...study, tradeoffs: { ...study.tradeoffs, seeds: [1] } }));
    const unshown = study.tradeoffs.claims.filter(({ holds }) => !holds(table));
    expect(unshown.map(({ sentence }) => sentence)).toEqual([]);
    expect(Object.keys(table)).toHaveLength(5);
  });

  it('S4.37 the memo has four sections, verifies, and its table of a key is the machine that was tested', async () => {
    const memo = join(FOLDER, 'idempotent-api-memo.md');
    const text = readFileSync(memo, 'utf8');
    expect(text.match(/^## .*$/gm)).toEqual([
      '## Request flow',
      '## Key lifecycle',
      '## Retry semantics',
      '## End-to-end argument',
    ]);
    for (const { state, event, answer, next } of idempotencySteps()) {
      expect(text).toContain(`| ${state} | ${event} | ${answer} | ${next} |`);
    }
    expect(text).toMatch(
      /charges, and records the answer .*\n(.*\n)*.*finds the answer of the key, and runs nothing/,
    );
    const good = await holdfast(['verify', memo]);
    expect(good.out).toMatch(/^HOLDS {2}4 claims/m);
    const twin = `better=${join(FOLDER, 'experiment.ts')}#backoff-without-keys`;
    const changed = await holdfast(['verify', memo, '--with', twin]);
    expect(changed.out).toMatch(
      /^VIOLATED {2}3 of 4 fields: Request flow, Retry semantics, End-to-end argument;/m,
    );
  });

  it('S0.22 has nine fields, verifies, and configures a client as the file it was filled from does', async () => {
    const text = readFileSync(DOCUMENT, 'utf8');
    expect(text.match(/^## /gm)).toHaveLength(9);
    expect(readRetryFile(text, DOCUMENT)).toEqual(readRetryFields(FIELDS, 'budget.json'));
    const good = await holdfast(['verify', DOCUMENT]);
    expect(good.out).toMatch(/^HOLDS {2}9 claims; 2 runs made again/m);
    const twin = `better=${join(FOLDER, 'experiment.ts')}#wrong`;
    const changed = await holdfast(['verify', DOCUMENT, '--with', twin]);
    expect(changed.code).toBe(1);
    expect(changed.out).toMatch(/^VIOLATED {2}\d of 9 fields: Timeout, Max attempts, /m);
  });

  it('S0.22 a run that violates any bound, or does not keep a setting, fails its field and no other', () => {
    const result = simulate(study.experiments.better, 1, { trace: true });
    const runs = {
      place: 'casebook/retry-storm',
      seeds: { first: 1, count: 1 },
      experiments: study.experiments,
      run: () => result,
      shrunk: unused,
    };
    const failing = (field: string, value: string): string[] => {
      const sources = retryBudget('better', { ...FIELDS, [field]: value }, 'budget.json').fill(runs);
      return Object.keys(sources).filter((name) => sources[name]?.facts['kept'] !== true);
    };
    for (const bound of ['load multiplier <= 1', 'goodput >= 101 %', 'p99 <= 1 ms', 'user failures <= 1 %']) {
      expect(failing('Metrics', bound)).toEqual(['Metrics']);
    }
    expect(failing('Timeout', '400 ms each, 1500 ms in all')).toEqual(['Timeout']);
    expect(failing('Max attempts', '2')).toEqual(['Max attempts']);
    expect(failing('Backoff', 'from 10 ms, times 2, at most 20 ms')).toEqual(['Backoff']);
    expect(
      failing('Circuit/degrade rule', 'retries 1 % of calls and 0 a second over 10 s; then fail closed'),
    ).toEqual(['Circuit/degrade rule']);
    expect(
      failing('Circuit/degrade rule', 'retries 10 % of calls and 1 a second over 10 s; then answer "later"'),
    ).toEqual(['Circuit/degrade rule']);
  });
});
