import type { DetectorQuality } from './measure.ts';

/** One process watching another, measured. */
export interface WatchedPair {
  readonly observer: string;
  readonly target: string;
  readonly quality: DetectorQuality;
}

/** `strong`: every correct process suspects every crashed one for good; `weak`: some correct process does, for each. */
export type Completeness = 'strong' | 'weak' | 'none';

/**
 * `strong`: nobody is suspected before it crashes; `weak`: some correct process is never suspected; `eventually`: from
 * the stabilisation time on, by correct processes.
 */
export type Accuracy = 'strong' | 'weak' | 'eventually strong' | 'eventually weak' | 'none';

/** The eight classes of Chandra and Toueg, 1996; null when the run shows none of them. */
export type DetectorClass = 'P' | 'S' | 'Q' | 'W' | '<>P' | '<>S' | '<>Q' | '<>W' | null;

/** What one finite run shows. A later run may show less: a class is a promise about all runs. */
export interface DetectorReport {
  readonly completeness: Completeness;
  readonly accuracy: Accuracy;
  readonly class: DetectorClass;
}

/**
 * Which class of failure detector a run is consistent with. `pairs` are all measured pairs, `crashed` the processes
 * that crashed, `stableFromMs` the instant from which the run is judged for "eventually".
 */
export function classifyDetectors(
  pairs: readonly WatchedPair[],
  crashed: readonly string[],
  stableFromMs: number,
): DetectorReport {
  const isCrashed = new Set(crashed);
  const byCorrect = pairs.filter(({ observer }) => !isCrashed.has(observer));
  const completeness = completenessOf(byCorrect, crashed);
  const accuracy = accuracyOf(pairs, byCorrect, isCrashed, stableFromMs);
  return { completeness, accuracy, class: classOf(completeness, accuracy) };
}

function completenessOf(byCorrect: readonly WatchedPair[], crashed: readonly string[]): Completeness {
  const watching = (target: string) => byCorrect.filter((pair) => pair.target === target);
  if (crashed.every((target) => watching(target).every(({ quality }) => quality.complete === true)))
    return 'strong';
  return crashed.every((target) => watching(target).some(({ quality }) => quality.complete === true))
    ? 'weak'
    : 'none';
}

function accuracyOf(
  pairs: readonly WatchedPair[],
  byCorrect: readonly WatchedPair[],
  isCrashed: ReadonlySet<string>,
  stableFromMs: number,
): Accuracy {
  const correct = [...new Set(pairs.flatMap(({ observer, target }) => [observer, target]))].filter(
    (name) => !isCrashed.has(name),
  );
  const never = (pair: WatchedPair) => pair.quality.mistakes === 0;
  const notAnyMore = ({ quality }: WatchedPair) =>
    quality.lastMistakeMs === null || quality.lastMistakeMs < stableFromMs;
  const spared = (among: readonly WatchedPair[], test: (pair: WatchedPair) => boolean) => (target: string) =>
    among.filter((pair) => pair.target === target).every(test);
  if (pairs.every(never)) return 'strong';
  if (correct.some(spared(pairs, never))) return 'weak';
  if (correct.every(spared(byCorrect, notAnyMore))) return 'eventually strong';
  return correct.some(spared(byCorrect, notAnyMore)) ? 'eventually weak' : 'none';
}

function classOf(completeness: Completeness, accuracy: Accuracy): DetectorClass {
  if (completeness === 'none' || accuracy === 'none') return null;
  const table = {
    strong: { strong: 'P', weak: 'S', 'eventually strong': '<>P', 'eventually weak': '<>S' },
    weak: { strong: 'Q', weak: 'W', 'eventually strong': '<>Q', 'eventually weak': '<>W' },
  } as const;
  return table[completeness][accuracy];
}
