import {
  compareDocuments,
  type GeneratedDocument,
  OUTAGE_CONCEPTS,
  parseDocument,
  PHI_THRESHOLDS,
} from '@holdfast/report';
import { describe, expect, it } from 'vitest';
import { CaseError, type CaseStudy, type DocumentRecipe, filled } from '../../src/casebook/index.ts';
import { type Experiment, experiment, partition, raftStepTrace } from '../../src/index.ts';
import { caseNamed, documentText } from './support.ts';

function recipeOf(
  study: CaseStudy,
  form: string,
): { readonly recipe: DocumentRecipe; readonly which: number } {
  const which = study.documents.findIndex((each) => each.form.name === form);
  const recipe = study.documents[which];
  if (recipe === undefined) throw new CaseError('documents', `lack '${form}'`, 'add it');
  return { recipe, which };
}

const changed = (recipe: DocumentRecipe, before: GeneratedDocument, now: GeneratedDocument): string[] =>
  compareDocuments(recipe.form, before, now)
    .filter(({ status }) => status !== 'holds')
    .map(({ field, status }) => `${field} ${status}`);

describe('documents beside those of the incidents', () => {
  it('S4.36 a Raft trace has five nodes, a leader crash, a partition, elections after both, and terms and logs at every step', async () => {
    const study = await caseNamed('raft-majority');
    for (const seed of [1, 2]) {
      const document = filled(study, raftStepTrace('trace', seed));
      const facts = Object.fromEntries(document.fields.map((field) => [field.name, field.facts]));
      expect(facts).toEqual({
        Nodes: { nodes: 5 },
        'Leader crash': { led: true },
        Partition: { led: true, near: 1, nodes: 5 },
        'Re-election': { afterCrash: true, afterCut: true },
        'Terms and logs at every step': { termsGrow: true, commitsGrow: true, logsEqual: true },
      });
      const steps = document.fields.at(-1)?.evidence.map(({ text }) => text) ?? [];
      for (const step of [
        'crashes',
        'is back',
        'the partition strikes',
        'the partition heals',
        'leads in term',
      ]) {
        expect(steps.some((text) => text.includes(step))).toBe(true);
      }
      expect(steps.every((text) => /N5 \d+, \d+, \d+$/.test(text))).toBe(true);
    }
  });

  it('S4.36 a trace without a crash, or with a partition that leaves the leader alone, says that it is not complete', async () => {
    const study = await caseNamed('raft-majority');
    const traced = study.experiments.trace as Experiment;
    const elsewhere = experiment({
      ...traced,
      faults: [partition({ sides: [['N1'], ['N2']], atMs: 6_000, forMs: 1_000 })],
    });
    const { recipe } = recipeOf(study, 'raft-trace');
    const written = parseDocument(documentText(study, {}, recipeOf(study, 'raft-trace').which));
    const now = filled(study, recipe, { experiments: { trace: elsewhere } });
    expect(changed(recipe, written, now)).toEqual([
      'Leader crash false',
      'Partition false',
      'Re-election false',
    ]);
  });

  it('S3.3 a design note answers six questions or leaves them open, fills every section, and turns red for a broken store', async () => {
    const study = await caseNamed('raft-majority');
    const { recipe, which } = recipeOf(study, 'design-note');
    const written = parseDocument(documentText(study, {}, which));
    expect(written.fields).toHaveLength(8);
    const questions = written.fields[0]?.says.split('\n') ?? [];
    expect(questions).toHaveLength(6);
    expect(questions.filter((line) => line.endsWith('**Open.**'))).toHaveLength(2);
    expect(written.fields.find(({ name }) => name === 'Assumptions')?.facts.lines).toHaveLength(4);
    const broken = filled(study, recipe, { experiments: { better: study.experiments.wrong } });
    expect(changed(recipe, written, broken)).toEqual([
      'Key questions false',
      'Invariants false',
      'Evidence false',
    ]);
  });

  it('S4.35 a tuning note justifies its threshold by numbers that are measured again and must match within their tolerance', async () => {
    const study = await caseNamed('github-partition');
    const { recipe, which } = recipeOf(study, 'phi-tuning-note');
    const written = parseDocument(documentText(study, {}, which));
    const facts = Object.fromEntries(written.fields.map((field) => [field.name, field.facts]));
    const numbers = (field: string, name: string): number[] =>
      PHI_THRESHOLDS.map((phi) => Number(facts[field]?.[`${name}${phi}`]));
    const [times, mistakes] = [numbers('Detection time', 'ms'), numbers('False suspicions', 'perMinute')];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(mistakes).toEqual(mistakes.toSorted((a, b) => b - a));
    const chosen = PHI_THRESHOLDS.indexOf(Number(facts.Threshold?.chosen));
    expect(mistakes[chosen]).toBe(0);
    expect(mistakes[chosen - 1]).toBeGreaterThan(0);
    expect(facts.Why).toEqual({ lowIsWrong: true, highIsSlow: true, modelFits: false });
    const slower = documentText(study, {}, which)
      .replace(/\| 1 \| (\d+) \|/, '| 1 | 90 |')
      .replace(/"ms1":\d+/, '"ms1":90');
    expect(changed(recipe, parseDocument(slower), written)).toEqual(['Detection time false']);
    const close = documentText(study, {}, which)
      .replace(/\| 1 \| (\d+) \|/, '| 1 | 33 |')
      .replace(/"ms1":\d+/, '"ms1":33');
    expect(changed(recipe, parseDocument(close), written)).toEqual([]);
  });

  it('S4.38 a postmortem labels an outage by the vocabulary, enacts it again, and names what would have caught it', async () => {
    const study = await caseNamed('github-partition');
    const { recipe, which } = recipeOf(study, 'postmortem');
    const written = parseDocument(documentText(study, {}, which));
    const facts = Object.fromEntries(written.fields.map((field) => [field.name, field.facts]));
    expect(facts.Concepts?.labels).toContain('split brain');
    expect(facts['What would have caught it']).toMatchObject({ cured: true });
    expect(facts['What would have caught it']?.violated).toContain('one write authority');
    const outages = facts['Other outages, to be told the same way']
      ?.outages as readonly (readonly string[])[];
    expect(outages.length).toBeGreaterThanOrEqual(4);
    const labels = [
      ...((facts.Concepts?.labels ?? []) as string[]),
      ...outages.flatMap((row) => (row[3] ?? '').split(', ')),
    ];
    expect(labels.filter((label) => !OUTAGE_CONCEPTS.includes(label))).toEqual([]);
    const cured = filled(study, recipe, { experiments: { wrong: study.experiments.better } });
    expect(changed(recipe, written, cured)).toEqual([
      'Timeline false',
      'Concepts false',
      'What would have caught it false',
    ]);
  });
});
