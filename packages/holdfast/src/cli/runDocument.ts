import { seedCommand, shownPath } from '../node/command.ts';
import { headline } from '../node/finding.ts';
import type { Investigation } from '../node/investigate.ts';
import type { ExperimentReference } from '../node/resolveExperiment.ts';
import type { Conclusion, Summary } from '../node/summary.ts';
import type { SeedOutcome } from '../node/seedOutcome.ts';
import { versions } from '../node/versions.ts';
import type { Artefacts } from './artefacts.ts';
import {
  type ErrorEntry,
  type FindingEntry,
  RESULT_VERSION,
  type RunDocument,
  type ShrunkEntry,
} from './document.ts';
import { EXIT_CODES } from './exitCodes.ts';
import type { Io } from './io.ts';
import { rounded } from './text.ts';

/** Everything a run or a replay found out. */
export interface RunFacts {
  readonly command: 'run' | 'replay';
  readonly reference: ExperimentReference;
  readonly conclusion: Conclusion;
  readonly summary: Summary;
  readonly seeds: { readonly from: number; readonly count: number };
  readonly digest: string;
  readonly interrupted: boolean;
  readonly investigation: Investigation | undefined;
  readonly artefacts: Artefacts | undefined;
  /** The evidence file that was replayed. */
  readonly replayed?: string;
  readonly timings: Readonly<Record<string, number>>;
}

/** The document of a run or a replay. */
export function runDocument(io: Io, facts: RunFacts): RunDocument {
  const { command, reference, conclusion, summary, artefacts } = facts;
  const file = reference.kind === 'file' ? shownPath(reference.path, io.cwd) : null;
  const evidence = facts.replayed ?? artefacts?.finding?.evidencePath;
  return {
    format: 'holdfast-result',
    version: RESULT_VERSION,
    command,
    verdict: conclusion,
    exitCode: EXIT_CODES[conclusion],
    experiment: { name: reference.name, file },
    seeds: { ...facts.seeds, done: summary.seeds },
    digest: facts.digest === '' ? null : facts.digest,
    interrupted: facts.interrupted,
    checks: summary.checks,
    findings: summary.violated.flatMap(findingsOf),
    errors: summary.errors.flatMap((outcome) => errorOf(io, reference, outcome)),
    evidence: evidence === undefined ? null : shownPath(evidence, io.cwd),
    replay:
      artefacts?.finding?.command ?? (summary.violated.length > 0 ? (artefacts?.command ?? null) : null),
    report: artefacts?.reportPath === undefined ? null : shownPath(artefacts.reportPath, io.cwd),
    shrunk: facts.investigation === undefined ? null : shrunkOf(facts.investigation),
    metrics: metricsOf(summary),
    timings: Object.fromEntries(Object.entries(facts.timings).map(([name, ms]) => [name, rounded(ms)])),
    versions: versions(),
  };
}

function findingsOf({ seed, verdicts }: SeedOutcome): FindingEntry[] {
  return verdicts
    .filter(({ status }) => status === 'violated')
    .map(({ promise, reason }) => ({ seed, file: null, promise, reason }));
}

function errorOf(io: Io, reference: ExperimentReference, { seed, error }: SeedOutcome): ErrorEntry[] {
  if (error === undefined) return [];
  const { message, stack } = error;
  return [{ seed, file: null, message, stack, command: seedCommand(reference, seed, io.cwd) }];
}

function shrunkOf(investigation: Investigation): ShrunkEntry | null {
  const { shrunk } = investigation;
  if (shrunk === undefined) return null;
  const { promise, fromEvents, toEvents, runs } = shrunk;
  return { promise, reason: headline(investigation)?.reason ?? '', fromEvents, toEvents, runs };
}

function metricsOf({ events, operations, faults, seeds, first }: Summary): Record<string, number> {
  return { events, operations, faults, ...(seeds === 1 ? first?.metrics : {}) };
}
