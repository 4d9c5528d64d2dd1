import type { Bounds, ExploreResult } from '@holdfast/explore';
import { modelFile } from '../../node/exploration/exploredRun.ts';
import { printBounds } from '../../node/exploration/parseBounds.ts';
import type { LoadedModel } from '../../node/exploration/resolveModel.ts';
import { versions } from '../../node/versions.ts';
import { type ExploreDocument, RESULT_VERSION } from '../document.ts';
import { EXIT_CODES } from '../exitCodes.ts';
import type { GrownEnd } from './exploreGrowing.ts';
import type { Io } from '../io.ts';
import { rounded } from '../text.ts';

/** A file that was written, and the command that takes it. */
export interface Evidence {
  readonly path: string;
  readonly command: string;
}

/** What goes with a result. */
export interface WrittenFiles {
  readonly wallMs: number;
  readonly evidence: Evidence | undefined;
  readonly saved: Evidence | undefined;
  readonly page: string | undefined;
  /** Where bounds were raised. */
  readonly grown?: GrownEnd | undefined;
}

/** The document of a search: what was judged, how far it came, the shortest violation and what was written. */
export function exploreDocument(
  { model, reference }: LoadedModel,
  bounds: Bounds,
  result: ExploreResult,
  { wallMs, evidence, saved, page, grown }: WrittenFiles,
  io: Io,
): ExploreDocument {
  const { status, properties, counterexample, states, end } = result;
  return {
    format: 'holdfast-result',
    version: RESULT_VERSION,
    command: 'explore',
    verdict: status,
    exitCode: EXIT_CODES[status],
    model: { name: model.name, file: modelFile(reference, io.cwd) },
    bounds: printBounds(bounds),
    interrupted: end === 'cancelled',
    reason: result.reason,
    checks: properties.map((property) => ({
      promise: property.name,
      status: property.status,
      reason: property.reason,
      examined: states,
      seed: null,
    })),
    findings: properties
      .filter((property) => property.status === 'violated')
      .map(({ name: promise, reason }) => ({ seed: null, file: null, promise, reason })),
    errors: [],
    coverage: coverageOf(result),
    iterations: grown?.iterations ?? [],
    iterationsEnd: grown?.end ?? null,
    counterexample:
      counterexample === undefined
        ? null
        : {
            promise: counterexample.property,
            seen: counterexample.seen,
            steps: counterexample.steps.map(({ kind, text, changes }) => ({ kind, text, changes })),
          },
    evidence: evidence?.path ?? null,
    replay: evidence?.command ?? null,
    report: page ?? null,
    checkpoint: saved?.path ?? null,
    resume: saved?.command ?? null,
    timings: { totalMs: rounded(wallMs) },
    versions: versions(),
  };
}

function coverageOf(result: ExploreResult): ExploreDocument['coverage'] {
  const { end, search, states, generated, depth, queued, clipped, symmetry, partialOrder, exact } = result;
  const { revisited, cuts, reduction, runs = null, fingerprintBits, collisionOdds, bytes } = result;
  return {
    end,
    search,
    states,
    generated,
    revisited,
    depth,
    queued,
    clipped,
    heldBackBy: cuts,
    symmetry,
    partialOrder,
    reduction,
    runs,
    exact,
    fingerprintBits,
    collisionOdds,
    bytes,
  };
}
