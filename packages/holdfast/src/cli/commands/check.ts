import { resolve } from 'node:path';
import { detectFormat, type HistoryFile } from '@holdfast/check';
import { readGiven } from '../../node/files.ts';
import { isLargeFile, judgeLargeHistory } from '../../node/largeHistory.ts';
import { InputError, messageOf, systemCode } from '../../node/inputError.ts';
import {
  formatNamed,
  type Judge,
  judgeFor,
  type JudgeHistoryOptions,
  judgeHistory,
  settingsFrom,
} from '../../node/judgeHistory.ts';
import { versions } from '../../node/versions.ts';
import { details, type Judged } from '../check/details.ts';
import { entryOf, unread } from '../check/entry.ts';
import { listing, litmus } from '../check/listing.ts';
import { askForModel } from '../check/suggestion.ts';
import { type CheckDocument, type HistoryEntry, printDocument, RESULT_VERSION } from '../document.ts';
import { EXIT_CODES, type ExitCode, worstConclusion } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { counted, grouped, painted, rounded, spent } from '../text.ts';

/** What `holdfast check` takes. */
export interface CheckOptions {
  readonly model?: string;
  readonly consistency?: string;
  /** Settings of the checker, `name=value`. */
  readonly with?: readonly string[];
  readonly format?: string;
  readonly stepBudget?: number;
  /** Print the order that explains a history. */
  readonly order?: boolean;
  /** Print what there is to judge by, and nothing else. */
  readonly list?: boolean;
  /** Print the litmus table, and nothing else. */
  readonly litmus?: boolean;
  readonly json: boolean;
}

/** `holdfast check`: recorded histories, whoever recorded them, judged by a model. */
export function check(paths: readonly string[], options: CheckOptions, io: Io): ExitCode {
  if (options.list === true || options.litmus === true) {
    io.out(`${options.list === true ? listing() : litmus()}\n`);
    return EXIT_CODES.holds;
  }
  const start = performance.now();
  if (paths.length === 0) {
    throw new InputError(
      'Cannot check a history: none is named',
      "name a file, as in 'holdfast check history.edn'; 'holdfast check --list' says what it can be judged by",
    );
  }
  const judge = judgeFor(options);
  const format = formatNamed(options.format ?? 'auto');
  const settings = settingsFrom(options.with ?? []);
  const groups = grouping(paths, io, format);
  if (judge === undefined) throw askForModel(filesOf(groups[0] ?? []), format);
  const { stepBudget, order = false } = options;
  const judging = { format, settings, ...(stepBudget === undefined ? {} : { stepBudget }) };
  const histories: HistoryEntry[] = [];
  let last: Judged | undefined;
  for (const group of groups) {
    const judged = judgeOne(group, judge, judging, order);
    const entry = 'entry' in judged ? judged.entry : judged;
    last = 'entry' in judged ? judged : undefined;
    histories.push(entry);
    if (!options.json && groups.length > 1) io.out(`${line(io, entry, paths)}\n`);
  }
  const totalMs = performance.now() - start;
  const verdict = worstConclusion(histories.map((entry) => entry.verdict));
  if (options.json) printDocument(io, documentOf(options, judge, histories, totalMs));
  else {
    const [only] = histories;
    if (histories.length === 1 && only?.verdict === 'error') io.err(`${only.file}: ${only.reason}\n`);
    else if (groups.length === 1 && last !== undefined) io.out(`${details(io, last, order)}\n`);
    else io.out(`\n${totals(io, histories)} in ${spent(totalMs)}\n`);
  }
  return EXIT_CODES[verdict];
}

/** A file as it was named, and what is in it; or why it could not be read; or the path of one too large to be read at once. */
type Given = { readonly name: string } & (
  | { readonly content: Uint8Array }
  | { readonly error: InputError }
  | { readonly large: string }
);

/** One history per file, unless the files are the logs of Cobra's clients, which are one history together. */
function grouping(paths: readonly string[], io: Io, format: string): Given[][] {
  const given = paths.map((name): Given => {
    const path = resolve(io.cwd, name);
    try {
      return isLargeFile(path) ? { name, large: path } : { name, content: readGiven(path, 'a history') };
    } catch (error) {
      if (error instanceof InputError) return { name, error };
      throw error;
    }
  });
  const cobra = given.every((one) => 'content' in one && detectFormat(one.content, one.name) === 'cobra');
  if (given.length > 1 && (format === 'cobra' || (format === 'auto' && cobra))) return [given];
  return given.map((one) => [one]);
}

/** Throws the first error met when the files were read. */
function filesOf(group: readonly Given[]): HistoryFile[] {
  return group.map((one): HistoryFile => {
    if ('error' in one) throw one.error;
    if ('large' in one) return { name: one.name, content: readGiven(one.large, 'a history') };
    return one;
  });
}

function judgeOne(
  group: readonly Given[],
  judge: Judge,
  options: JudgeHistoryOptions,
  order: boolean,
): Judged | HistoryEntry {
  const start = performance.now();
  const file = group.map(({ name }) => name).join(' ');
  try {
    const [only] = group;
    const judged =
      group.length === 1 && only !== undefined && 'large' in only
        ? judgeLargeHistory({ name: only.name, path: only.large }, judge, options)
        : judgeHistory(filesOf(group), judge, options);
    const entry = entryOf(file, judged, order, rounded(performance.now() - start));
    return { entry, history: judged.parsed.history, verdict: judged.verdict };
  } catch (error) {
    // What readers and judges throw has a code; anything else is a defect of ours.
    if (systemCode(error) === undefined) throw error;
    return unread(file, messageOf(error), rounded(performance.now() - start));
  }
}

/** One line for one of several files. */
function line(io: Io, entry: HistoryEntry, paths: readonly string[]): string {
  const width = Math.max(...paths.map((path) => path.length));
  const status = painted(io, entry.verdict, entry.verdict.padEnd('undecided'.length));
  if (entry.verdict === 'error') return `${entry.file.padEnd(width)}  ${status}  ${entry.reason}`;
  const size = counted(entry.operations ?? 0, 'operation').padStart('100,000 operations'.length);
  return `${entry.file.padEnd(width)}  ${status}  ${size}  ${spent(entry.ms)}`;
}

function totals(io: Io, histories: readonly HistoryEntry[]): string {
  const parts = (['holds', 'violated', 'undecided', 'error'] as const).flatMap((status) => {
    const count = histories.filter(({ verdict }) => verdict === status).length;
    return count === 0 ? [] : [`${grouped(count)} ${painted(io, status)}`];
  });
  return `${counted(histories.length, 'history', 'histories')}: ${parts.join(', ')}`;
}

function documentOf(
  options: CheckOptions,
  judge: Judge,
  histories: readonly HistoryEntry[],
  totalMs: number,
): CheckDocument {
  const verdict = worstConclusion(histories.map((entry) => entry.verdict));
  const promise = histories.find((entry) => entry.promise !== null)?.promise ?? judge.name;
  const examined = histories.reduce((sum, entry) => sum + entry.examined, 0);
  const telling = histories.find((entry) => entry.verdict === verdict);
  const judged = histories.some((entry) => entry.verdict !== 'error');
  const status = worstConclusion(histories.map((e) => e.verdict).filter((v) => v !== 'error'));
  return {
    format: 'holdfast-result',
    version: RESULT_VERSION,
    command: 'check',
    verdict,
    exitCode: EXIT_CODES[verdict],
    model: options.model ?? judge.name,
    consistency: options.consistency ?? null,
    checks:
      judged && status !== 'error'
        ? [{ promise, status, reason: telling?.reason ?? '', examined, seed: null }]
        : [],
    findings: histories
      .filter((entry) => entry.verdict === 'violated')
      .map(({ file, reason }) => ({ seed: null, file, promise, reason })),
    errors: histories
      .filter((entry) => entry.verdict === 'error')
      .map(({ file, reason }) => ({ seed: null, file, message: reason, stack: null, command: null })),
    histories,
    timings: { totalMs: rounded(totalMs) },
    versions: versions(),
  };
}
