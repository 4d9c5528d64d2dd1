import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Bounds,
  BoundsError,
  type Checkpoint,
  CheckpointError,
  CoreModelError,
  type ExploreProgress,
  type ExploreResult,
  type FingerprintBits,
  followRun,
  ImpureModelError,
  NAMED_MODELS,
  PartialOrderError,
  SpecError,
  StepNotEnabledError,
} from '@holdfast/explore';
import { programCommand, shellWord, shownPath } from '../../node/command.ts';
import { DEFAULT_FOLDER } from '../../node/finding.ts';
import { readCheckpoint, writeCheckpoint } from '../../node/exploration/checkpointFile.ts';
import { mergedBounds, parseBounds, printBounds } from '../../node/exploration/parseBounds.ts';
import { type LoadedModel, resolveModel } from '../../node/exploration/resolveModel.ts';
import { type ExplorationEnd, runExploration } from '../../node/exploration/runExploration.ts';
import { modelText, readTrace, writeTrace } from '../../node/exploration/traceFile.ts';
import { InputError, messageOf, systemCode } from '../../node/inputError.ts';
import { versions } from '../../node/versions.ts';
import { type ExploreDocument, printDocument, RESULT_VERSION } from '../document.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import {
  describeExploration,
  describeModels,
  describeProperties,
  describeRun,
  exploreProgress,
} from '../exploreText.ts';
import type { Io } from '../io.ts';
import { exploreGuided } from './exploreGuided.ts';
import { walkThrough } from './exploreWalk.ts';
import { ProgressLine } from '../progressLine.ts';
import { painted, rounded, spent } from '../text.ts';

/** What `holdfast explore` takes. */
export interface ExploreFlags {
  readonly bounds?: string;
  readonly symmetry: boolean;
  readonly partialOrder?: boolean;
  readonly exact: boolean;
  readonly fingerprint?: FingerprintBits;
  /** A folder for states that wait. */
  readonly spill?: string;
  readonly keepGoing: boolean;
  readonly maxStates?: number;
  /** Memory it may use, mebibytes. */
  readonly memory?: number;
  /** Threads; default 1. */
  readonly workers?: number;
  readonly replay?: string;
  /** A checkpoint to go on from. */
  readonly resume?: string;
  /** Steps of a guided search, in place of an exhaustive one. */
  readonly budget?: number;
  readonly seed?: number;
  /** Positions of steps to take, or true for none. */
  readonly walk?: string | true;
  readonly json: boolean;
}

/** `holdfast explore`: every run of a model within bounds, or the shortest violation. */
export async function explore(name: string | undefined, flags: ExploreFlags, io: Io): Promise<ExitCode> {
  if (flags.replay !== undefined) return replayRun(name, flags.replay, flags, io);
  if (name === undefined) return listModels(flags.json, io);
  const loaded = await resolveModel(name, io.cwd);
  if (flags.resume !== undefined && (flags.workers ?? 1) > 1)
    throw new InputError('Cannot go on from a checkpoint with several workers', 'leave --workers out');
  if (flags.exact && (flags.workers ?? 1) > 1)
    throw new InputError('Cannot use --exact with several workers', 'leave one of the two out');
  if (flags.partialOrder === true && (flags.workers ?? 1) > 1)
    throw new InputError('Cannot use --partial-order with several workers', 'leave one of the two out');
  if (flags.fingerprint === 96 && (flags.workers ?? 1) > 1)
    throw new InputError('Cannot use --fingerprint 96 with several workers', 'leave one of the two out');
  const given = flags.bounds === undefined ? {} : parseBounds(flags.bounds);
  const bounds = mergedBounds(loaded.model.bounds, given);
  const { walk, budget, seed = 1, json } = flags;
  if (walk !== undefined) return walkThrough(loaded, bounds, { path: walk === true ? '' : walk, json }, io);
  if (budget !== undefined) return exploreGuided(loaded, bounds, { budget, seed, json }, io);
  const checkpoint = flags.resume === undefined ? undefined : readCheckpoint(resolve(io.cwd, flags.resume));
  const interrupt = io.catchInterrupt();
  let progress: ExploreProgress | undefined;
  const line = new ProgressLine(io, (elapsed) =>
    progress === undefined ? 'starting' : exploreProgress(progress, elapsed),
  );
  let end: ExplorationEnd;
  try {
    end = await runExploration({
      ...loaded,
      bounds,
      symmetry: flags.symmetry,
      partialOrder: flags.partialOrder === true,
      exact: flags.exact,
      stopAtViolation: !flags.keepGoing,
      ...(flags.fingerprint === undefined ? {} : { fingerprintBits: flags.fingerprint }),
      ...(flags.spill === undefined ? {} : { spillFolder: resolve(io.cwd, flags.spill) }),
      ...(flags.maxStates === undefined ? {} : { maxStates: flags.maxStates }),
      ...(flags.memory === undefined ? {} : { maxBytes: flags.memory * 2 ** 20 }),
      ...(flags.workers === undefined ? {} : { workers: flags.workers }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
      signal: interrupt.signal,
      onProgress: (now) => {
        progress = now;
      },
    });
  } catch (error) {
    throw asInput(error);
  } finally {
    line.end();
    interrupt.release();
  }
  return present(loaded, bounds, end, flags, io);
}

/** Models that make no sense, or are no functions of their arguments, are input that cannot be used. */
function asInput(error: unknown): unknown {
  const impure = error instanceof ImpureModelError || systemCode(error) === 'IMPURE_CORE';
  if (impure)
    return new InputError(messageOf(error), 'make it a function of its arguments', { cause: error });
  if (error instanceof CheckpointError)
    return new InputError(messageOf(error), 'give it what it was made with', { cause: error });
  if (error instanceof PartialOrderError)
    return new InputError(messageOf(error), 'leave --partial-order out', { cause: error });
  if (error instanceof BoundsError || error instanceof CoreModelError || error instanceof SpecError)
    return new InputError(messageOf(error), 'mend the model or its bounds', { cause: error });
  return error;
}

/** What goes with a violation. */
interface Evidence {
  readonly path: string;
  readonly command: string;
}

function present(
  loaded: LoadedModel,
  bounds: Bounds,
  { result, checkpoint, wallMs }: ExplorationEnd,
  { json }: ExploreFlags,
  io: Io,
): ExitCode {
  const evidence = evidenceOf(loaded, bounds, result, io);
  const saved = checkpoint === undefined ? undefined : tryCheckpoint(checkpoint, loaded, bounds, io);
  const document = documentOf(loaded, bounds, result, { wallMs, evidence, saved }, io);
  if (json) printDocument(io, document);
  else {
    const { counterexample } = result;
    const within = result.bounds === '' ? '' : ` within ${result.bounds}`;
    io.out(`${loaded.model.name}${within}\n\n${describeProperties(io, result)}\n\n`);
    if (counterexample !== undefined) {
      const head = painted(io, 'violated', 'VIOLATED');
      const shortest =
        counterexample.loopsFrom === undefined && !result.partialOrder ? ', no run is shorter' : '';
      io.out(`${head}  ${counterexample.property}${shortest}\n${describeRun(io, counterexample)}\n`);
      io.out(`  so: ${counterexample.seen}\n\n`);
    }
    io.out(`${describeExploration(io, result, spent(wallMs))}\n`);
    if (evidence !== undefined) io.out(`evidence  ${evidence.path}\nreplay    ${evidence.command}\n`);
    if (saved !== undefined) io.out(`checkpoint  ${saved.path}\ngo on with  ${saved.command}\n`);
  }
  return document.exitCode;
}

function evidenceOf(
  { reference }: LoadedModel,
  bounds: Bounds,
  { counterexample }: ExploreResult,
  io: Io,
): Evidence | undefined {
  // A run without end cannot be followed to where it is violated.
  if (counterexample === undefined || counterexample.loopsFrom !== undefined) return undefined;
  const path = shownPath(writeTrace(counterexample, reference, bounds, io.cwd), io.cwd);
  return { path, command: `${programCommand(io.cwd)} explore --replay ${shellWord(path)}` };
}

/** What was covered counts also where there is no room to write down how to go on. */
function tryCheckpoint(
  checkpoint: Checkpoint,
  loaded: LoadedModel,
  bounds: Bounds,
  io: Io,
): Evidence | undefined {
  try {
    return saveCheckpoint(checkpoint, loaded, bounds, io);
  } catch (error) {
    io.err(`${messageOf(error)}\n`);
    return undefined;
  }
}

/** Writes down where an unfinished search is, and how to go on. */
function saveCheckpoint(
  checkpoint: Checkpoint,
  { reference }: LoadedModel,
  bounds: Bounds,
  io: Io,
): Evidence {
  const folder = join(io.cwd, DEFAULT_FOLDER);
  mkdirSync(folder, { recursive: true });
  const file = join(
    folder,
    `${reference.name.replace(/[^\w.-]+/g, '-')}-${checkpoint.search.number}.checkpoint`,
  );
  writeCheckpoint(file, checkpoint);
  const path = shownPath(file, io.cwd);
  const words = ['explore', shellWord(modelText(reference, io.cwd)), '--resume', shellWord(path)];
  const printed = printBounds(bounds);
  if (printed !== '') words.push('--bounds', shellWord(printed));
  if (checkpoint.partialOrder) words.push('--partial-order');
  if (checkpoint.search.bits === 96) words.push('--fingerprint', '96');
  return { path, command: `${programCommand(io.cwd)} ${words.join(' ')}` };
}

function documentOf(
  { model, reference }: LoadedModel,
  bounds: Bounds,
  result: ExploreResult,
  {
    wallMs,
    evidence,
    saved,
  }: {
    readonly wallMs: number;
    readonly evidence: Evidence | undefined;
    readonly saved: Evidence | undefined;
  },
  io: Io,
): ExploreDocument {
  const { status, properties, counterexample, states } = result;
  const { end, generated, depth, queued, clipped, symmetry, exact, collisionOdds, bytes } = result;
  const { fingerprintBits, partialOrder } = result;
  return {
    format: 'holdfast-result',
    version: RESULT_VERSION,
    command: 'explore',
    verdict: status,
    exitCode: EXIT_CODES[status],
    model: { name: model.name, file: reference.kind === 'file' ? shownPath(reference.path, io.cwd) : null },
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
    coverage: {
      end,
      states,
      generated,
      depth,
      queued,
      clipped,
      symmetry,
      partialOrder,
      exact,
      fingerprintBits,
      collisionOdds,
      bytes,
    },
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
    checkpoint: saved?.path ?? null,
    resume: saved?.command ?? null,
    timings: { totalMs: rounded(wallMs) },
    versions: versions(),
  };
}

function listModels(json: boolean, io: Io): ExitCode {
  if (!json) {
    io.out(`${describeModels(NAMED_MODELS)}\n`);
    io.out(
      "\nExplore one with 'holdfast explore <name>', or your own with 'holdfast explore ./my-model.ts'.\n",
    );
    return 0;
  }
  const models = NAMED_MODELS.map(({ name, kind, family, about, load }) => ({
    name,
    kind,
    family,
    about,
    bounds: printBounds(load().bounds),
  }));
  printDocument(io, {
    format: 'holdfast-result',
    version: RESULT_VERSION,
    command: 'explore',
    models,
    versions: versions(),
  });
  return 0;
}

/** Follows a run that was written down, and ends as it does: 1 when the promise is broken at its end. */
async function replayRun(
  name: string | undefined,
  path: string,
  flags: ExploreFlags,
  io: Io,
): Promise<ExitCode> {
  const start = performance.now();
  const file = readTrace(resolve(io.cwd, path));
  const loaded = await resolveModel(name ?? file.model, io.cwd);
  const walk = followed(() => followRun(loaded.model, file.bounds, file.steps), path);
  const broken = walk.broken();
  const verdict = broken.length > 0 ? 'violated' : 'holds';
  const wallMs = performance.now() - start;
  if (!flags.json) {
    io.out(`${modelText(loaded.reference, io.cwd)}, a run of ${walk.steps.length} steps\n`);
    io.out(`${describeRun(io, { steps: walk.steps })}\n\n`);
    for (const { property, seen } of broken)
      io.out(`${painted(io, 'violated', 'VIOLATED')}  ${property}: ${seen}\n`);
    if (broken.length === 0) io.out(`${painted(io, 'holds', 'HOLDS')}  no promise is broken at its end\n`);
    return EXIT_CODES[verdict];
  }
  printDocument(
    io,
    replayDocument(loaded, file.bounds, walk, wallMs, shownPath(join(io.cwd, path), io.cwd), io),
  );
  return EXIT_CODES[verdict];
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
    model: { name: model.name, file: reference.kind === 'file' ? shownPath(reference.path, io.cwd) : null },
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
      states: steps.length + 1,
      generated: steps.length + 1,
      depth: steps.length + 1,
      queued: 0,
      clipped: {},
      symmetry: false,
      partialOrder: false,
      exact: true,
      fingerprintBits: 64,
      collisionOdds: 0,
      bytes: 0,
    },
    counterexample: broken === undefined ? null : { promise: broken.property, seen: broken.seen, steps },
    evidence: path,
    replay: null,
    checkpoint: null,
    resume: null,
    timings: { totalMs: rounded(wallMs) },
    versions: versions(),
  };
}
