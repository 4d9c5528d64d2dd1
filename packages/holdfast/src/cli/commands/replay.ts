import { dirname, resolve } from 'node:path';
import { type Evidence, EvidenceError, parseEvidence } from '../../evidence/evidence.ts';
import { replayCommand, seedCommand, shownPath } from '../../node/command.ts';
import { assertUsableFolder, kindOfFile, readGiven } from '../../node/files.ts';
import { artefactName } from '../../node/finding.ts';
import { InputError, messageOf } from '../../node/inputError.ts';
import type { Investigation } from '../../node/investigate.ts';
import { runReport, writeReport } from '../../node/report.ts';
import { type LoadedExperiment, resolveExperiment } from '../../node/resolveExperiment.ts';
import { outcomeOf } from '../../node/seedOutcome.ts';
import { type Summary, summarise } from '../../node/summary.ts';
import { type RunResult, simulate, simulatePlan } from '../../simulate/simulate.ts';
import { describeChecks } from '../describe.ts';
import { printDocument } from '../document.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { presentRun } from '../present.ts';
import { runDocument } from '../runDocument.ts';
import { counted, painted } from '../text.ts';

/** What `holdfast replay` takes. */
export interface ReplayOptions {
  readonly json: boolean;
  /** Folder for an HTML report. */
  readonly report?: string;
  /** Where the experiment is now, when it is not where the evidence says. */
  readonly experiment?: string;
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
  const evidence = readEvidence(path, file);
  const loaded = await resolveExperiment(options.experiment ?? whereabouts(evidence, path, io.cwd), io.cwd);
  const result = runAgain(loaded, evidence, file);
  if (result.digest !== evidence.digest) throw changed(loaded, evidence, result, file, io.cwd);
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

function readEvidence(path: string, shown: string): Evidence {
  const text = new TextDecoder().decode(readGiven(path, 'evidence'));
  try {
    return parseEvidence(text);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new InputError(`${shown}: ${error.message}`, 'nothing was run', { cause: error });
  }
}

/**
 * How the experiment of some evidence can be named from `cwd`. A file is looked for from `cwd`, then from the folder of
 * the evidence and those above it, so that a project may be moved, or entered elsewhere.
 */
function whereabouts(evidence: Evidence, path: string, cwd: string): string {
  const { file, experiment } = evidence;
  if (file === undefined) return experiment;
  const places = [cwd];
  for (let at = dirname(path); ; at = dirname(at)) {
    places.push(at);
    if (dirname(at) === at) break;
  }
  const found = places
    .map((place) => resolve(place, file))
    .find((candidate) => kindOfFile(candidate) === 'file');
  if (found !== undefined) return `${found}#${experiment}`;
  throw new InputError(
    `Cannot replay ${shownPath(path, cwd)}: its experiment '${experiment}' was in ${file}, which is not there any more`,
    'say where it is now with --experiment <file>',
  );
}

function runAgain(loaded: LoadedExperiment, evidence: Evidence, shown: string): RunResult {
  const { experiment } = loaded;
  try {
    const options = { trace: true };
    if (evidence.plan === undefined) return simulate(experiment, evidence.seed, options);
    return simulatePlan(experiment, evidence.plan, options);
  } catch (error) {
    throw new InputError(
      `Cannot replay ${shown}: running it threw: ${messageOf(error)}`,
      'the file was changed, or the experiment is not the one it was recorded with',
      { cause: error },
    );
  }
}

function changed(
  { reference }: LoadedExperiment,
  evidence: Evidence,
  now: RunResult,
  shown: string,
  cwd: string,
): InputError {
  return new InputError(
    `Cannot replay ${shown} as recorded: the run has changed: recorded digest ${evidence.digest}, now ${now.digest} ` +
      `(recorded as ${evidence.status}, now ${now.status}); code or experiment differ`,
    `replay it with the code that recorded it, or look at the seed anew with: ${seedCommand(reference, evidence.seed, cwd)}`,
  );
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
  const title = `${reference.name}, seed ${evidence.seed}${evidence.plan === undefined ? '' : ', shrunk'}`;
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
