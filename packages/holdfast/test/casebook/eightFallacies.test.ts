import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareDocuments, EIGHT_FALLACIES, eightFallacies, parseDocument } from '@holdfast/report';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  assertSamePlans,
  beliefs,
  caseStudy,
  type CaseStudy,
  filled,
  measured,
  pairOutcome,
} from '../../src/casebook/index.ts';
import { completionOf } from '../../src/casebook/completion.ts';
import { CASEBOOK, caseNamed } from './support.ts';

const KEPT = readFileSync(join(CASEBOOK, 'eight-fallacies', 'eight-fallacies-checklist.md'), 'utf8');

describe('the case of the eight fallacies', () => {
  let study: CaseStudy;
  beforeAll(async () => {
    const whole = await caseNamed('eight-fallacies');
    study = caseStudy({
      ...whole,
      seeds: { first: 1, count: 1 },
      tradeoffs: { ...whole.tradeoffs, seeds: [1, 2, 3] },
    });
  });

  it('S2.1 eight patterns pass while their belief is true, break when it is withdrawn, and hold when defended, on the same seeds', () => {
    const { pairs = [] } = study;
    expect(pairs.map(({ name }) => name)).toEqual(EIGHT_FALLACIES);
    assertSamePlans(study);
    for (const pair of pairs) {
      expect(pair.calm).toBeDefined();
      expect(pairOutcome(study, pair)).toMatchObject({ broken: 1, problems: [] });
    }
  });

  it('S2.1 a believer in place of a defended twin, and a defended twin in place of a believer, are named', () => {
    const [first] = study.pairs ?? [];
    if (first === undefined) expect.fail('eight pairs');
    const careless = pairOutcome(study, { ...first, better: first.wrong });
    expect(careless.problems).toEqual([
      expect.stringMatching(
        /^'The network is reliable': what is built without the belief did not keep every accepted/,
      ),
    ]);
    const careful = pairOutcome(study, { ...first, wrong: first.better });
    expect(careful.problems).toEqual([expect.stringMatching(/was not broken in any of 1 seeds$/)]);
  });

  it('S2.1 what each defence costs is measured, and the table shows what it claims', () => {
    const table = measured(study);
    expect(study.tradeoffs.claims.filter(({ holds }) => !holds(table))).toEqual([]);
    expect(Object.keys(table)).toHaveLength(16);
  });

  it('S4.33 the checklist has eight entries filled from runs; one that is missing, bare or no longer true is named', () => {
    const recipe = beliefs(eightFallacies, study.pairs ?? []);
    const written = parseDocument(KEPT);
    const now = filled(study, recipe);
    const problems = (text: string, after = now): string[] =>
      compareDocuments(eightFallacies, parseDocument(text), after)
        .filter(({ status }) => status !== 'holds')
        .map(({ field, status }) => `${field}: ${status}`);
    expect(written.fields.map(({ name }) => name)).toEqual(EIGHT_FALLACIES);
    expect(written.fields.every(({ evidence }) => evidence.length === 3)).toBe(true);
    expect(problems(KEPT)).toEqual([]);
    const sections = KEPT.split(/^(?=## )/m);
    expect(problems(sections.toSpliced(3, 1).join(''))).toEqual(['Bandwidth is infinite: missing']);
    const bare = sections.map((part) =>
      part.startsWith('## Latency') ? part.replace(/^- .*: `.*`$/gm, '') : part,
    );
    expect(problems(bare.join(''))).toEqual(['Latency is zero: unproved']);
    const { experiments } = study;
    const open = filled(study, recipe, {
      experiments: {
        'secure-defended': experiments['secure'],
        homogeneous: experiments['homogeneous-defended'],
      } as never,
    });
    expect(problems(KEPT, open)).toEqual([
      'The network is secure: false',
      'The network is homogeneous: false',
    ]);
  });

  it('S4.33 a checklist with an empty entry is not complete', () => {
    const document = parseDocument(KEPT);
    const completeOf = (fields: typeof document.fields): string | undefined =>
      completionOf([{ ...document, fields }], { answers: {}, connections: {} }).rules[0]?.reason;
    expect(completeOf(document.fields)).toBe('1 complete');
    const emptied = document.fields.map((field) =>
      field.name === 'Transport cost is zero' ? { ...field, says: '' } : field,
    );
    expect(completeOf(emptied)).toMatch(
      /^0 complete; eight-fallacies-checklist lacks 'Transport cost is zero'/,
    );
  });
});
