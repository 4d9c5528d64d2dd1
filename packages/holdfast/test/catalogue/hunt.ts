import type { Verdict } from '@holdfast/check';
import type { RaftDefect } from '@holdfast/protocols';
import {
  type Experiment,
  raftTwin,
  raftTwinControl,
  type RunResult,
  type ShrinkOptions,
  type ShrinkResult,
  shrinkRun,
  simulate,
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

/** The first seed from 0, below `limit`, that breaks a safety promise of the twin. */
export function firstUnsafeSeed(experiment: Experiment, limit: number): number | undefined {
  for (let seed = 0; seed < limit; seed++) {
    if (unsafe(simulate(experiment, seed, { stopAtViolation: true })).length > 0) return seed;
  }
  return undefined;
}

/** Finds a twin out and makes its run small; undefined when it survives `limit` seeds. */
export function kill(defect: RaftDefect, limit: number, options: ShrinkOptions = {}): Kill | undefined {
  const experiment = raftTwin(defect);
  const seed = firstUnsafeSeed(experiment, limit);
  if (seed === undefined) return undefined;
  const original = simulate(experiment, seed);
  const shrunk = shrinkRun(experiment, original, options);
  const verdict = shrunk.result.verdicts.find(({ promise }) => promise === shrunk.promise);
  if (verdict === undefined) throw new RangeError(`Cannot show '${shrunk.promise}' of ${experiment.name}`);
  return { experiment, seed, original, shrunk, verdict };
}

/** The first of seeds 0 to `last` on which the correct protocol is accused in the twin's setting, with the accusation. */
export function accusedControl(defect: RaftDefect, last: number): string | undefined {
  const control = raftTwinControl(defect);
  for (let seed = 0; seed <= last; seed++) {
    const bad = simulate(control, seed).verdicts.find(({ status }) => status !== 'holds');
    if (bad !== undefined) return `seed ${seed}: ${bad.promise}: ${bad.reason}`;
  }
  return undefined;
}
