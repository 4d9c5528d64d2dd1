import { join, resolve } from 'node:path';
import { type Bounds, followRun, shortenRun, StepNotEnabledError, type Walkthrough } from '@holdfast/explore';
import { shownPath } from '../../node/command.ts';
import { printBounds } from '../../node/exploration/parseBounds.ts';
import { type LoadedModel, resolveModel } from '../../node/exploration/resolveModel.ts';
import {
  type ExploredRun,
  modelFile,
  modelText,
  readExploredRun,
  writeExploredRun,
} from '../../node/exploration/exploredRun.ts';
import { InputError, messageOf } from '../../node/inputError.ts';
import { versions } from '../../node/versions.ts';
import { type ExploreDocument, printDocument, RESULT_VERSION } from '../document.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import { describeRun } from '../exploreText.ts';
import type { Io } from '../io.ts';
import { painted, rounded } from '../text.ts';
import { asInput } from './exploreInput.ts';

/** Follows a run that was written down, and ends as it does: 1 when the promise is broken at its end. */
export async function replayRun(
  name: string | undefined,
  path: string,
  flags: { readonly json: boolean; readonly shrink: boolean },
  io: Io,
): Promise<ExitCode> {
  const start = performance.now();
  const file = readExploredRun(resolve(io.cwd, path));
  const loaded = await resolveModel(name ?? file.model, io.cwd, file.size);
  const whole = followed(() => followRun(loaded.model, file.bounds, file.steps), path);
  const shorter = flags.shrink ? shortened(loaded, file, io) : undefined;
  const walk = shorter?.walk ?? whole;
  const shown = shorter?.path ?? shownPath(join(io.cwd, path), io.cwd);
  const broken = walk.broken();
  const verdict = broken.length > 0 ? 'violated' : 'holds';
  const wallMs = performance.now() - start;
  if (!flags.json) {
    const was = shorter === undefined ? '' : `, shortened from ${whole.steps.length}`;
    io.out(`${modelText(loaded.reference, io.cwd)}, a run of ${walk.steps.length} steps${was}\n`);
    io.out(`${describeRun(io, { steps: walk.steps })}\n\n`);
    for (const { property, seen } of broken)
      io.out(`${painted(io, 'violated', 'VIOLATED')}  ${property}: ${seen}\n`);
    if (broken.length === 0) io.out(`${painted(io, 'holds', 'HOLDS')}  no promise is broken at its end\n`);
    if (shorter !== undefined) io.out(`evidence  ${shown}\n`);
    return EXIT_CODES[verdict];
  }
  printDocument(io, replayDocument(loaded, file.bounds, walk, wallMs, shown, io));
  return EXIT_CODES[verdict];
}

/** The run with what is not needed left out, written down beside the one it was made of; undefined where all of it is needed. */
function shortened(
  { model, reference }: LoadedModel,
  { bounds, property, steps }: ExploredRun,
  io: Io,
): { readonly walk: Walkthrough; readonly path: string } | undefined {
  const run = shortenRun(model, bounds, { property, steps });
  if (run === undefined || run.steps.length >= steps.length) return undefined;
  const path = shownPath(writeExploredRun({ property, ...run }, reference, bounds, io.cwd), io.cwd);
  const texts = run.steps.map(({ text }) => text);
  return { walk: followRun(model, bounds, texts), path };
}

function followed<T>(follow: () => T, path: string): T {
  try {
    return follow();
  } catch (error) {
    if (error instanceof StepNotEnabledError)
      throw new InputError(
        `Cannot replay ${path}: ${messageOf(error)}`,
        'the model has changed since; explore it again',
        { cause: error },
      );
    throw asInput(error);
  }
}

function replayDocument(
  { model, reference }: LoadedModel,
  bounds: Bounds,
  walk: ReturnType<typeof followRun>,
  wallMs: number,
  path: string,
  io: Io,
): ExploreDocument {
  const [broken] = walk.broken();
  const verdict = broken === undefined ? 'holds' : 'violated';
  const reason =
    broken === undefined ? 'no promise is broken at its end' : `${broken.property}: ${broken.seen}`;
  const steps = walk.steps.map(({ kind, text, changes }) => ({ kind, text, changes }));
  return {
    format: 'holdfast-result',
    version: RESULT_VERSION,
    command: 'explore',
    verdict,
    exitCode: EXIT_CODES[verdict],
    model: { name: model.name, file: modelFile(reference, io.cwd) },
    bounds: printBounds(bounds),
    interrupted: false,
    reason,
    checks: [],
    findings: walk
      .broken()
      .map(({ property, seen }) => ({ seed: null, file: null, promise: property, reason: seen })),
    errors: [],
    coverage: {
      end: 'replayed',
      search: 'none',
      revisited: 0,
      states: steps.length + 1,
      generated: steps.length + 1,
      depth: steps.length + 1,
      queued: 0,
      clipped: {},
      heldBackBy: [],
      symmetry: false,
      partialOrder: false,
      reduction: 'off',
      runs: null,
      exact: true,
      fingerprintBits: 64,
      collisionOdds: 0,
      bytes: 0,
    },
    iterations: [],
    iterationsEnd: null,
    counterexample: broken === undefined ? null : { promise: broken.property, seen: broken.seen, steps },
    evidence: path,
    replay: null,
    report: null,
    checkpoint: null,
    resume: null,
    timings: { totalMs: rounded(wallMs) },
    versions: versions(),
  };
}
