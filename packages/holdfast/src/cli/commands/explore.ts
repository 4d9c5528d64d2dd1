import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Bounds,
  type Checkpoint,
  type ExploreProgress,
  type ExploreResult,
  type FingerprintBits,
  NAMED_MODELS,
  type PartialOrderKind,
  type SearchOrder,
  shortenRun,
} from '@holdfast/explore';
import { programCommand, shellWord, shownPath } from '../../node/command.ts';
import { DEFAULT_FOLDER } from '../../node/finding.ts';
import { readCheckpoint, writeCheckpoint } from '../../node/exploration/checkpointFile.ts';
import { type GivenBounds, parseGrowingBounds } from '../../node/exploration/growingBounds.ts';
import { mergedBounds, printBounds } from '../../node/exploration/parseBounds.ts';
import { type LoadedModel, resolveModel } from '../../node/exploration/resolveModel.ts';
import { whatWasExplored } from '../../node/exploration/whatWasExplored.ts';
import { type ExplorationEnd, runExploration } from '../../node/exploration/runExploration.ts';
import { modelText, writeExploredRun } from '../../node/exploration/exploredRun.ts';
import { type ExploredSize, LINEARIZABILITY } from '../../exploring/experimentModel.ts';
import { InputError, messageOf } from '../../node/inputError.ts';
import { versions } from '../../node/versions.ts';
import { printDocument, RESULT_VERSION } from '../document.ts';
import type { ExitCode } from '../exitCodes.ts';
import {
  describeExploration,
  describeModels,
  describeProperties,
  describeRun,
  exploreProgress,
} from '../exploreText.ts';
import type { Io } from '../io.ts';
import { asInput } from './exploreInput.ts';
import { type Evidence, exploreDocument } from './exploreDocument.ts';
import { writeExploredPage } from './explorePage.ts';
import { exploreGrowing, type GrownEnd, iterationText } from './exploreGrowing.ts';
import { exploreGuided } from './exploreGuided.ts';
import { replayRun } from './exploreReplay.ts';
import { walkThrough } from './exploreWalk.ts';
import { ProgressLine } from '../progressLine.ts';
import { painted, spent } from '../text.ts';

/** What `holdfast explore` takes. */
export interface ExploreFlags {
  /** Default breadth first. */
  readonly search?: SearchOrder;
  /** Shortens the run that breaks a promise. */
  readonly shrink: boolean;
  readonly bounds?: string;
  readonly symmetry: boolean;
  /** True for ample sets. */
  readonly partialOrder?: true | PartialOrderKind;
  readonly exact: boolean;
  readonly fingerprint?: FingerprintBits;
  /** A folder for states that wait. */
  readonly spill?: string;
  readonly keepGoing: boolean;
  readonly maxStates?: number;
  /** Seconds it may take. */
  readonly time?: number;
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
  /** Of an experiment: its nodes, and the calls of its clients. */
  readonly nodes?: number;
  readonly calls?: number;
  /** The folder an HTML report of a violation goes to. */
  readonly report?: string;
  readonly json: boolean;
}

/** `holdfast explore`: every run of a model within bounds, or the shortest violation. */
export async function explore(name: string | undefined, flags: ExploreFlags, io: Io): Promise<ExitCode> {
  if (flags.replay !== undefined) return replayRun(name, flags.replay, flags, io);
  if (name === undefined) return listModels(flags.json, io);
  const loaded = await resolveModel(name, io.cwd, sizeOf(flags));
  refuseWhatDoesNotGoTogether(flags);
  const { fixed, growing } = flags.bounds === undefined ? NOTHING_GIVEN : parseGrowingBounds(flags.bounds);
  const bounds = mergedBounds(loaded.model.bounds, fixed);
  if (growing.length > 0) refuseRanges(flags);
  const { walk, budget, seed = 1, json } = flags;
  if (loaded.explored !== undefined && !json)
    for (const line of whatWasExplored(loaded.explored)) io.err(`${line}\n`);
  if (walk !== undefined) return walkThrough(loaded, bounds, { path: walk === true ? '' : walk, json }, io);
  if (budget !== undefined) return exploreGuided(loaded, bounds, { budget, seed, json }, io);
  const checkpoint = flags.resume === undefined ? undefined : readCheckpoint(resolve(io.cwd, flags.resume));
  const interrupt = io.catchInterrupt();
  const time = flags.time === undefined ? [] : [AbortSignal.timeout(flags.time * 1_000)];
  const signal = AbortSignal.any([interrupt.signal, ...time]);
  try {
    if (growing.length === 0) {
      const end = await searched(loaded, bounds, { flags, signal, checkpoint, known: 0 }, io);
      return present(loaded, bounds, shortened(loaded, bounds, end, flags), { flags }, io);
    }
    const grown = await exploreGrowing(
      bounds,
      growing,
      (within, known) => searched(loaded, within, { flags, signal, checkpoint: undefined, known }, io),
      (iteration) => {
        if (!json) io.out(`${iterationText(iteration, growing)}\n`);
      },
    );
    if (!json) io.out('\n');
    const end = shortened(loaded, grown.bounds, grown.last, flags);
    return present(loaded, grown.bounds, end, { flags, grown }, io);
  } catch (error) {
    throw asInput(error);
  } finally {
    interrupt.release();
  }
}

/** How one search within bounds is made. */
interface SearchedHow {
  readonly flags: ExploreFlags;
  readonly signal: AbortSignal;
  readonly checkpoint: Checkpoint | undefined;
  /** States that searches before it have visited. */
  readonly known: number;
}

/** One search, with a line that says how far it is. */
async function searched(
  loaded: LoadedModel,
  bounds: Bounds,
  { flags, signal, checkpoint, known }: SearchedHow,
  io: Io,
): Promise<ExplorationEnd> {
  let progress: ExploreProgress | undefined;
  const before = checkpoint?.search.states ?? 0;
  const line = new ProgressLine(io, (elapsed) =>
    progress === undefined ? 'starting' : exploreProgress(progress, elapsed, before),
  );
  try {
    return await runExploration({
      ...loaded,
      bounds,
      search: flags.search ?? 'breadth',
      symmetry: flags.symmetry,
      partialOrder: reductionOf(flags),
      exact: flags.exact,
      stopAtViolation: !flags.keepGoing,
      ...(flags.fingerprint === undefined ? {} : { fingerprintBits: flags.fingerprint }),
      ...(flags.spill === undefined ? {} : { spillFolder: resolve(io.cwd, flags.spill) }),
      ...maxStatesOf(flags, loaded, known),
      ...(flags.memory === undefined ? {} : { maxBytes: flags.memory * 2 ** 20 }),
      ...(flags.workers === undefined ? {} : { workers: flags.workers }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
      signal,
      onProgress: (now) => {
        progress = now;
      },
    });
  } finally {
    line.end();
  }
}

const NOTHING_GIVEN: GivenBounds = { fixed: {}, growing: [] };

/** What looks at one set of bounds only. */
function refuseRanges({ walk, budget, resume }: ExploreFlags): void {
  const one = { '--walk': walk, '--budget': budget, '--resume': resume };
  for (const [option, value] of Object.entries(one))
    if (value !== undefined)
      throw new InputError(`Cannot use ${option} with a range of bounds`, 'give each bound one value');
}

/** Options that each make sense alone only, refused before the work begins. */
function refuseWhatDoesNotGoTogether(flags: ExploreFlags): void {
  const given: Readonly<Record<string, boolean>> = {
    '--resume': flags.resume !== undefined,
    '--exact': flags.exact,
    '--partial-order': reductionOf(flags) !== 'off',
    '--fingerprint 96': flags.fingerprint === 96,
    '--search depth': flags.search === 'depth',
  };
  const together = (option: string, others: readonly string[]): void => {
    for (const other of others)
      if (given[other] === true)
        throw new InputError(`Cannot use ${other} with ${option}`, 'leave one of the two out');
  };
  if ((flags.workers ?? 1) > 1) together('several workers', Object.keys(given));
  if (reductionOf(flags) === 'dynamic')
    together('--partial-order dynamic', ['--resume', '--exact', '--fingerprint 96']);
  // Depth first hardly any states wait.
  if (flags.spill !== undefined) together('--spill', ['--search depth']);
}

function reductionOf({ partialOrder = 'off' }: ExploreFlags): PartialOrderKind {
  return partialOrder === true ? 'ample' : partialOrder;
}

/** With the violated run shortened, where that was asked for and it is not a shortest one. */
function shortened(
  { model }: LoadedModel,
  bounds: Bounds,
  end: ExplorationEnd,
  { shrink }: ExploreFlags,
): ExplorationEnd {
  const { result } = end;
  const { counterexample: found } = result;
  if (!shrink || found === undefined || found.loopsFrom !== undefined) return end;
  const { property } = found;
  const run = shortenRun(model, bounds, { property, steps: found.steps.map(({ text }) => text) });
  if (run === undefined || run.steps.length >= found.steps.length) return end;
  return { ...end, result: { ...result, counterexample: { property, ...run } } };
}

/** An experiment is made for simulation: searched to the end it may last for hours, so that it stops unless told otherwise. */
const EXPERIMENT_STATES = 2_000_000;

function maxStatesOf(
  { maxStates }: ExploreFlags,
  { explored }: LoadedModel,
  known: number,
): { readonly maxStates?: number } {
  const most = maxStates ?? (explored === undefined ? undefined : EXPERIMENT_STATES);
  return most === undefined ? {} : { maxStates: Math.max(1, most - known) };
}

/** What was asked of an experiment's size; undefined when nothing was. */
function sizeOf({ nodes, calls }: ExploreFlags): ExploredSize | undefined {
  if (nodes === undefined && calls === undefined) return undefined;
  return { ...(nodes === undefined ? {} : { nodes }), ...(calls === undefined ? {} : { calls }) };
}

function present(
  loaded: LoadedModel,
  bounds: Bounds,
  { result, checkpoint, wallMs }: ExplorationEnd,
  { flags, grown }: { readonly flags: ExploreFlags; readonly grown?: GrownEnd },
  io: Io,
): ExitCode {
  const { json, report, workers = 1 } = flags;
  const evidence = evidenceOf(loaded, bounds, result, io);
  const page =
    report === undefined
      ? undefined
      : writeExploredPage(loaded, bounds, result, { folder: report, command: evidence?.command }, io);
  const saved = checkpoint === undefined ? undefined : tryCheckpoint(checkpoint, loaded, bounds, flags, io);
  const document = exploreDocument(loaded, bounds, result, { wallMs, evidence, saved, page, grown }, io);
  if (json) printDocument(io, document);
  else {
    const { counterexample } = result;
    const within = result.bounds === '' ? '' : ` within ${result.bounds}`;
    io.out(`${loaded.model.name}${within}\n\n${describeProperties(io, result)}\n\n`);
    if (counterexample !== undefined) {
      const head = painted(io, 'violated', 'VIOLATED');
      const shortest = isShortest(result) ? ', no run is shorter' : '';
      io.out(`${head}  ${counterexample.property}${shortest}\n${describeRun(io, counterexample)}\n`);
      io.out(`  so: ${counterexample.seen}\n\n`);
    }
    io.out(`${describeExploration(io, result, spent(wallMs))}\n`);
    const idle = notExamined(loaded, result);
    if (idle.length > 0 && workers === 1)
      io.out(`  nothing happened that could have broken: ${idle.join(', ')}\n`);
    if (evidence !== undefined) io.out(`evidence  ${evidence.path}\nreplay    ${evidence.command}\n`);
    if (evidence !== undefined && !isShortest(result) && !flags.shrink)
      io.out(`shorten   ${evidence.command} --shrink\n`);
    if (page !== undefined) io.out(`report    ${page}\n`);
    else if (evidence !== undefined)
      io.out(`picture   ${programCommand(io.cwd)} draw ${shellWord(evidence.path)}\n`);
    if (saved !== undefined) io.out(`checkpoint  ${saved.path}\ngo on with  ${saved.command}\n`);
  }
  return document.exitCode;
}

/** Whether no run is shorter than the one that was found. */
function isShortest({ counterexample, partialOrder, search }: ExploreResult): boolean {
  return counterexample?.loopsFrom === undefined && !partialOrder && search === 'breadth';
}

/** Promises judged by a monitor that had nothing to look at. With several threads only they know. */
function notExamined({ explored }: LoadedModel, { properties }: ExploreResult): string[] {
  const { examined } = explored ?? {};
  if (examined === undefined) return [];
  return properties.map(({ name }) => name).filter((name) => name !== LINEARIZABILITY && !examined.has(name));
}

function evidenceOf(
  { reference }: LoadedModel,
  bounds: Bounds,
  { counterexample }: ExploreResult,
  io: Io,
): Evidence | undefined {
  // A run without end cannot be followed to where it is violated.
  if (counterexample === undefined || counterexample.loopsFrom !== undefined) return undefined;
  const path = shownPath(writeExploredRun(counterexample, reference, bounds, io.cwd), io.cwd);
  return { path, command: `${programCommand(io.cwd)} explore --replay ${shellWord(path)}` };
}

/** What was covered counts also where there is no room to write down how to go on. */
function tryCheckpoint(
  checkpoint: Checkpoint,
  loaded: LoadedModel,
  bounds: Bounds,
  flags: ExploreFlags,
  io: Io,
): Evidence | undefined {
  try {
    return saveCheckpoint(checkpoint, loaded, bounds, flags, io);
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
  { symmetry, spill, keepGoing, nodes, calls, search }: ExploreFlags,
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
  if (nodes !== undefined) words.push('--nodes', String(nodes));
  if (calls !== undefined) words.push('--calls', String(calls));
  if (!symmetry) words.push('--no-symmetry');
  if (keepGoing) words.push('--keep-going');
  if (spill !== undefined) words.push('--spill', shellWord(spill));
  if (search !== undefined) words.push('--search', search);
  if (checkpoint.partialOrder) words.push('--partial-order');
  if (checkpoint.search.bits === 96) words.push('--fingerprint', '96');
  return { path, command: `${programCommand(io.cwd)} ${words.join(' ')}` };
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
