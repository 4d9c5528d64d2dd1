import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIAGNOSIS_LABS, hiddenCause } from '../../src/diagnosis/index.ts';
import { holdfast, ROOT, temporaryFolder } from '../cli/support.ts';

const NAME = 'diagnose-works-by-ip-not-by-name';
const EVIDENCE: Readonly<Record<string, string>> = {
  'stale-cache': 'local-answer',
  'split-horizon': 'authority-by-asker',
  'search-suffix': 'names-asked',
  'record-missing': 'authority-answer',
};

describe('holdfast exercise diagnose-...', () => {
  it('S1.136 shows a run, takes cause and evidence, passes the right ones and refuses the wrong', async () => {
    const folder = temporaryFolder();
    const lab = DIAGNOSIS_LABS.find(({ name }) => NAME.endsWith(name));
    if (lab === undefined) throw new Error('no such lab');
    const where = ['--folder', folder, '--from', join(ROOT, 'casebook/diagnosis')];
    const shown = await holdfast(['exercise', 'show', NAME, '--seed', '3', ...where]);
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.out).toContain('the authority, asked by the resolver');
    const file = join(folder, `${NAME}-3.json`);
    const blank = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const grade = async (
      cause: string,
      evidence: readonly string[],
    ): Promise<{ code: number; out: string }> => {
      writeFileSync(file, JSON.stringify({ ...blank, answers: { cause, evidence } }));
      return await holdfast(['exercise', 'grade', file, ...where]);
    };
    const hidden = hiddenCause(lab, 3);
    expect(await grade(hidden, [EVIDENCE[hidden] ?? ''])).toMatchObject({ code: 0 });
    const wrong = await grade(hidden, ['by-address']);
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain('shows nothing unusual');
  });
});
