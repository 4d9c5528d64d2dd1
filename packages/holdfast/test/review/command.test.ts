import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, documentedFields } from '../cli/jsonSchema.ts';
import { holdfast, ROOT, temporaryFolder } from '../cli/support.ts';

describe('holdfast review', () => {
  it('ends with 1 and names the rule when one is violated, as documented JSON', async () => {
    const words = ['review', 'casebook/review/variants.ts#RC4', '--list', 'release', '--json'];
    const { code, out, err } = await holdfast(words, ROOT);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const document = JSON.parse(out) as { rules: { id: string; status: string }[] };
    expect(document.rules.filter(({ status }) => status === 'violated')).toMatchObject([{ id: 'RC4' }]);
    expect(differences(document, documentedFields('`review`'))).toEqual([]);
  });

  it('S1.155 PR1 S1.156 writes a report with the rules, the series of dashboards and the steps of the incident', async () => {
    const folder = temporaryFolder();
    const words = ['review', 'casebook/review/variants.ts#IN8', '--list', 'incident', '--report', folder];
    const { code, out } = await holdfast(words, ROOT);
    expect(code).toBe(1);
    expect(out).toContain('VIOLATED  10 rules, open: IN8');
    const [file] = readdirSync(folder);
    const page = readFileSync(join(folder, file ?? ''), 'utf8');
    for (const text of [
      'Rules of incident',
      'Dashboards',
      'tail latency',
      'replication lag',
      'Incident: where it began',
    ])
      expect(page).toContain(text);
    for (const series of ['request rate', 'errors', 'quorum health', 'leader changes'])
      expect(page).toContain(series);
  });

  it('ends with 2 for a file without a service, a list that is not there, and a name that is not in the file', async () => {
    const unusable = async (...words: string[]): Promise<string> => {
      const { code, err } = await holdfast(['review', ...words], ROOT);
      expect(code).toBe(2);
      return err;
    };
    expect(await unusable('casebook/review/front.ts')).toContain('no description of a service');
    expect(await unusable('casebook/review/none.ts')).toContain('no such file');
    expect(await unusable('casebook/review/variants.ts#DR99')).toContain('Cannot choose');
    expect(await unusable('casebook/review/orders.ts', '--list', 'desing')).toContain('design');
  });
});

describe('holdfast verify of a runbook', () => {
  it('S1.155 PR4 makes the rehearsal again: the document holds, and one that was altered does not', async () => {
    const file = 'casebook/review/runbooks/replay.md';
    expect(await holdfast(['verify', file], ROOT)).toMatchObject({ code: 0, err: '' });
    const folder = temporaryFolder();
    const text = readFileSync(join(ROOT, file), 'utf8').replaceAll('letters wait', 'nobody writes');
    writeFileSync(join(folder, 'replay.md'), text);
    const { code, out } = await holdfast(['verify', join(folder, 'replay.md')], ROOT);
    expect(code).toBe(1);
    expect(out).toMatch(/How it shows\s+FALSE/);
  });
});
