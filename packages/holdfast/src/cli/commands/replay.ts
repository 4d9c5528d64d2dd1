import { resolve } from 'node:path';
import type { Evidence } from '../../evidence/evidence.ts';
import { replayCommand, shownPath } from '../../node/command.ts';
import { assertUsableFolder, readGiven } from '../../node/files.ts';
import { artefactName } from '../../node/finding.ts';
import type { Investigation } from '../../node/investigate.ts';
import { isRecording } from '../../node/processes/recording.ts';
import { runReport, writeReport } from '../../node/report.ts';
import type { LoadedExperiment } from '../../node/resolveExperiment.ts';
import { outcomeOf } from '../../node/seedOutcome.ts';
import { type Summary, summarise } from '../../node/summary.ts';
import { describeChecks } from '../describe.ts';
import { printDocument } from '../document.ts';
import { evidenceTitle, runEvidence } from '../evidenceRun.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { presentRun } from '../present.ts';
import { runDocument } from '../runDocument.ts';
import { counted, painted } from '../text.ts';
import { replayProcesses } from './replayProcesses.ts';

/** What `holdfast replay` takes. */
export interface ReplayOptions {
  readonly json: boolean;
  /** Folder for an HTML report. */
  readonly report?: string;
  /** Where the experiment is now, when it is not where the evidence says. */
  readonly experiment?: string;
  /** Which run of a report, from 1. Default: the first. */
  readonly run?: number;
}

/** A run made again from its evidence. */
interface Replay extends LoadedExperiment {
  readonly path: string;
  readonly evidence: Evidence;
  readonly investigation: Investigation;
  readonly summary: Summary;
}

/** `holdfast replay`: the very run an evidence file speaks of. A run whose digest has changed is refused: it is another one. */
export async function replay(file: string, options: ReplayOptions, io: Io): Promise<ExitCode> {
  const start = performance.now();
  const path = resolve(io.cwd, file);
  if (options.report !== undefined) assertUsableFolder(resolve(io.cwd, options.report), '--report');
  const text = new TextDecoder().decode(readGiven(path, 'evidence'));
  if (isRecording(text)) return await replayProcesses(path, text, options, io);
  const { evidence, result, ...loaded } = await runEvidence(path, file, options.experiment, io, options.run);
  const wallMs = performance.now() - start;
  const summary = summarise([outcomeOf(result, wallMs)]);
  const investigation = { seed: evidence.seed, original: result, shrinkMs: 0 };
  const session = { ...loaded, path, evidence, investigation, summary };
  const reportPath =
    options.report === undefined ? undefined : report(session, resolve(io.cwd, options.report), io);
  if (options.json) {
    const command = replayCommand(path, io.cwd);
    printDocument(
      io,
      runDocument(io, {
        command: 'replay',
        reference: loaded.reference,
        conclusion: summary.conclusion,
        summary,
        seeds: { from: evidence.seed, count: 1 },
        digest: result.digest,
        interrupted: false,
        investigation,
        artefacts: { command, ...(reportPath === undefined ? {} : { reportPath }) },
        replayed: path,
        timings: { totalMs: performance.now() - start },
      }),
    );
  } else {
    io.out(describeReplay(io, session));
    if (reportPath !== undefined) io.out(`report    ${shownPath(reportPath, io.cwd)}\n`);
  }
  return EXIT_CODES[summary.conclusion];
}

function describeReplay(io: Io, { evidence, summary, investigation, reference }: Replay): string {
  const { original } = investigation;
  const what = evidence.plan === undefined ? 'as the seed gives it' : 'shrunk';
  const title = `${reference.name}, seed ${evidence.seed}, ${what}: ${counted(original.events, 'event')}`;
  const conclusion = painted(io, summary.conclusion, summary.conclusion.toUpperCase());
  return [
    title,
    presentRun(io, investigation),
    describeChecks(io, summary),
    `${conclusion}  digest ${original.digest}, as recorded\n`,
  ].join('\n\n');
}

function report({ reference, evidence, investigation, path }: Replay, folder: string, io: Io): string {
  const title = evidenceTitle(reference.name, evidence);
  const command = replayCommand(path, io.cwd);
  return writeReport(folder, artefactName(reference.name, investigation), {
    title,
    generatedFor: `experiment ${reference.name}`,
    runs: [
      runReport(investigation.original, {
        experiment: reference.name,
        title,
        command,
        living: { reference, cwd: io.cwd },
      }),
    ],
  });
}
