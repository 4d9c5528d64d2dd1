import { relative, resolve, sep } from 'node:path';
import { printHistory } from '@holdfast/check';
import { LiveError, reenter, rootlessProblem } from '@holdfast/live';
import { programCommand, referenceText, replayCommand, shellWord, shownPath } from '../../node/command.ts';
import { assertUsableFolder, writeOnce } from '../../node/files.ts';
import { DEFAULT_FOLDER } from '../../node/finding.ts';
import { InputError, messageOf } from '../../node/inputError.ts';
import { needsVolatileDisks } from '../../node/processes/admitted.ts';
import { DivergedError } from '../../node/processes/mirroredCore.ts';
import { printRecording } from '../../node/processes/recording.ts';
import { type ProcessRun, runProcesses } from '../../node/processes/runProcesses.ts';
import { writeReport } from '../../node/report.ts';
import { processReport } from '../../node/processReport.ts';
import {
  type ExperimentReference,
  type LoadedExperiment,
  resolveExperiment,
} from '../../node/resolveExperiment.ts';
import { outcomeOf } from '../../node/seedOutcome.ts';
import { type Conclusion, type Summary, SummaryBuilder } from '../../node/summary.ts';
import { describeChecks, describeConclusion, describeExperiment } from '../describe.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { ProgressLine } from '../progressLine.ts';
import { counted, spent } from '../text.ts';

/** What `holdfast live` takes where it is given an experiment. */
export interface LiveProcessesOptions {
  readonly seed: number;
  readonly json: boolean;
  readonly history: boolean;
  readonly report?: string;
}

/** Whether `holdfast live` was given an experiment of cores and not a file for a cluster. */
export function isExperimentName(text: string): boolean {
  return !/\.(?:ya?ml|json)$/i.test(text);
}

/**
 * `holdfast live <experiment>`: the experiment that is simulated and explored, each of its servers as a process of its own. 0 when everything holds, 1 when
 * something is violated, 2 when it cannot be run, 3 when nothing was decided.
 */
export async function liveProcesses(name: string, options: LiveProcessesOptions, io: Io): Promise<ExitCode> {
  const loaded = await resolveExperiment(name, io.cwd);
  if (options.report !== undefined) assertUsableFolder(resolve(io.cwd, options.report), '--report');
  const interrupt = io.catchInterrupt();
  try {
    if (
      needsVolatileDisks(loaded.experiment) &&
      process.getuid?.() !== 0 &&
      rootlessProblem() === undefined
    ) {
      const code = await reenter(interrupt.signal);
      if (code !== undefined) return code as ExitCode;
    }
    return await runAndTell(loaded, options, io, interrupt.signal);
  } catch (error) {
    if (error instanceof DivergedError)
      throw new InputError(error.message, 'the process is not the core: nothing was judged', {
        cause: error,
      });
    if (error instanceof LiveError || (error instanceof Error && error.name === 'ExperimentError'))
      throw new InputError(messageOf(error), "see 'holdfast doctor' for what this machine can do", {
        cause: error,
      });
    throw error;
  } finally {
    interrupt.release();
  }
}

async function runAndTell(
  { experiment, reference }: LoadedExperiment,
  options: LiveProcessesOptions,
  io: Io,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { seed, json } = options;
  const { bounds, subject } = experiment;
  if (!json)
    io.out(
      `${describeExperiment(experiment)}\n  live      ${counted(subject.nodes.length, 'process', 'processes')}, plan of seed ${seed}\n\n`,
    );
  let nowUs = 0;
  const progress = new ProgressLine(
    io,
    () => `${spent(nowUs / 1_000)} of ${spent(bounds.simulatedSeconds * 1_000)}`,
  );
  const startMs = performance.now();
  let run: ProcessRun;
  try {
    run = await runProcesses(experiment, { reference, seed, signal, progress: (us) => (nowUs = us) });
  } finally {
    progress.end();
  }
  const builder = new SummaryBuilder();
  builder.add(outcomeOf(run.result, performance.now() - startMs));
  const summary = builder.finish();
  const conclusion = conclusionOf(run, summary);
  const own = shellWord(referenceText(reference, io.cwd));
  const told: Told = {
    run,
    summary,
    name: experiment.name,
    conclusion,
    again: `${programCommand(io.cwd)} live ${own} --seed ${seed}`,
  };
  const kept = conclusion === 'violated' || options.report !== undefined;
  const folder = resolve(io.cwd, options.report ?? DEFAULT_FOLDER);
  const recording = kept ? record(told, { reference, cwd: io.cwd, folder }) : undefined;
  const replay = recording === undefined ? undefined : replayCommand(recording, io.cwd);
  const report = options.report === undefined ? undefined : writePage(told, replay ?? told.again, folder);
  const shown = {
    ...told,
    ...(replay === undefined ? {} : { replay }),
    ...(report === undefined ? {} : { report: shownPath(report, io.cwd) }),
  };
  if (json) io.out(documentOf(shown));
  else present(io, shown, options.history);
  return EXIT_CODES[conclusion];
}

/** Writes down what the processes told, with which the run can be made again, and returns the path. */
function record(
  { run, name }: Told,
  where: { readonly reference: ExperimentReference; readonly cwd: string; readonly folder: string },
): string {
  const { result, log, endUs, latestMs } = run;
  const { reference, cwd, folder } = where;
  const head = {
    experiment: reference.name,
    ...(reference.kind === 'file' ? { file: relative(cwd, reference.path).split(sep).join('/') } : {}),
    seed: result.plan.seed,
    endUs,
    latestMs,
    digest: result.digest,
  };
  return writeOnce(folder, `${name}-live-${result.digest.slice(0, 8)}`, '.json', printRecording(head, log));
}

/** Delays this much longer than planned are worth a word. */
const LATE_MS = 50;

/** What is told of a run. */
interface Told {
  readonly run: ProcessRun;
  readonly summary: Summary;
  readonly name: string;
  readonly conclusion: Conclusion;
  /** The command that runs such an experiment again, and the one that makes this very run again, where it was kept. */
  readonly again: string;
  readonly replay?: string;
  readonly report?: string;
}

function conclusionOf({ interrupted, undoFailures }: ProcessRun, { conclusion }: Summary): Conclusion {
  if (conclusion === 'violated') return conclusion;
  if (undoFailures.length > 0) return 'error';
  return interrupted && conclusion === 'holds' ? 'undecided' : conclusion;
}

function writePage({ run, name }: Told, command: string, folder: string): string {
  const page = processReport(run, { name, command });
  return writeReport(folder, `${name}-live-${page.digest.slice(0, 8)}`, {
    title: `${name} on processes`,
    generatedFor: command,
    runs: [page],
  });
}

function present(
  io: Io,
  { run, summary, conclusion, again, replay, report }: Told,
  withHistory: boolean,
): void {
  const { steps, starts, readyMs, latestMs, interrupted, undoFailures, result } = run;
  io.out(`${describeChecks(io, summary)}\n\n${describeConclusion(io, { ...summary, conclusion })}\n`);
  const sizes = `${counted(starts, 'start')} of processes, ready in ${spent(readyMs)}; ${counted(steps, 'step')}`;
  io.out(`${sizes}, each the step its core takes\n`);
  if (latestMs > LATE_MS)
    io.out(
      `something happened up to ${spent(latestMs)} late: this machine was busy, and delays were longer than planned\n`,
    );
  if (interrupted) io.out('interrupted: what had happened by then was judged\n');
  for (const failure of undoFailures) io.err(`could not undo: ${failure}\n`);
  if (withHistory) io.out(`\n${printHistory(result.history, 'jsonl')}\n`);
  const page = report === undefined ? '' : `report    ${report}\n`;
  const same = replay === undefined ? '' : `replay    ${replay}\n`;
  io.out(`\n${page}${same}again     ${again}\n`);
}

/** The document of `--json`. */
function documentOf({ run, summary, name, conclusion, again, replay, report }: Told): string {
  const { result, steps, starts, readyMs, latestMs, interrupted, undoFailures } = run;
  const document = {
    format: 'holdfast-process-result',
    version: 1,
    conclusion,
    experiment: name,
    seed: result.plan.seed,
    checks: summary.checks,
    starts,
    steps,
    readyMs: Math.round(readyMs),
    latestMs: Math.round(latestMs),
    interrupted,
    undoFailures,
    metrics: result.metrics,
    digest: result.digest,
    again,
    replay: replay ?? null,
    report: report ?? null,
    operations: result.history.operations,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
