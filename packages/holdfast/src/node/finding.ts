import { relative, sep } from 'node:path';
import type { Verdict } from '@holdfast/check';
import { type Evidence, evidenceOf, printEvidence } from '../evidence/evidence.ts';
import { replayCommand } from './command.ts';
import { writeOnce } from './files.ts';
import { type Investigation, shownRun } from './investigate.ts';
import type { ExperimentReference } from './resolveExperiment.ts';

/** Where evidence and reports go unless a folder is named; relative to the current folder. */
export const DEFAULT_FOLDER = 'holdfast-report';

/** A violated run, written down so that anybody can see it again. */
export interface Finding {
  readonly evidence: Evidence;
  /** Absolute. */
  readonly evidencePath: string;
  /** The one command that replays it from the folder it was found in. */
  readonly command: string;
}

/** The evidence of what an investigation shows; file paths in it are relative to `cwd`. */
export function evidenceFor(
  investigation: Investigation,
  reference: ExperimentReference,
  cwd: string,
): Evidence {
  return evidenceOf(reference.name, shownRun(investigation), {
    edited: investigation.shrunk !== undefined,
    ...(reference.kind === 'file' ? { file: relative(cwd, reference.path).split(sep).join('/') } : {}),
  });
}

/** Writes the evidence of a violated run to a folder; the same finding again uses the file that is there. */
export function recordFinding(
  investigation: Investigation,
  reference: ExperimentReference,
  place: { readonly folder: string; readonly cwd: string },
): Finding {
  const evidence = evidenceFor(investigation, reference, place.cwd);
  const base = artefactName(reference.name, investigation);
  const evidencePath = writeOnce(place.folder, base, '.json', printEvidence(evidence));
  return { evidence, evidencePath, command: replayCommand(evidencePath, place.cwd) };
}

/** `raft-majority-seed-17-1a2b3c4d`: unique enough, telling, and fit for a file whatever the experiment's key is. */
export function artefactName(experiment: string, investigation: Investigation): string {
  return `${experiment.replace(/[^\w.-]+/g, '-')}-seed-${investigation.seed}-${shownRun(investigation).digest.slice(0, 8)}`;
}

/** The verdict to put first: the promise that shrinking kept violated, else the first violated one. */
export function headline(investigation: Investigation): Verdict | undefined {
  const { verdicts } = shownRun(investigation);
  const violated = verdicts.filter(({ status }) => status === 'violated');
  return violated.find(({ promise }) => promise === investigation.shrunk?.promise) ?? violated[0];
}

/** When a violation showed, for a view of the run that has room for a part only. */
export function momentOf(verdict: Verdict | undefined): { readonly aroundUs?: number } {
  const { blocking, atUs } = verdict?.evidence ?? {};
  const aroundUs =
    atUs ?? (Number.isFinite(blocking?.completedAt) ? blocking?.completedAt : blocking?.invokedAt);
  return aroundUs === undefined ? {} : { aroundUs };
}
