import type { Space, Successors } from '../space.ts';
import type { StepDependence, StepRecipe } from './stepDependence.ts';

/** What becomes of a step: it is left out unless something shows that it has to be taken, is to be taken, was taken, or need not be. */
export const FATES = { left: 0, due: 1, taken: 2, asleep: 3 } as const;

/** A step that may be taken in a state of a run. */
export interface RunStep extends StepRecipe {
  readonly touches: readonly number[];
  fate: number;
}

/** A state of a run, and what becomes of each of its steps. */
export class RunFrame {
  readonly words: Int32Array;
  readonly low: number;
  readonly high: number;
  readonly steps: readonly RunStep[];
  /** The step that the run goes on with. */
  current = -1;

  /** The steps in `out`; those in `asleep` need not be taken, as runs that begin with them were followed before. */
  constructor(
    words: Int32Array,
    space: Pick<Space, 'low' | 'high'>,
    out: Successors,
    dependence: StepDependence,
    asleep: readonly RunStep[],
  ) {
    this.words = words;
    this.low = space.low;
    this.high = space.high;
    this.steps = Array.from({ length: out.count }, (_, i): RunStep => {
      const step = { move: out.a(i), about: out.b(i), row: out.c(i) };
      const sleeps = asleep.some((other) => isSame(other, step));
      const fate = sleeps ? FATES.asleep : FATES.left;
      return { ...step, touches: dependence.touches(words, step), fate };
    });
  }

  /**
   * Begins with some of the steps, and those that depend on them directly or by way of others, as few as may be; false where all of those that
   * are enabled are asleep.
   */
  begin(): boolean {
    let fewest: readonly RunStep[] = [];
    const known = new Set<RunStep>();
    for (const seed of this.steps) {
      if (known.has(seed)) continue;
      const together = this.dependentOn(seed);
      for (const step of together) known.add(step);
      const awake = together.filter(({ fate }) => fate === FATES.left);
      if (awake.length > 0 && (fewest.length === 0 || awake.length < fewest.length)) fewest = awake;
    }
    for (const step of fewest) step.fate = FATES.due;
    return fewest.length > 0;
  }

  /** A step has to be taken, too, with all that depend on it. */
  demand(step: RunStep): void {
    for (const other of this.dependentOn(step)) if (other.fate === FATES.left) other.fate = FATES.due;
  }

  /** The enabled step that a recipe names; undefined for none. */
  find(recipe: StepRecipe): RunStep | undefined {
    return this.steps.find((step) => isSame(step, recipe));
  }

  /** The steps that need not be taken after the current one, as they were before it or need not be. */
  sleepers(): readonly RunStep[] {
    const current = this.steps[this.current] as RunStep;
    return this.steps.filter(
      (step) => step !== current && step.fate >= FATES.taken && !touchSame(step.touches, current.touches),
    );
  }

  private dependentOn(seed: RunStep): readonly RunStep[] {
    const found = new Set([seed]);
    for (const step of found)
      for (const other of this.steps)
        if (!found.has(other) && touchSame(step.touches, other.touches)) found.add(other);
    return [...found];
  }
}

function isSame(a: StepRecipe, b: StepRecipe): boolean {
  return a.move === b.move && a.about === b.about && a.row === b.row;
}

/** Whether two steps touch something in common. */
export function touchSame(a: readonly number[], b: readonly number[]): boolean {
  return a.some((resource) => b.includes(resource));
}
