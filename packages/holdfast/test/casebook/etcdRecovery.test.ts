import { compareDocuments, parseDocument } from '@holdfast/report';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertSamePlans, caseStudy, type CaseStudy, filled, measured } from '../../src/casebook/index.ts';
import { type RunResult, simulate } from '../../src/simulate/simulate.ts';
import { caseNamed, documentText } from './support.ts';

describe('the case of etcd disaster recovery', () => {
  let study: CaseStudy;
  let written: string;
  beforeAll(async () => {
    study = await caseNamed('etcd-recovery');
    written = documentText(study);
  });

  const run = (name: string, seed: number): RunResult => {
    const experiment = study.experiments[name];
    if (experiment === undefined) expect.fail(`the case has no '${name}'`);
    return simulate(experiment, seed, { trace: true });
  };
  const verdict = (
    result: RunResult,
    promise: string,
  ): { status: string; reason: string; examined: number } => {
    const found = result.verdicts.find((each) => each.promise === promise);
    if (found === undefined) expect.fail(`nobody judged '${promise}'`);
    return { status: found.status, reason: found.reason, examined: found.evidence.examined };
  };
  const notes = (result: RunResult, label: string): readonly Record<string, unknown>[] =>
    (result.trace?.events ?? [])
      .filter((event) => event.kind === 'note' && event.label === label)
      .map(({ data }) => data as Record<string, unknown>);

  it('S0.11 tolerates (N-1)/2 permanent failures for N from 1 to 9; killing exactly that many keeps progress, one more stops it', () => {
    const field = parseDocument(written).fields.find(({ name }) => name === 'Permanent failures tolerated');
    const rows = field?.facts.rows as readonly (readonly string[])[];
    expect(rows.map(([, quorum, tolerated]) => `${quorum}/${tolerated}`)).toEqual([
      '1/0',
      '2/0',
      '2/1',
      '3/1',
      '3/2',
      '4/2',
      '4/3',
      '5/3',
      '5/4',
    ]);
    expect(new Set(rows.map(([, , , exactly, more]) => `${exactly}, ${more}`))).toEqual(
      new Set(['goes on, stops']),
    );
  });

  it('S0.12 answers no write and no read on the survivor of three, and says that the quorum is lost', () => {
    const result = run('wait', 1);
    const crashes = result.plan.faults.filter(({ kind }) => kind === 'crash');
    const from = Math.max(...crashes.map(({ atUs }) => atUs));
    const until = Math.min(...crashes.map(({ atUs, forUs }) => atUs + forUs));
    const asked = result.history.operations.filter(
      ({ invokedAt }) => invokedAt > from && invokedAt < until - 2_000_000,
    );
    expect(new Set(asked.map(({ f }) => f))).toEqual(new Set(['read', 'write']));
    expect(asked.length).toBeGreaterThan(50);
    expect(asked.filter(({ outcome, completedAt }) => outcome === 'ok' && completedAt < until)).toEqual([]);
    const words = asked.map(({ output }) => JSON.stringify(output));
    expect(words.filter((text) => text.includes('quorum lost: 1 of 3 members heard')).length).toBeGreaterThan(
      5,
    );
    expect(result.status).toBe('holds');
  });

  it('S0.13 restores into a new cluster that refuses old members, finds clients that are ahead, and loses what came after the snapshot', () => {
    let told = 0;
    for (const seed of [1, 3]) {
      const result = run('better', seed);
      expect(result.status).toBe('holds');
      expect(notes(result, 'restored').map(({ cluster }) => cluster)).toEqual(Array(3).fill('c1-restored'));
      expect(notes(result, 'retired')).toHaveLength(2);
      expect(verdict(result, 'only writes after the snapshot are lost').examined).toBeGreaterThan(10);
      expect(verdict(result, 'clients ahead of what was restored are found').examined).toBeGreaterThan(10);
      told += notes(result, 'client ahead').length;
    }
    expect(told).toBeGreaterThan(0);
    const unchecked = run('returns-unchecked', 1);
    const refused = notes(unchecked, 'refused member');
    expect(refused.length).toBeGreaterThan(10);
    expect(new Set(refused.map(({ cluster, own }) => `${String(cluster)} at ${String(own)}`))).toContain(
      'c1 at c1-restored',
    );
    expect(verdict(unchecked, 'only writes after the snapshot are lost').status).toBe('violated');
  });

  it('S0.14 ends in split brain when the survivor is forced on and the others return; four choices are measured', () => {
    assertSamePlans(study);
    const forced = verdict(run('wrong', 1), 'one history');
    expect(forced.status).toBe('violated');
    expect(forced.reason).toMatch(/^split brain: N\d and N\d have committed different entries at index \d+/);
    const table = measured(caseStudy({ ...study, tradeoffs: { ...study.tradeoffs, seeds: [1] } }));
    expect(Object.keys(table)).toHaveLength(4);
    const unshown = study.tradeoffs.claims.filter(({ holds }) => !holds(table));
    expect(unshown.map(({ sentence }) => sentence)).toEqual([]);
  });

  it('S0.15 fills eight fields, does the arithmetic again, and states no less than restores lost', () => {
    const document = parseDocument(written);
    expect(document.fields).toHaveLength(8);
    const [recipe] = study.documents;
    if (recipe === undefined) expect.fail('the case has no document');
    const lost = document.fields.find(({ name }) => name === 'Maximum data loss');
    const counts = /in 5 seeds ([\d, ]+) acknowledged/
      .exec(lost?.evidence[0]?.text ?? '')?.[1]
      ?.split(', ')
      .map(Number);
    expect(Math.max(...(counts ?? [Infinity]))).toBeLessThanOrEqual(Number(lost?.facts.most));
    expect(Math.max(...(counts ?? [0]))).toBeGreaterThan(0);
    const wrongSum = parseDocument(
      written
        .replace('2: N/2 + 1 by', '1: N/2 + 1 by')
        .replace('{"members":3,"quorum":2}', '{"members":3,"quorum":1}'),
    );
    const [, quorum] = compareDocuments(recipe.form, wrongSum, document);
    expect(quorum).toMatchObject({ field: 'Quorum size', status: 'altered' });
    expect(quorum?.reason).toContain('1, which is wrong: it is 2');
    const forced = filled(study, recipe, { experiments: { better: study.experiments.wrong } });
    const broken = compareDocuments(recipe.form, document, forced).filter(({ status }) => status === 'false');
    expect(broken.map(({ field }) => field)).toEqual([
      'Maximum data loss',
      'Restore procedure',
      'Client reconfiguration',
      'Validation checks',
    ]);
  });
});
