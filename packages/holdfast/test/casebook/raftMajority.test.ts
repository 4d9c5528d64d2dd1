import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { partitionFacts } from '../../src/cli/demo/partitionFacts.ts';
import { assertSamePlans, caseStudy, type CaseStudy, measured } from '../../src/casebook/index.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { holdfast, temporaryFolder } from '../cli/support.ts';
import { CASEBOOK, caseNamed, documentText } from './support.ts';

const DOCUMENT = join(CASEBOOK, 'raft-majority', 'raft-partition-trace.md');

describe('the case of the majority', () => {
  let study: CaseStudy;
  beforeAll(async () => {
    study = await caseNamed('raft-majority');
  });

  it('S0.8 loses an acknowledged write with the wrong approach and none with the better one, on the same seeds', () => {
    assertSamePlans(study);
    const lost = (name: 'wrong' | 'better', seed: number): string | undefined =>
      simulate(study.experiments[name], seed).verdicts.find(({ promise }) => promise === study.wrong.breaks)
        ?.status;
    const seeds = [1, 2];
    expect(seeds.map((seed) => lost('better', seed))).toEqual(['holds', 'holds']);
    expect(seeds.map((seed) => lost('wrong', seed))).toContain('violated');
  });

  it('S0.9 measures what size, placement and answering at once cost', () => {
    const table = measured(caseStudy({ ...study, tradeoffs: { ...study.tradeoffs, seeds: [1] } }));
    const unshown = study.tradeoffs.claims.filter(({ holds }) => !holds(table));
    expect(unshown.map(({ sentence }) => sentence)).toEqual([]);
    expect(Object.keys(table)).toHaveLength(6);
  });

  it('S0.10 gives seven fields whose answers are those of the final logs, whatever way they are read', () => {
    const text = documentText(study);
    expect(text.match(/^## /gm)).toHaveLength(7);
    const seed = Number(/Generated from seed (\d+)/.exec(text)?.[1]);
    const facts = partitionFacts(simulate(study.experiments.better, seed, { trace: true }), 'N1');
    expect(facts).toMatchObject({ okOfMinority: 0, survivors: 0 });
    expect(text).toContain('No: it appended entries while it was cut off');
    expect(text).toContain('and it committed entries of that term while the partition lasted');
    expect(text).toContain('"oldSurvive":false');
    expect(text).toContain('"newSurvive":true');
  });

  it('keeps a document that verifies, and that turns red for a protocol changed by hand', async () => {
    const good = await holdfast(['verify', DOCUMENT]);
    expect(good.out).toMatch(/^HOLDS {2}7 claims; 1 run made again/m);
    expect(good.code).toBe(0);
    const twin = `better=${join(CASEBOOK, 'raft-majority', 'experiment.ts')}#wrong`;
    const changed = await holdfast(['verify', DOCUMENT, '--with', twin]);
    expect(changed.out).toMatch(/^VIOLATED {2}1 of 7 fields: Client response rule;/m);
    expect(changed.code).toBe(1);
  });

  it('names a field that was deleted or made false by hand, with exit code 1', async () => {
    const folder = temporaryFolder();
    const text = readFileSync(DOCUMENT, 'utf8');
    const without = text.replace(/^## Majority size[\s\S]*?(?=^## )/m, '');
    writeFileSync(join(folder, 'without.md'), without);
    writeFileSync(
      join(folder, 'lied.md'),
      text.replace('3 of 5.', '2 of 5.').replace('"majority":3', '"majority":2'),
    );
    const cwd = join(CASEBOOK, '..');
    const deleted = await holdfast(['verify', join(folder, 'without.md')], cwd);
    expect(deleted.out).toMatch(/^ {2}Majority size +MISSING /m);
    const lied = await holdfast(['verify', join(folder, 'lied.md')], cwd);
    expect(lied.out).toMatch(/^ {2}Majority size +FALSE +it says "2 of 5."; run again it is "3 of 5."/m);
    expect([deleted.code, lied.code]).toEqual([1, 1]);
  });

  it('refuses a better approach that faces other faults than the wrong one', () => {
    const { experiments } = study;
    const calm = { ...experiments.better, faults: [] };
    const unlike = { ...study, experiments: { ...experiments, better: calm } };
    expect(() => assertSamePlans(unlike)).toThrow(/do not face the same operations and faults in seed 1/);
  });
});
