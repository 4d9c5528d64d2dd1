import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MAX_SEEDS } from '../campaign/limits.ts';
import { type Experiment, isExperiment } from '../experiment/experiment.ts';
import { shellWord } from '../node/command.ts';
import { DEFAULT_FOLDER, evidenceFor, headline, momentOf, recordFinding } from '../node/finding.ts';
import { InputError } from '../node/inputError.ts';
import { type Investigation, investigate, shownRun } from '../node/investigate.ts';
import type { ExperimentReference } from '../node/resolveExperiment.ts';
import { outcomeOf, runSeed } from '../node/seedOutcome.ts';
import { type Summary, SummaryBuilder } from '../node/summary.ts';
import { shortTimeline } from '../node/timeline.ts';
import { callerFile, rerunCommand } from './callSite.ts';
import { HoldfastRunError, HoldfastUndecided, HoldfastViolation } from './errors.ts';

/** How much to run, and where a violation can be looked at again. */
export interface AssertHoldsOptions {
  /** How many seeds, 1 to 1,000,000,000. Give the test a timeout to match: a seed takes some milliseconds to some hundred. */
  readonly seeds: number;
  /** Default 1. */
  readonly firstSeed?: number;
  /** Whether to make a violated run small. Default true. */
  readonly shrink?: boolean;
  /** Most world events that may take. Default 2 million: some seconds. */
  readonly maxShrinkEvents?: number;
  /**
   * The file whose default export holds the experiment, absolute or as `new URL('./x.ts', import.meta.url)`. With it evidence of a violation is
   * written and the error names the `holdfast replay` command; without it the error names how to run the test again with that seed.
   */
  readonly file?: string | URL;
  /** Folder for evidence, relative to the current one. Default `holdfast-report`. */
  readonly folder?: string;
}

/** What held, and how much was looked at. */
export interface HoldsSummary {
  readonly experiment: string;
  readonly seeds: number;
  /** Equal for equal seeds and code, in any process. */
  readonly digest: string;
  readonly checks: Summary['checks'];
  readonly operations: number;
  readonly events: number;
  readonly faults: number;
}

/** Only this seed of this experiment is run when the variable says `name:seed`. */
export const REPLAY_VARIABLE = 'HOLDFAST_REPLAY';

const DEFAULT_SHRINK_EVENTS = 2_000_000;
/** The event loop gets a turn at least this often, unless a single seed takes longer. */
const SLICE_MS = 20;

/**
 * Runs an experiment inside a test, in the current thread, and resolves when every promise held on every seed. Rejects with
 * `HoldfastViolation` (the reason in a sentence and the command that shows it again) at the first seed that is violated, with
 * `HoldfastRunError` when a run throws, with `HoldfastUndecided` when nothing was violated but not everything was decided, and
 * with `InputError` for options that cannot be used.
 */
export async function assertHolds(
  experiment: Experiment,
  options: AssertHoldsOptions,
): Promise<HoldsSummary> {
  const caller = callerFile(new Error('where this was called from').stack);
  check(experiment, options);
  const summary = await runAll(experiment, seedsOf(experiment, options));
  const [violated] = summary.violated;
  if (violated !== undefined) throw violation(experiment, violated.seed, options, caller);
  const [thrown] = summary.errors;
  if (thrown?.error !== undefined) {
    throw new HoldfastRunError(
      experiment.name,
      thrown.seed,
      thrown.error,
      rerun(experiment, thrown.seed, caller),
    );
  }
  if (summary.conclusion !== 'holds') throw undecided(experiment, summary);
  const { seeds, digest, checks, operations, events, faults } = summary;
  return { experiment: experiment.name, seeds, digest, checks, operations, events, faults };
}

function check(experiment: unknown, { seeds, firstSeed = 1 }: AssertHoldsOptions): void {
  if (!isExperiment(experiment)) {
    throw new InputError(
      'Cannot use the first argument as an experiment: it is none',
      'pass what experiment() returned',
    );
  }
  if (!Number.isSafeInteger(seeds) || seeds < 1 || seeds > MAX_SEEDS) {
    throw new InputError(
      `Cannot use seeds as a whole number from 1 to ${MAX_SEEDS}: current value is ${seeds}`,
      'say how many seeds to run',
    );
  }
  if (!Number.isSafeInteger(firstSeed) || firstSeed < 0 || !Number.isSafeInteger(firstSeed + seeds)) {
    throw new InputError(
      `Cannot use firstSeed as a whole number from 0: current value is ${firstSeed}`,
      'give a seed, or leave it out to begin with 1',
    );
  }
}

/** First seed and count: those asked for, or the one that the environment asks to see again. */
function seedsOf(
  experiment: Experiment,
  { seeds, firstSeed = 1 }: AssertHoldsOptions,
): readonly [number, number] {
  const [, name, seed] = /^(.*):(\d+)$/.exec(process.env[REPLAY_VARIABLE] ?? '') ?? [];
  return name === experiment.name && Number.isSafeInteger(Number(seed))
    ? [Number(seed), 1]
    : [firstSeed, seeds];
}

async function runAll(experiment: Experiment, [first, count]: readonly [number, number]): Promise<Summary> {
  const builder = new SummaryBuilder();
  let sliceStart = performance.now();
  for (let seed = first; seed < first + count; seed++) {
    const outcome = runSeed(experiment, seed);
    builder.add(outcome);
    if (outcome.status === 'violated' || outcome.status === 'error') break;
    if (performance.now() - sliceStart < SLICE_MS) continue;
    await setImmediate();
    sliceStart = performance.now();
  }
  return builder.finish();
}

function violation(
  experiment: Experiment,
  seed: number,
  options: AssertHoldsOptions,
  caller: string | undefined,
): HoldfastViolation {
  const { shrink = true, maxShrinkEvents = DEFAULT_SHRINK_EVENTS } = options;
  const investigation = investigate(experiment, seed, { shrink, maxEvents: maxShrinkEvents });
  const shown = shownRun(investigation);
  const verdict = headline(investigation);
  const { promise, reason } = verdict ?? { promise: 'a promise', reason: 'see the verdicts' };
  const { trace, history } = shown;
  return new HoldfastViolation(promise, reason, {
    experiment: experiment.name,
    seed,
    verdicts: outcomeOf(shown, 0).verdicts,
    timeline: trace === undefined ? '' : shortTimeline(trace, history, momentOf(verdict)),
    ...written(experiment, investigation, options, caller),
  });
}

type Written = Pick<HoldfastViolation, 'evidence' | 'evidencePath' | 'command'>;

function written(
  experiment: Experiment,
  investigation: Investigation,
  { file, folder = DEFAULT_FOLDER }: AssertHoldsOptions,
  caller: string | undefined,
): Written {
  const { name } = experiment;
  const cwd = process.cwd();
  if (file === undefined) {
    const evidence = evidenceFor(investigation, { kind: 'built-in', name }, cwd);
    return { evidence, evidencePath: undefined, command: rerun(experiment, investigation.seed, caller) };
  }
  const path = file instanceof URL || file.startsWith('file:') ? fileURLToPath(file) : resolve(cwd, file);
  const reference: ExperimentReference = { kind: 'file', path, name };
  return recordFinding(investigation, reference, { folder: resolve(cwd, folder), cwd });
}

function rerun(experiment: Experiment, seed: number, caller: string | undefined): string {
  const variable = `${REPLAY_VARIABLE}=${shellWord(`${experiment.name}:${seed}`)}`;
  return rerunCommand(variable, caller, process.env, process.cwd());
}

function undecided(experiment: Experiment, summary: Summary): HoldfastUndecided {
  const [first] = summary.undecided;
  const verdict = first?.verdicts.find(({ status }) => status === 'undecided');
  const reason =
    verdict === undefined
      ? 'nothing was examined: no operation was issued, or no promise met anything to judge'
      : `seed ${first?.seed}: ${verdict.promise}: ${verdict.reason}`;
  return new HoldfastUndecided(experiment.name, reason, first?.seed);
}
