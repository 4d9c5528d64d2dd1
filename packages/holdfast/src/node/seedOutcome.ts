import type { Verdict, VerdictStatus } from '@holdfast/check';
import type { Experiment } from '../experiment/experiment.ts';
import { simulate, type RunResult } from '../simulate/simulate.ts';
import { NondeterminismError, simulateTwice } from '../simulate/twice.ts';
import { messageOf, stackOf } from './inputError.ts';

/** One promise in one run. */
export interface PromiseOutcome {
  readonly promise: string;
  readonly status: VerdictStatus;
  readonly reason: string;
  readonly examined: number;
}

/** What a campaign keeps of one seed: plain data, small enough for millions. */
export interface SeedOutcome {
  readonly seed: number;
  /** `error`: the run threw; there is no verdict then. */
  readonly status: VerdictStatus | 'error';
  /** Sixteen hexadecimal digits; empty when the run threw. */
  readonly digest: string;
  readonly verdicts: readonly PromiseOutcome[];
  /** World events handled. */
  readonly events: number;
  /** As the run reports them: operations, faults struck, telemetry. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Real time taken. The only field that differs from one execution to the next. */
  readonly wallMs: number;
  readonly error?: { readonly message: string; readonly stack: string };
}

/**
 * Runs one seed; an experiment that throws gives an outcome that says so. With `twice`, a second run must be equal to the first: if it
 * is not, the outcome is an error that names the first event that differs.
 */
export function runSeed(experiment: Experiment, seed: number, twice = false): SeedOutcome {
  const start = performance.now();
  try {
    const result = simulate(experiment, seed);
    if (twice) {
      const { digest, second, divergence } = simulateTwice(experiment, result.plan);
      const unlike = [digest, second].find((other) => other !== result.digest);
      if (unlike !== undefined) throw new NondeterminismError(seed, [result.digest, unlike], divergence);
    }
    return outcomeOf(result, performance.now() - start);
  } catch (error) {
    return failedOutcome(seed, error, performance.now() - start);
  }
}

/** The compact form of a run. */
export function outcomeOf(result: RunResult, wallMs: number): SeedOutcome {
  const { plan, status, digest, verdicts, events, metrics } = result;
  return { seed: plan.seed, status, digest, verdicts: verdicts.map(promiseOutcome), events, metrics, wallMs };
}

/** The outcome of a seed whose run threw. */
export function failedOutcome(seed: number, error: unknown, wallMs: number): SeedOutcome {
  return {
    seed,
    status: 'error',
    digest: '',
    verdicts: [],
    events: 0,
    metrics: {},
    wallMs,
    error: { message: messageOf(error), stack: stackOf(error) },
  };
}

function promiseOutcome({ promise, status, reason, evidence }: Verdict): PromiseOutcome {
  return { promise, status, reason, examined: evidence.examined };
}
