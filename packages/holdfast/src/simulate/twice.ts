import { type Divergence, firstDivergence } from '@holdfast/world';
import type { Experiment } from '../experiment/experiment.ts';
import { simulatePlan } from './simulate.ts';
import type { RunPlan } from './plan.ts';

/** Two runs of one plan that should be one. */
export interface TwiceResult {
  readonly digest: string;
  /** The digest of the second run; the same when the run is deterministic. */
  readonly second: string;
  /** Where they first differ, when they do and the traces show it. */
  readonly divergence?: Divergence;
}

/**
 * Runs a plan twice and compares; when the digests differ, runs it twice more with traces and names the first event that differs.
 * A difference means that something in the subject depends on more than the plan.
 */
export function simulateTwice(experiment: Experiment, plan: RunPlan): TwiceResult {
  const { digest } = simulatePlan(experiment, plan);
  const { digest: second } = simulatePlan(experiment, plan);
  if (digest === second) return { digest, second };
  const left = simulatePlan(experiment, plan, { trace: true }).trace;
  const right = simulatePlan(experiment, plan, { trace: true }).trace;
  const divergence = left === undefined || right === undefined ? undefined : firstDivergence(left, right);
  return { digest, second, ...(divergence === undefined ? {} : { divergence }) };
}

/** Thrown when two runs of one plan differ: verdicts of such a subject mean nothing. */
export class NondeterminismError extends Error {
  readonly code = 'NOT_DETERMINISTIC';
  readonly digests: readonly [string, string];
  constructor(seed: number, digests: readonly [string, string], divergence: Divergence | undefined) {
    const where = divergence === undefined ? 'their traces show no difference' : divergence.text;
    super(
      `Cannot trust seed ${seed} as two runs of it must be one: their digests are ${digests.join(' and ')}. ${where}; ` +
        'look in the subject for a clock, a random number, an iteration order or state kept between runs',
    );
    this.name = 'NondeterminismError';
    this.digests = digests;
  }
}
