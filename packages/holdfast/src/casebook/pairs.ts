import { type RunResult, simulate } from '../simulate/simulate.ts';
import type { CasePair, CaseStudy } from './case.ts';

/** How one pair of a case came out. */
export interface PairOutcome {
  readonly pair: CasePair;
  /** Seeds each was run with. */
  readonly seeds: number;
  /** Seeds in which the wrong approach broke its promise, and the first of them. */
  readonly broken: number;
  readonly seed?: number;
  /** Why, in that seed. */
  readonly reason: string;
  /** What is not as it must be, in sentences. */
  readonly problems: readonly string[];
}

/** One run of a pair under way. */
export interface PairStep {
  readonly pair: string;
  readonly seed: number;
}

/** The verdict of a run on a promise it makes, when it is broken. */
export function brokenIn(
  { verdicts }: RunResult,
  promise: string,
): RunResult['verdicts'][number] | undefined {
  return verdicts.find((verdict) => verdict.promise === promise && verdict.status === 'violated');
}

/** Why a run broke a promise; undefined when it did not. */
export function reasonOf(result: RunResult, promise: string): string | undefined {
  return brokenIn(result, promise)?.reason;
}

/**
 * Runs a pair of a case on all its seeds: yields before each of them, so that a caller can show how far it has come or stop, and returns
 * how it came out. The same in any process.
 */
export function* runningPair(study: CaseStudy, pair: CasePair): Generator<PairStep, PairOutcome> {
  const { experiments, seeds } = study;
  const problems: string[] = [];
  let broken: { readonly seed: number; readonly reason: string } | undefined;
  let count = 0;
  for (let seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
    yield { pair: pair.name, seed };
    const run = (name: string): RunResult | undefined => {
      const chosen = experiments[name];
      return chosen === undefined ? undefined : simulate(chosen, seed);
    };
    for (const [what, name] of [
      ['what is built without the belief', pair.better],
      ['what is built upon it, where it is true,', pair.calm],
    ] as const) {
      const result = name === undefined ? undefined : run(name);
      if (result === undefined || result.status === 'holds' || problems.length > 0) continue;
      const bad = result.verdicts.find(({ status }) => status !== 'holds');
      problems.push(`'${pair.name}': ${what} did not keep ${bad?.promise} in seed ${seed}: ${bad?.reason}`);
    }
    const wrong = run(pair.wrong);
    const verdict = wrong === undefined ? undefined : brokenIn(wrong, pair.breaks);
    if (verdict === undefined) continue;
    count++;
    broken ??= { seed, reason: verdict.reason };
  }
  if (broken === undefined) {
    problems.push(`'${pair.name}': '${pair.breaks}' was not broken in any of ${seeds.count} seeds`);
  }
  const seen = broken === undefined ? { reason: '' } : broken;
  return { pair, seeds: seeds.count, broken: count, ...seen, problems };
}

/** A pair at once. */
export function pairOutcome(study: CaseStudy, pair: CasePair): PairOutcome {
  const steps = runningPair(study, pair);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}
