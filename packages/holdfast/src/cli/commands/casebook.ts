import { dirname, resolve } from 'node:path';
import { anchorOf, CAPSTONES } from '../../casebook/index.ts';
import { shownPath } from '../../node/command.ts';
import { assertUsableFolder } from '../../node/files.ts';
import { DEFAULT_FOLDER } from '../../node/finding.ts';
import { InputError } from '../../node/inputError.ts';
import { versions } from '../../node/versions.ts';
import { type CaseEntry, printDocument, RESULT_VERSION } from '../document.ts';
import { EXIT_CODES, type ExitCode, worstConclusion } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { counted, painted, spent } from '../text.ts';
import { type CaseFiles, renewPage, writeCaseFiles } from './casebookArtefacts.ts';
import { caseEntry } from './casebookEntry.ts';
import { casebookFolder, type LoadedCase, loadCases } from './casebookFiles.ts';
import { type CaseOutcome, runCase } from './casebookOutcome.ts';
import { status } from './casebookStatus.ts';
import { CasebookProgress } from './casebookStep.ts';
import { describeCase, listCases } from './casebookText.ts';

/** What `holdfast casebook` takes. */
export interface CasebookOptions {
  readonly folder?: string;
  readonly report?: string;
  readonly jobs?: number;
  readonly write: boolean;
  /** Whether the run of the wrong approach is made small. */
  readonly shrink: boolean;
  readonly json: boolean;
}

/** `holdfast casebook`: lists the cases, runs them, or tells how far a project of one's own has come. */
export async function casebook(
  action: string | undefined,
  names: readonly string[],
  options: CasebookOptions,
  io: Io,
): Promise<ExitCode> {
  if (action === 'status') return status(names, options.json, io);
  if (action !== undefined && action !== 'run') {
    throw new InputError(
      `Cannot do '${action}' with the casebook: it can be listed, or run`,
      "write 'holdfast casebook run', with the names of cases or without, or 'holdfast casebook status <folder>'",
    );
  }
  const folder = casebookFolder(io.cwd, options.folder);
  const cases = await loadCases(folder, names);
  if (action === 'run') return await runCases(cases, options, io);
  if (options.json) printList(cases, io);
  else io.out(listCases(cases.map(({ study }) => study)));
  return 0;
}

function printList(cases: readonly LoadedCase[], io: Io): void {
  printDocument(io, {
    format: 'holdfast-result',
    version: RESULT_VERSION,
    command: 'casebook',
    cases: cases.map(({ study }) => ({
      name: study.name,
      title: study.title,
      anchor: anchorOf(study.anchor).title,
      capstone: CAPSTONES[study.capstone],
      mechanisms: study.mechanisms,
      documents: study.documents.map(({ form }) => form.name),
    })),
    versions: versions(),
  });
}

async function runCases(cases: readonly LoadedCase[], options: CasebookOptions, io: Io): Promise<ExitCode> {
  const start = performance.now();
  const folder = resolve(io.cwd, options.report ?? DEFAULT_FOLDER);
  if (options.report !== undefined) assertUsableFolder(folder, '--report');
  const interrupt = io.catchInterrupt();
  const progress = new CasebookProgress(io);
  const entries: CaseEntry[] = [];
  const { jobs, write, shrink, json } = options;
  try {
    for (const [i, loaded] of cases.entries()) {
      if (interrupt.signal.aborted) break;
      const label = `${loaded.study.name} (${i + 1} of ${cases.length})`;
      const outcome = await runCase({
        loaded,
        signal: interrupt.signal,
        progress,
        label,
        shrink,
        write,
        ...(jobs === undefined ? {} : { jobs }),
      });
      progress.at = `${label}: report`;
      if (write && !outcome.interrupted) renewPage(loaded, outcome);
      const files = await writeCaseFiles(loaded, outcome, { folder, cwd: io.cwd });
      entries.push(caseEntry(loaded, outcome, files, io.cwd));
      if (!json) say(io, progress, loaded, outcome, files);
    }
  } finally {
    progress.end();
    interrupt.release();
  }
  return conclude(entries, { cases: cases.length, json, start }, io);
}

function say(
  io: Io,
  progress: CasebookProgress,
  loaded: LoadedCase,
  outcome: CaseOutcome,
  files: CaseFiles,
): void {
  progress.wipe();
  const home = shownPath(dirname(loaded.folder), io.cwd);
  io.out(`${describeCase(io, loaded.study, outcome, files, `${home}/${loaded.study.name}`)}\n`);
}

function conclude(
  entries: readonly CaseEntry[],
  { cases, json, start }: { readonly cases: number; readonly json: boolean; readonly start: number },
  io: Io,
): ExitCode {
  const stopped = entries.length < cases || entries.some(({ interrupted }) => interrupted);
  const verdicts = entries.map(({ verdict }) => verdict);
  const verdict = worstConclusion(stopped ? [...verdicts, 'undecided'] : verdicts);
  const totalMs = performance.now() - start;
  if (json) {
    printDocument(io, {
      format: 'holdfast-result',
      version: RESULT_VERSION,
      command: 'casebook',
      verdict,
      exitCode: EXIT_CODES[verdict],
      cases: entries,
      timings: { totalMs: Math.round(totalMs) },
      versions: versions(),
    });
  } else {
    const good = entries.filter((entry) => entry.verdict === 'holds').length;
    const rest = stopped ? `; interrupted after ${counted(entries.length, 'case')} of ${cases}` : '';
    io.out(
      `${painted(io, verdict, verdict.toUpperCase())}  ${good} of ${counted(entries.length, 'case')} as it must be, ${spent(totalMs)}${rest}\n`,
    );
  }
  return EXIT_CODES[verdict];
}
