import { dirname, resolve } from 'node:path';
import { equalPlain } from '@holdfast/plain';
import type { RunReport } from '@holdfast/report';
import { type Evidence, EvidenceError, parseEvidence } from '../evidence/evidence.ts';
import { evidenceInReport, isReport } from '../evidence/inReport.ts';
import { replayCommand, seedCommand, shownPath } from '../node/command.ts';
import { kindOfFile, readGiven } from '../node/files.ts';
import { InputError, messageOf } from '../node/inputError.ts';
import { runReport } from '../node/report.ts';
import { type LoadedExperiment, resolveExperiment } from '../node/resolveExperiment.ts';
import { planRun } from '../simulate/plan.ts';
import { type RunResult, simulate, simulatePlan } from '../simulate/simulate.ts';
import type { Io } from './io.ts';

/** A run made again from its evidence, with its trace. */
export interface EvidenceRun extends LoadedExperiment {
  readonly evidence: Evidence;
  readonly result: RunResult;
}

/**
 * Makes the very run again that an evidence file, or run number `run` of a report, speaks of; `experiment` says where its experiment is
 * now. Throws `InputError`
 * when the run has another digest than was recorded.
 */
export async function runEvidence(
  path: string,
  shown: string,
  experiment: string | undefined,
  io: Io,
  run = 1,
): Promise<EvidenceRun> {
  const read = readEvidence(path, shown, run);
  const loaded = await resolveExperiment(experiment ?? whereabouts(read, path, io.cwd), io.cwd);
  const evidence = withoutNeedlessPlan(read, loaded);
  const result = runAgain(loaded, evidence, shown);
  if (result.digest !== evidence.digest) throw changed(loaded, evidence, result, shown, io.cwd);
  return { ...loaded, evidence, result };
}

/** The same as a report shows it. */
export async function rerunEvidence(
  path: string,
  shown: string,
  experiment: string | undefined,
  io: Io,
): Promise<RunReport> {
  const { evidence, result, reference } = await runEvidence(path, shown, experiment, io);
  return runReport(result, {
    experiment: reference.name,
    title: evidenceTitle(reference.name, evidence),
    command: replayCommand(path, io.cwd),
    living: { reference, cwd: io.cwd },
  });
}

/** What a report of evidence is called. */
export function evidenceTitle(name: string, { seed, plan }: Evidence): string {
  return `${name}, seed ${seed}${plan === undefined ? '' : ', shrunk'}`;
}

/** Whether a file claims to be evidence. */
export function isEvidence(content: Uint8Array): boolean {
  const head = new TextDecoder().decode(content);
  return head.trimStart().startsWith('{') && head.includes('"holdfast-evidence"');
}

function readEvidence(path: string, shown: string, run: number): Evidence {
  const text = new TextDecoder().decode(readGiven(path, 'evidence'));
  try {
    return isReport(text) ? evidenceInReport(text, run) : parseEvidence(text);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new InputError(`${shown}: ${error.message}`, 'nothing was run', { cause: error });
  }
}

/**
 * How the experiment of some evidence can be named from `cwd`. A file is looked for from `cwd`, then from the folder of
 * the evidence and those above it, so that a project may be moved, or entered elsewhere.
 */
export function whereabouts(
  { file, experiment }: Pick<Evidence, 'file' | 'experiment'>,
  path: string,
  cwd: string,
): string {
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

/** A report always carries the plan; one that the seed gives anyway says nothing. */
function withoutNeedlessPlan({ plan, ...evidence }: Evidence, { experiment }: LoadedExperiment): Evidence {
  if (plan === undefined || equalPlain(plan, planRun(experiment, evidence.seed))) return evidence;
  return { ...evidence, plan };
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
