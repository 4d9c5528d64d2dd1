import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseStudy, type CaseStudy, type DocumentRecipe, measured } from '../../src/casebook/index.ts';
import type { LoadedCase } from '../../src/cli/commands/casebookFiles.ts';
import { runCase } from '../../src/cli/commands/casebookOutcome.ts';
import { renewTable, tableIsStale } from '../../src/cli/commands/casebookPage.ts';
import { CasebookProgress } from '../../src/cli/commands/casebookStep.ts';
import type { Io } from '../../src/cli/io.ts';
import { temporaryFolder } from '../cli/support.ts';
import { definition } from './fixtures/cases/good/case.ts';

const STUDY: CaseStudy = caseStudy({ ...definition, seeds: { first: 1, count: 2 } });
const SILENT: Io = {
  cwd: '/',
  out: () => undefined,
  err: () => undefined,
  errIsTerminal: false,
  colours: false,
  width: undefined,
  catchInterrupt: () => ({ signal: new AbortController().signal, release: () => undefined }),
};

function outcomeOf(loaded: LoadedCase, controller: AbortController): ReturnType<typeof runCase> {
  const progress = new CasebookProgress(SILENT);
  const { signal } = controller;
  return runCase({ loaded, signal, progress, label: 'good', shrink: false, write: false }).finally(() =>
    progress.end(),
  );
}

describe('a case that is run', () => {
  it('keeps what is known when it is interrupted while documents are filled', async () => {
    const controller = new AbortController();
    const [recipe] = STUDY.documents;
    if (recipe === undefined) expect.fail('the case has a document');
    let filled = 0;
    const watched = (abort: boolean): DocumentRecipe => ({
      form: recipe.form,
      fill: (runs) => {
        filled++;
        if (abort) controller.abort();
        return recipe.fill(runs);
      },
    });
    const documents = [watched(false), watched(true), watched(false)];
    const study = caseStudy({
      ...STUDY,
      experiments: { ...STUDY.experiments, wrong: STUDY.experiments.better },
      documents,
    });
    const outcome = await outcomeOf({ study, folder: temporaryFolder() }, controller);
    expect([outcome.interrupted, filled, outcome.documents.length]).toEqual([true, 2, 2]);
    expect(outcome.better?.seeds).toBe(2);
    expect(Object.keys(outcome.table ?? {})).toEqual(['ask', 'do not ask']);
    expect(outcome.claims.map(({ holds }) => holds)).toEqual([true]);
    expect(outcome.conclusion).toBe('undecided');
  });

  it('finds the table of a page stale when a number differs or it is missing, and renews it', () => {
    const folder = temporaryFolder();
    const loaded: LoadedCase = { study: STUDY, folder };
    const table = measured(STUDY);
    const page = join(folder, 'README.md');
    expect(tableIsStale(loaded, table)).toBe(false);
    writeFileSync(page, 'no table\n');
    expect(tableIsStale(loaded, table)).toBe(true);
    writeFileSync(page, 'before\n<!-- measured -->\n<!-- /measured -->\nafter\n');
    renewTable(loaded, table);
    const renewed = readFileSync(page, 'utf8');
    expect(tableIsStale(loaded, table)).toBe(false);
    expect(renewed).toMatch(/^before\n<!-- measured -->\n\| choice \| answered \| gain \| cost \|\n/);
    const answered = String(table['ask']?.['answered']);
    writeFileSync(page, renewed.replace(`| ${answered} |`, `| ${answered}1 |`));
    expect(tableIsStale(loaded, table)).toBe(true);
  });
});
