import type { Experiment } from '../experiment/experiment.ts';
import { type ShrinkOptions, type ShrinkResult, shrinkRun } from '../shrink/shrinkRun.ts';
import { type RunSlice, sliceRun } from '../shrink/sliceRun.ts';
import { type RunResult, simulate } from '../simulate/simulate.ts';

/** One seed looked at closely. */
export interface Investigation {
  readonly seed: number;
  /** The run as the seed gives it; with its trace when it was not shrunk. */
  readonly original: RunResult;
  /** Present when the run is violated and was to be shrunk. */
  readonly shrunk?: ShrinkResult;
  /** The events behind the violation of the small run. */
  readonly slice?: RunSlice;
  readonly shrinkMs: number;
}

/** How to look. */
export interface InvestigateOptions extends ShrinkOptions {
  /** Whether to make a violated run small. Default true. */
  readonly shrink?: boolean;
}

/** Runs a seed again and makes it small when it is violated. Deterministic, unless cancelled. */
export function investigate(
  experiment: Experiment,
  seed: number,
  options: InvestigateOptions = {},
): Investigation {
  const first = simulate(experiment, seed);
  if (options.shrink === false || first.status !== 'violated') {
    return { seed, original: simulate(experiment, seed, { trace: true }), shrinkMs: 0 };
  }
  const start = performance.now();
  const shrunk = shrinkRun(experiment, first, options);
  const { cancelled } = options;
  const slice = sliceRun(
    experiment,
    shrunk.result,
    shrunk.promise,
    cancelled === undefined ? {} : { cancelled },
  );
  return { seed, original: first, shrunk, slice, shrinkMs: performance.now() - start };
}

/** The run to show: the small one where there is one. */
export function shownRun(investigation: Investigation): RunResult {
  return investigation.shrunk?.result ?? investigation.original;
}
