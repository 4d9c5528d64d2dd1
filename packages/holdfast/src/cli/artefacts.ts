import { seedCommand } from '../node/command.ts';
import { artefactName, type Finding, recordFinding } from '../node/finding.ts';
import { InputError } from '../node/inputError.ts';
import { type Investigation, shownRun } from '../node/investigate.ts';
import { investigationReport, writeReport } from '../node/report.ts';
import type { ExperimentReference } from '../node/resolveExperiment.ts';
import type { Io } from './io.ts';

/** What a command leaves behind. */
export interface Artefacts {
  readonly finding?: Finding;
  /** Absolute path of the HTML report. */
  readonly reportPath?: string;
  /** The command that shows the run again. */
  readonly command: string;
}

/** Where to. */
export interface ArtefactPlace {
  readonly folder: string;
  /** The person named the folder: an HTML report is wanted there, and failing to write is an error. */
  readonly asked: boolean;
}

/** Writes evidence of a violated run, and an HTML report when one was asked for. */
export function writeArtefacts(
  io: Io,
  investigation: Investigation,
  reference: ExperimentReference,
  place: ArtefactPlace,
): Artefacts {
  const originalCommand = seedCommand(reference, investigation.seed, io.cwd);
  const finding =
    shownRun(investigation).status === 'violated' ? record(io, investigation, reference, place) : undefined;
  const command = finding?.command ?? originalCommand;
  if (!place.asked) return { command, ...(finding === undefined ? {} : { finding }) };
  const title = `${reference.name}, seed ${investigation.seed}${investigation.shrunk === undefined ? '' : ', shrunk'}`;
  const run = investigationReport(investigation, {
    experiment: reference.name,
    title,
    command,
    originalCommand,
    living: { reference, cwd: io.cwd },
  });
  const reportPath = writeReport(place.folder, artefactName(reference.name, investigation), {
    title,
    generatedFor: `experiment ${reference.name}`,
    runs: [run],
  });
  return { command, reportPath, ...(finding === undefined ? {} : { finding }) };
}

/** A violation stays one when its evidence cannot be written to the usual folder: that is said, and the seed replays it. */
function record(
  io: Io,
  investigation: Investigation,
  reference: ExperimentReference,
  place: ArtefactPlace,
): Finding | undefined {
  try {
    return recordFinding(investigation, reference, { folder: place.folder, cwd: io.cwd });
  } catch (error) {
    if (place.asked || !(error instanceof InputError)) throw error;
    io.err(`${error.message}\n`);
    return undefined;
  }
}
