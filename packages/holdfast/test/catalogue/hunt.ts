import type { Verdict } from '@holdfast/check';
import {
  type Experiment,
  type RunResult,
  type ShrinkOptions,
  type ShrinkResult,
  shrinkRun,
  simulate,
  type Twin,
} from 'holdfast';

/** The only promise that is not about safety: a broken twin must be caught lying, not only standing still. */
const LIVENESS = 'liveness after healing';

/** A broken twin found out. */
export interface Kill {
  readonly experiment: Experiment;
  readonly seed: number;
  /** The whole run of that seed. */
  readonly original: RunResult;
  readonly shrunk: ShrinkResult;
  /** The verdict of the small run on the promise that shrinking kept violated. */
  readonly verdict: Verdict;
}

/** The verdicts that convict a run: safety promises broken. */
export function unsafe(result: RunResult): Verdict[] {
  return result.verdicts.filter(({ status, promise }) => status === 'violated' && promise !== LIVENESS);
}

/** The verdicts that convict a twin: the promise it must break, or any promise of safety when none is named. */
export function convicts(twin: Twin, result: RunResult): Verdict[] {
  const { breaks } = twin;
  if (breaks === undefined) return unsafe(result);
  return result.verdicts.filter(({ status, promise }) => status === 'violated' && promise === breaks);
}

/** The first seed from `from` on, below `limit`, that convicts the twin. */
export function firstConvictingSeed(twin: Twin, limit: number, from = 0): number | undefined {
  const experiment = twin.broken();
  const { breaks } = twin;
  // Other promises may be broken on the way to it. What is judged from the whole history needs the whole run.
  const watched = breaks === undefined || experiment.subject.promises.includes(breaks);
  const stopAtViolation = watched && (breaks ?? true);
  for (let seed = from; seed < limit; seed++) {
    if (convicts(twin, simulate(experiment, seed, { stopAtViolation })).length > 0) return seed;
  }
  return undefined;
}

/** Finds a twin out and makes its run small; undefined when it survives the seeds from `from` (0 unless told otherwise) to `limit`. */
export function kill(
  twin: Twin,
  limit: number,
  { from = 0, ...options }: ShrinkOptions & { readonly from?: number } = {},
): Kill | undefined {
  const experiment = twin.broken();
  const seed = firstConvictingSeed(twin, limit, from);
  if (seed === undefined) return undefined;
  const original = simulate(experiment, seed);
  const shrunk = shrinkRun(experiment, original, {
    ...(twin.breaks === undefined ? {} : { promise: twin.breaks }),
    ...options,
  });
  const verdict = shrunk.result.verdicts.find(({ promise }) => promise === shrunk.promise);
  if (verdict === undefined) throw new RangeError(`Cannot show '${shrunk.promise}' of ${experiment.name}`);
  return { experiment, seed, original, shrunk, verdict };
}

/**
 * The first of seeds `from` to `last` on which the correct protocol is accused in the twin's setting, with the accusation. A judge that spent its
 * budget accuses nobody.
 */
export function accusedControl(twin: Twin, last: number, from = 0): string | undefined {
  const control = twin.control();
  for (let seed = from; seed <= last; seed++) {
    const bad = simulate(control, seed).verdicts.find(({ status }) => status === 'violated');
    if (bad !== undefined) return `seed ${seed}: ${bad.promise}: ${bad.reason}`;
  }
  return undefined;
}
