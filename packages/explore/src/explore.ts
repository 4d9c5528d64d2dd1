import { type Bounds, boundsText, type ResolvedBounds, resolveBounds } from './bounds/bounds.ts';
import { Search } from './engine/search.ts';
import type { Space } from './engine/space.ts';
import { type Explorable, explorable, type ExploreModel, isExplorable } from './explorable.ts';
import { resultOf } from './report/outcome.ts';
import type { ExploreProgress, ExploreResult } from './report/result.ts';
import { estimatedStates } from './report/estimate.ts';

/** How to explore. None of it changes what is found, only how far and in what detail. */
export interface ExploreOptions {
  /** Keeps and compares whole states instead of 64-bit fingerprints; needs more memory. Default false. */
  readonly exact?: boolean;
  /** Takes states that differ by a permutation the model allows for one. Default true where the model states a symmetry. */
  readonly symmetry?: boolean;
  /** Stops after this many states. Default unlimited. */
  readonly maxStates?: number;
  /** Stops when the tables need more than this. Default unlimited: until memory ends, which also stops it in good order. */
  readonly maxBytes?: number;
  /** Stops at the first violation. Default true. */
  readonly stopAtViolation?: boolean;
  /** Told every `progressEvery` states that were expanded; answering false cancels. */
  readonly onProgress?: (progress: ExploreProgress) => boolean | void;
  /** Default 100,000. */
  readonly progressEvery?: number;
}

const PROGRESS_EVERY = 100_000;

/** A model's bounds in words: of a specification only the number of steps is bounded. */
export function boundsOf({ kind }: Explorable, resolved: ResolvedBounds): string {
  if (kind === 'system') return boundsText(resolved);
  return resolved.rounds === Infinity ? '' : `${resolved.rounds} steps`;
}

/**
 * Visits every state a model can reach within the bounds, breadth first, and judges its properties in each. A violation comes with a run
 * that leads to it, and no run is shorter. The result is the same every time. Throws for a model or bounds that make no sense, and
 * `ImpureCoreError` or `ImpureModelError` when the model's code turns out not to be a function of its arguments.
 */
export function explore<S extends object, M, C, R>(
  model: ExploreModel<S, M, C, R> | Explorable,
  bounds?: Bounds,
  options: ExploreOptions = {},
): ExploreResult {
  const exploration = new Exploration(isExplorable(model) ? model : explorable(model), bounds, options);
  const { progressEvery = PROGRESS_EVERY, onProgress } = options;
  while (exploration.advance(progressEvery))
    if (onProgress?.(exploration.progress()) === false) exploration.cancel();
  return exploration.result();
}

/** An exploration that is carried on piece by piece, so that its host can do other things in between. */
export class Exploration {
  private readonly space: Space;
  private readonly search: Search;
  private readonly boundsText: string;
  private readonly exact: boolean;

  /** Without bounds the model's own. */
  constructor(model: Explorable, bounds?: Bounds, options: ExploreOptions = {}) {
    const { exact = false, symmetry = true, maxStates = Infinity, maxBytes = Infinity } = options;
    this.exact = exact;
    const resolved = resolveBounds(bounds ?? model.bounds);
    const { rounds } = resolved;
    this.space = model.open(resolved, { symmetry });
    this.boundsText = boundsOf(model, resolved);
    this.search = new Search(this.space, {
      exact,
      maxStates,
      maxBytes,
      maxDepth: rounds + 1,
      stopAtViolation: options.stopAtViolation ?? true,
    });
  }

  /** Expands up to so many states; false when there is no more to do. */
  advance(states: number): boolean {
    return this.search.advance(states);
  }

  /** Ends it where it is; the result then says what was covered. */
  cancel(): void {
    this.search.cancel();
  }

  progress(): ExploreProgress {
    const { states, generated, depth, queued, bytes, levels } = this.search;
    return { states, generated, depth, queued, bytes, estimate: estimatedStates(levels) };
  }

  /** What is known so far; all there is to know once `advance` has answered false. */
  result(): ExploreResult {
    const { space, search, exact } = this;
    // Spelling runs out takes steps again; that is not part of the search.
    const { work, clipped } = space;
    return resultOf(space, search, { bounds: this.boundsText, exact, work, clipped });
  }
}
