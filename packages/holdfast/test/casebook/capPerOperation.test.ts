import { compareDocuments, parseDocument } from '@holdfast/report';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertSamePlans, type CaseStudy, filled, measured } from '../../src/casebook/index.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { caseNamed, documentText } from './support.ts';

const FIELDS = [
  'password',
  'permission',
  'billing',
  'display name',
  'avatar',
  'preferences',
  'bio',
  'notifications',
];

describe('the case of CAP per operation', () => {
  let study: CaseStudy;
  beforeAll(async () => {
    study = await caseNamed('cap-per-operation');
  });

  const statuses = (name: 'wrong' | 'better', seed: number): Record<string, string> =>
    Object.fromEntries(
      simulate(study.experiments[name], seed).verdicts.map(({ promise, status }) => [promise, status]),
    );

  it('S0.27 refuses strong operations without authority, accepts degraded ones, and loses no merged edit', () => {
    assertSamePlans(study);
    for (const seed of [1, 2, 3]) {
      expect(statuses('better', seed)).toMatchObject({
        linearizability: 'holds',
        'no accepted edit is lost': 'holds',
        'regions agree in the end': 'holds',
        'eventual consistency': 'holds',
      });
      expect(statuses('wrong', seed)).toMatchObject({
        linearizability: 'violated',
        'no accepted edit is lost': 'violated',
      });
    }
    const rows = filledRows('Partition behavior');
    expect(rows.map(([, home]) => home)).toEqual(FIELDS.map(() => 'accepted'));
    expect(rows.map(([, , away]) => away)).toEqual(FIELDS.map((_, i) => (i < 3 ? 'refused' : 'accepted')));
  });

  it('S0.28 measures availability and violations of each class under four policies on one seed', () => {
    const table = measured(study);
    expect(study.tradeoffs.claims.filter(({ holds }) => !holds(table))).toEqual([]);
    expect(Object.keys(table)).toHaveLength(4);
    const lost = Object.values(table).map((row) => row['merged: accepted edits lost']);
    expect(lost[0]).toBeGreaterThan(5);
    expect(lost.slice(1)).toEqual([0, 0, 0]);
  });

  it('S0.29 fills seven columns with a row for each operation; one that is missing, or another policy, is named', () => {
    const written = parseDocument(documentText(study));
    expect(written.fields).toHaveLength(7);
    for (const { facts, evidence } of written.fields) {
      expect((facts.rows as readonly (readonly string[])[]).map(([name]) => name)).toEqual(
        FIELDS.map((field) => `change ${field}`),
      );
      expect(evidence).toHaveLength(FIELDS.length);
    }
    const [recipe] = study.documents;
    if (recipe === undefined) expect.fail('the case has no document');
    const now = filled(study, recipe);
    const without = documentText(study)
      .replace(/^\| change avatar .*\n/m, '')
      .replace(/\["change avatar","[^\]]*"\],/, '');
    const [first] = compareDocuments(recipe.form, parseDocument(without), now);
    expect(first).toMatchObject({ field: 'Operation', status: 'false' });
    const all = filled(study, recipe, { experiments: { better: study.experiments.wrong } });
    const broken = compareDocuments(recipe.form, written, all).filter(({ status }) => status === 'false');
    expect(broken.map(({ field }) => field)).toContain('Partition behavior');
    expect(broken.map(({ field }) => field)).toContain('Conflict policy');
  });

  function filledRows(name: string): readonly (readonly string[])[] {
    const [recipe] = study.documents;
    if (recipe === undefined) return [];
    const field = filled(study, recipe).fields.find((each) => each.name === name);
    return (field?.facts.rows ?? []) as readonly (readonly string[])[];
  }
});
