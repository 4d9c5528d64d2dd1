import { resolve } from 'node:path';
import { replayCommand, shownPath } from '../../node/command.ts';
import { InputError } from '../../node/inputError.ts';
import { processReport } from '../../node/processReport.ts';
import { DivergedError } from '../../node/processes/mirroredCore.ts';
import {
  parseRecording,
  type Recording,
  type Replayed,
  replayRecording,
} from '../../node/processes/recording.ts';
import { writeReport } from '../../node/report.ts';
import { type LoadedExperiment, resolveExperiment } from '../../node/resolveExperiment.ts';
import { outcomeOf } from '../../node/seedOutcome.ts';
import { summarise } from '../../node/summary.ts';
import { describeChecks } from '../describe.ts';
import { whereabouts } from '../evidenceRun.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { counted, painted } from '../text.ts';
import type { ReplayOptions } from './replay.ts';

/** `holdfast replay` of a run on processes: the same run again, without any process. Throws `InputError` when it is another one. */
export async function replayProcesses(
  path: string,
  text: string,
  options: ReplayOptions,
  io: Io,
): Promise<ExitCode> {
  const start = performance.now();
  const shown = shownPath(path, io.cwd);
  const recording = parseRecording(text, shown);
  const loaded = await resolveExperiment(options.experiment ?? whereabouts(recording, path, io.cwd), io.cwd);
  const replayed = again(loaded, recording, shown);
  const { result, steps, starts } = replayed;
  if (result.digest !== recording.digest) {
    throw new InputError(
      `Cannot replay ${shown}: the run has digest ${result.digest} now, and had ${recording.digest}`,
      'the experiment, its workload or its faults have changed since: use the version it was recorded with',
    );
  }
  const summary = summarise([outcomeOf(result, performance.now() - start)]);
  const command = replayCommand(path, io.cwd);
  const name = loaded.reference.name;
  const report =
    options.report === undefined
      ? undefined
      : writeReport(resolve(io.cwd, options.report), `${name}-replayed-${result.digest.slice(0, 8)}`, {
          title: `${name} on processes`,
          generatedFor: command,
          runs: [processReport(replayed, { name, command })],
        });
  if (options.json) {
    const document = {
      format: 'holdfast-process-result',
      version: 1,
      conclusion: summary.conclusion,
      experiment: name,
      seed: recording.seed,
      checks: summary.checks,
      starts,
      steps,
      metrics: result.metrics,
      digest: result.digest,
      replay: command,
      report: report ?? null,
      operations: result.history.operations,
    };
    io.out(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    const conclusion = painted(io, summary.conclusion, summary.conclusion.toUpperCase());
    io.out(
      `${name}, recorded on processes: ${counted(starts, 'start')}, ${counted(steps, 'step')}, ${counted(result.events, 'event')}\n\n` +
        `${describeChecks(io, summary)}\n\n${conclusion}  digest ${result.digest}, as recorded\n` +
        (report === undefined ? '' : `report    ${shownPath(report, io.cwd)}\n`),
    );
  }
  return EXIT_CODES[summary.conclusion];
}

function again({ experiment }: LoadedExperiment, recording: Recording, shown: string): Replayed {
  try {
    return replayRecording(experiment, recording);
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    throw new InputError(
      `Cannot replay ${shown}: ${error.message}`,
      'the core has changed since: use the version it was recorded with',
      { cause: error },
    );
  }
}
