import { resolve } from 'node:path';
import { detectFormat, type HistoryFile } from '@holdfast/check';
import { readGiven } from '../../node/files.ts';
import { InputError, messageOf, systemCode } from '../../node/inputError.ts';
import { formatNamed, type Judge, judgeHistory, judgeNamed, judgeNames } from '../../node/judgeHistory.ts';
import { versions } from '../../node/versions.ts';
import { type CheckDocument, type HistoryEntry, printDocument, RESULT_VERSION } from '../document.ts';
import { EXIT_CODES, type ExitCode, worstConclusion } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { columns, counted, grouped, painted, rounded, spent } from '../text.ts';

/** What `holdfast check` takes. */
export interface CheckOptions {
  readonly model?: string;
  readonly format?: string;
  readonly stepBudget?: number;
  readonly json: boolean;
}

/** `holdfast check`: recorded histories, whoever recorded them, judged by a model. */
export function check(paths: readonly string[], options: CheckOptions, io: Io): ExitCode {
  const start = performance.now();
  if (options.model === undefined) {
    throw new InputError(
      'Cannot check a history without a model to judge it by',
      `say --model with one of ${judgeNames.join(', ')}`,
    );
  }
  const judge = judgeNamed(options.model);
  const format = formatNamed(options.format ?? 'auto');
  const histories: HistoryEntry[] = [];
  for (const group of grouping(paths, io, format)) {
    const entry = judgeOne(group, judge, { ...options, format });
    histories.push(entry);
    if (!options.json && paths.length > 1) io.out(`${line(io, entry, paths)}\n`);
  }
  const totalMs = performance.now() - start;
  const verdict = worstConclusion(histories.map((entry) => entry.verdict));
  if (options.json) printDocument(io, documentOf(options.model, judge, histories, totalMs));
  else {
    const [only] = histories;
    if (histories.length === 1 && only?.verdict === 'error') io.err(`${only.file}: ${only.reason}\n`);
    else if (paths.length === 1 && only !== undefined) io.out(`${details(io, only)}\n`);
    else io.out(`\n${totals(io, histories)} in ${spent(totalMs)}\n`);
  }
  return EXIT_CODES[verdict];
}

/** A file as it was named, and what is in it; or why it could not be read. */
type Given = { readonly name: string } & ({ readonly content: Uint8Array } | { readonly error: InputError });

/** One history per file, unless the files are the logs of Cobra's clients, which are one history together. */
function grouping(paths: readonly string[], io: Io, format: string): Given[][] {
  const given = paths.map((name): Given => {
    try {
      return { name, content: readGiven(resolve(io.cwd, name), 'a history') };
    } catch (error) {
      if (error instanceof InputError) return { name, error };
      throw error;
    }
  });
  const cobra = given.every((one) => 'content' in one && detectFormat(one.content, one.name) === 'cobra');
  if (given.length > 1 && (format === 'cobra' || (format === 'auto' && cobra))) return [given];
  return given.map((one) => [one]);
}

function judgeOne(
  group: readonly Given[],
  judge: Judge,
  options: CheckOptions & { readonly format: ReturnType<typeof formatNamed> },
): HistoryEntry {
  const start = performance.now();
  const file = group.map(({ name }) => name).join(' ');
  try {
    const files = group.map((one): HistoryFile => {
      if ('error' in one) throw one.error;
      return one;
    });
    const { format, stepBudget } = options;
    const { parsed, verdict } = judgeHistory(files, judge, {
      format,
      ...(stepBudget === undefined ? {} : { stepBudget }),
    });
    const { status, reason, evidence } = verdict;
    return {
      file,
      format: parsed.format,
      operations: parsed.history.operations.length,
      // A history without operations says nothing.
      verdict: status === 'holds' && evidence.examined === 0 ? 'undecided' : status,
      promise: verdict.promise,
      reason: evidence.examined === 0 ? `nothing was examined: ${reason}` : reason,
      blocking: evidence.blocking ?? null,
      minimal: evidence.minimal ?? [],
      examined: evidence.examined,
      steps: evidence.steps,
      warnings: parsed.warnings,
      ms: rounded(performance.now() - start),
    };
  } catch (error) {
    // What readers and judges throw has a code; anything else is a defect of ours.
    if (systemCode(error) === undefined) throw error;
    return { ...UNREAD, file, reason: messageOf(error), ms: rounded(performance.now() - start) };
  }
}

const UNREAD = {
  format: null,
  operations: null,
  verdict: 'error',
  promise: null,
  blocking: null,
  minimal: [],
  examined: 0,
  steps: 0,
  warnings: [],
} as const;

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

/** Everything about a single file. */
function details(io: Io, entry: HistoryEntry): string {
  const { verdict, file, format, operations, reason, promise, minimal, warnings } = entry;
  const lines = [`${painted(io, verdict, verdict.toUpperCase())}  ${promise ?? file}`, `  ${reason}`];
  if (minimal.length > 0) {
    lines.push('', '  smallest contradiction:');
    const rows = minimal.map((o) => [
      `    process ${o.process}`,
      `${o.f}${o.key === undefined ? '' : ` ${o.key}`}`,
      JSON.stringify(o.input),
      `-> ${o.outcome}${o.outcome === 'ok' ? ` ${JSON.stringify(o.output)}` : ''}`,
      `${o.invokedAt} to ${Number.isFinite(o.completedAt) ? o.completedAt : 'never'}`,
    ]);
    lines.push(...columns(rows));
  }
  for (const warning of warnings) lines.push(`  note: ${warning}`);
  if (format !== null) {
    lines.push(
      '',
      `${file}: ${counted(operations ?? 0, 'operation')}, read as ${format}, ${spent(entry.ms)}`,
    );
  }
  return lines.join('\n');
}

function documentOf(
  model: string,
  judge: Judge,
  histories: readonly HistoryEntry[],
  totalMs: number,
): CheckDocument {
  const verdict = worstConclusion(histories.map((entry) => entry.verdict));
  const promise = judge.kind === 'object' ? 'linearizability' : `${judge.name} transactions`;
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
    model,
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
