import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { printHistory } from '@holdfast/check';
import { isChaos, LiveError, type LiveResult, readExperiment, runLive } from '@holdfast/live';
import { InputError, messageOf } from '../../node/inputError.ts';
import { EXIT_CODES, type ExitCode, worstConclusion } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { painted, spent } from '../text.ts';

/** What `holdfast live` takes. */
export interface LiveOptions {
  readonly json: boolean;
  /** Also the controls of the file. */
  readonly controls: boolean;
  readonly history: boolean;
  /** Where the journal of a Chaos Toolkit experiment goes. */
  readonly journal?: string;
}

/**
 * `holdfast live`: an experiment file on a real cluster. 0 when it showed what it expects, 1 when not, 2 when the file or the machine cannot
 * be used, 3 when nothing was decided: also when the version installed is not the one the file speaks of.
 */
export async function live(path: string, options: LiveOptions, io: Io): Promise<ExitCode> {
  const interrupt = io.catchInterrupt();
  try {
    const text = readFileSync(resolve(io.cwd, path), 'utf8');
    if (isChaos(text)) {
      const { chaos } = await import('./chaos.ts');
      return await chaos(path, text, { ...options, signal: interrupt.signal }, io);
    }
    const file = readExperiment(text, path);
    const runs = [
      { name: file.name, vars: {}, expect: file.expect ?? ('holds' as const) },
      ...(options.controls ? (file.controls ?? []) : []),
    ];
    const results: LiveResult[] = [];
    for (const { name, vars, expect = 'holds' } of runs) {
      const result = await runLive(file, { vars, expect, signal: interrupt.signal });
      results.push({ ...result, name });
      if (!options.json) present({ ...result, name }, options, io);
    }
    const conclusion = worstConclusion(results.map(conclusionOf));
    if (options.json) {
      const documents = results.map(({ recording, ...rest }) => ({
        ...rest,
        operations: recording.history.operations,
      }));
      io.out(
        `${JSON.stringify({ format: 'holdfast-live-result', version: 1, conclusion, runs: documents }, null, 2)}\n`,
      );
    }
    return EXIT_CODES[conclusion];
  } catch (error) {
    if (error instanceof LiveError && error.code === 'VERSION_OTHER') {
      io.err(`SKIPPED: ${error.message}\n`);
      return 3;
    }
    if (error instanceof LiveError || (error instanceof Error && 'code' in error)) {
      throw new InputError(messageOf(error), "see 'holdfast doctor' for what this machine can do", {
        cause: error,
      });
    }
    throw error;
  } finally {
    interrupt.release();
  }
}

/** Whether a run showed what was expected of it. */
function conclusionOf({
  status,
  expect,
  undoFailures,
}: LiveResult): 'holds' | 'violated' | 'undecided' | 'error' {
  if (undoFailures.length > 0) return 'error';
  if (status === expect) return 'holds';
  return status === 'undecided' ? 'undecided' : 'violated';
}

function present(result: LiveResult, options: LiveOptions, io: Io): void {
  const conclusion = conclusionOf(result);
  const word =
    conclusion === 'holds'
      ? 'AS EXPECTED'
      : conclusion === 'violated'
        ? 'NOT AS EXPECTED'
        : conclusion.toUpperCase();
  const { name, status, expect, system, version, totalMs } = result;
  io.out(`${painted(io, conclusion, word)}  ${name}: ${status} (expected: ${expect})\n`);
  for (const line of result.journal) io.out(`  ${String(line.atMs).padStart(6)} ms  ${line.text}\n`);
  for (const { promise, status: verdict, reason } of result.verdicts)
    io.out(`  ${verdict.padEnd(9)} ${promise}: ${reason}\n`);
  for (const { name: metric, value, kept, limit } of result.metrics) {
    io.out(`  ${kept ? 'kept     ' : 'MISSED   '} ${metric}: ${value} ${limit}\n`);
  }
  for (const failure of result.undoFailures) io.err(`  could not undo: ${failure}\n`);
  if (options.history) io.out(`${printHistory(result.recording.history, 'jsonl')}\n`);
  io.out(`  ${system} ${version}, ${spent(totalMs)}\n`);
}
