import { beforeAll, describe, expect, it } from 'vitest';
import { compareDocuments, parseDocument } from '@holdfast/report';
import {
  assertSamePlans,
  type CaseStudy,
  filled,
  type Measured,
  measured,
} from '../../src/casebook/index.ts';
import { type RunResult, simulate } from '../../src/simulate/simulate.ts';
import { caseNamed, documentText } from './support.ts';

const DIVERGED = 'acknowledged writes on one side only';

describe("the case of GitHub's partition", () => {
  let study: CaseStudy;
  beforeAll(async () => {
    study = await caseNamed('github-partition');
  });

  const run = (name: string, seed: number): RunResult => {
    const experiment = study.experiments[name];
    if (experiment === undefined) expect.fail(`the case has no '${name}'`);
    return simulate(experiment, seed, { trace: true });
  };
  const verdict = (result: RunResult, promise: string): string | undefined =>
    result.verdicts.find((each) => each.promise === promise)?.status;
  const notes = (result: RunResult, label: string): readonly Record<string, unknown>[] =>
    (result.trace?.events ?? [])
      .filter((event) => event.kind === 'note' && event.label === label)
      .map(({ data }) => data as Record<string, unknown>);

  it('S0.2 ends with writes on one side only when both were writable, and with none under a single authority', () => {
    for (const seed of [1, 2, 3]) {
      const [both, single] = [run('wrong', seed), run('better', seed)];
      const lost = notes(both, 'compared').flatMap(({ divergent }) => divergent as readonly string[]);
      expect(lost.length).toBeGreaterThan(0);
      // The monitor compares both lists with the logs themselves.
      const exact = 'the comparison lists exactly what diverged';
      expect([both, single].map((result) => verdict(result, exact))).toEqual(['holds', 'holds']);
      expect(verdict(single, 'acknowledged writes survive')).toBe('holds');
      expect(single.status).toBe('holds');
    }
  });

  it('S0.3 refuses writes by name without authority while reads succeed; with the fence off the same seed loses writes', () => {
    assertSamePlans(study);
    const single = run('better', 1);
    const refused = single.history.operations.filter(({ outcome }) => outcome === 'fail');
    expect(refused.length).toBeGreaterThan(20);
    expect(new Set(refused.map(({ f, output }) => `${f}: ${JSON.stringify(output)}`))).toEqual(
      new Set(['write: "no-authority"']),
    );
    const [cut] = single.plan.faults;
    const until = (cut?.atUs ?? 0) + (cut?.forUs ?? 0);
    const reads = single.history.operations.filter(
      ({ f, invokedAt }) => f === 'read' && invokedAt > (cut?.atUs ?? 0) && invokedAt < until,
    );
    expect(reads.length).toBeGreaterThan(50);
    expect(reads.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    const unfenced = run('wrong', 1);
    expect(verdict(unfenced, 'acknowledged writes survive')).toBe('violated');
    expect(verdict(unfenced, 'linearizability')).toBe('violated');
  });

  it('S0.4 recovers step by step to equal replicas, later than the network; a skipped step is named', () => {
    for (const name of ['wrong', 'better', 'read-only', 'manual-gate']) {
      const result = run(name, 2);
      expect(notes(result, 'recovery').map(({ step }) => step)).toEqual([
        'stop-churn',
        'compare',
        'order',
        'reconcile',
        'rebuild',
        'announce',
      ]);
      expect(verdict(result, 'recovery goes step by step')).toBe('holds');
      expect(verdict(result, 'equal replicas after recovery')).toBe('holds');
    }
    const skipped = run('skips-comparison', 2);
    const found = skipped.verdicts.find(({ promise }) => promise === 'recovery goes step by step');
    expect(found?.reason).toBe("a recovery went on to 'reconcile' without 'order'");
  });

  it('S0.5 compares four policies on one seed: only two writable sides diverge, only read-only accepts nothing', () => {
    const table: Measured = measured(study);
    const unshown = study.tradeoffs.claims.filter(({ holds }) => !holds(table));
    expect(unshown.map(({ sentence }) => sentence)).toEqual([]);
    expect(Object.values(table).map((row) => (row[DIVERGED] ?? 0) > 0)).toEqual([true, false, false, false]);
    for (const row of Object.values(table))
      expect(row['from network back to data back, ms']).toBeGreaterThan(0);
  });

  it('S0.6 fills the runbook with eight fields and their evidence; it turns red when both sides may write', () => {
    const text = documentText(study);
    const written = parseDocument(text);
    expect(written.fields).toHaveLength(8);
    expect(written.fields.every(({ evidence }) => evidence.length > 0)).toBe(true);
    const [recipe] = study.documents;
    if (recipe === undefined) expect.fail('the case has no document');
    const changed = filled(study, recipe, { experiments: { better: study.experiments.wrong } });
    const broken = compareDocuments(recipe.form, written, changed).filter(({ status }) => status !== 'holds');
    expect(broken.map(({ field }) => field)).toEqual([
      'Fence mechanism',
      'Writes allowed',
      'Replication-position check',
      'User-visible mode',
      'Abort condition',
    ]);
    const without = { ...written, fields: written.fields.slice(1) };
    const [missing] = compareDocuments(recipe.form, without, written);
    expect(missing).toMatchObject({ field: 'Authority source', status: 'missing' });
  });
});
