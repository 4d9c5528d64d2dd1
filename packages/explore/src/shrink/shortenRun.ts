import type { Bounds } from '../bounds/bounds.ts';
import type { Explorable } from '../explorable.ts';
import type { ExploreTrace } from '../report/result.ts';
import { Walkthrough } from '../walk/walkthrough.ts';
import { minimise } from './minimise.ts';

/** A run that breaks a promise in its last state, by the texts of its steps. */
export interface BrokenRun {
  readonly property: string;
  readonly steps: readonly string[];
}

/** Runs tried at most, unless told otherwise. */
const MOST_RUNS = 2_000;

/**
 * A run that breaks the same promise in fewer steps, of steps of the one given in their order: what a search that does not look for
 * shortest runs found, made fit to read. No single step of it can be left out, unless `runs` tries were not enough to know; there
 * may still be a shorter run of other steps. Undefined where the run cannot be followed or breaks nothing.
 */
export function shortenRun(
  model: Explorable,
  bounds: Bounds,
  { property, steps }: BrokenRun,
  runs: number = MOST_RUNS,
): ExploreTrace | undefined {
  const { starts } = new Walkthrough(model, bounds);
  for (let start = 0; start < starts; start++) {
    const tried = new Tried(model, bounds, start, property);
    if (!tried.breaks(steps)) continue;
    // What is left may end before all of its steps were taken.
    let shortest = tried.texts();
    const budget = { runs };
    minimise(
      shortest,
      (candidate) => {
        const broken = tried.breaks(candidate);
        if (broken && tried.texts().length < shortest.length) shortest = tried.texts();
        return broken;
      },
      budget,
    );
    tried.breaks(shortest);
    return tried.trace();
  }
  return undefined;
}

/** Follows runs one after another, each from where it parts from the one before. */
class Tried {
  private readonly walk: Walkthrough;
  private readonly property: string;
  /** Texts of the steps taken, and of those asked for where each of them was taken or left out. */
  private taken: string[] = [];

  constructor(model: Explorable, bounds: Bounds, start: number, property: string) {
    this.walk = new Walkthrough(model, bounds, start);
    this.property = property;
  }

  /** Takes the steps that can be taken, in their order, until the promise is broken; whether it is. */
  breaks(steps: readonly string[]): boolean {
    let next = 0;
    while (next < this.taken.length && this.taken[next] === steps[next]) next++;
    while (this.taken.length > next) this.back();
    for (const step of steps.slice(next)) {
      if (this.isBroken()) return true;
      if (this.walk.tryFollow(step)) this.taken.push(step);
    }
    return this.isBroken();
  }

  texts(): readonly string[] {
    return [...this.taken];
  }

  trace(): ExploreTrace {
    const { walk } = this;
    const seen = walk.broken().find((broken) => broken.property === this.property)?.seen ?? '';
    return { initial: walk.initial, steps: [...walk.steps], seen };
  }

  private back(): void {
    this.walk.back();
    this.taken.pop();
  }

  private isBroken(): boolean {
    return this.walk.broken().some((broken) => broken.property === this.property);
  }
}
