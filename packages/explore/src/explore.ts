import { type VerdictStatus, worstStatus } from '@holdfast/check';
import { type Bounds, boundsText, resolveBounds } from './bounds/bounds.ts';
import { collisionOdds } from './engine/fingerprints.ts';
import { Search } from './engine/search.ts';
import type { PropertyName, Space } from './engine/space.ts';
import { type Explorable, explorable, type ExploreModel, isExplorable } from './explorable.ts';
import type { ExploreProgress, ExploreResult, ExploreTrace, PropertyResult } from './report/result.ts';
import { grouped } from './report/text.ts';
import { estimatedStates } from './report/estimate.ts';
import { followPath } from './report/trace.ts';

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
    const limited = rounds === Infinity ? '' : `${rounds} steps`;
    this.boundsText = model.kind === 'specification' ? limited : boundsText(resolved);
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
    const { states, generated, depth, queued, bytes, confusions } = search;
    // Spelling runs out takes steps again; that is not part of the search.
    const { work } = space;
    const clipped = this.clipped();
    const empty = generated === space.initial().length && search.end === 'complete';
    const covered = search.end === 'complete' && !empty;
    const properties = space.properties.map((property, index) => this.judged(property, index, covered));
    const violated = properties.some(({ status }) => status === 'violated');
    const status: VerdictStatus = violated ? 'violated' : covered ? worst(properties) : 'undecided';
    const first = search.witnesses.find(({ property }) => properties[property]?.status === 'violated');
    const found = first === undefined ? undefined : properties[first.property];
    return {
      model: space.name,
      bounds: this.boundsText,
      status,
      reason: empty ? 'nothing can happen within these bounds' : this.coverage(clipped),
      properties,
      states,
      generated,
      depth,
      queued,
      end: search.end ?? 'cancelled',
      clipped,
      symmetry: space.canonicalise !== undefined,
      exact,
      collisionOdds: exact ? 0 : collisionOdds(states),
      confusions,
      bytes,
      work,
      ...(found?.trace === undefined ? {} : { counterexample: { property: found.name, ...found.trace } }),
    };
  }

  private clipped(): Readonly<Record<string, number>> {
    const { unexpanded } = this.search;
    return unexpanded === 0 ? this.space.clipped : { ...this.space.clipped, rounds: unexpanded };
  }

  private coverage(clipped: Readonly<Record<string, number>>): string {
    const { states, depth, queued, end } = this.search;
    const clips = Object.entries(clipped).map(([bound, n]) => `${bound} ${grouped(n)} times`);
    const limits = clips.length === 0 ? '' : `; held back by bounds: ${clips.join(', ')}`;
    const all = `${grouped(states)} states`;
    const runs = `all runs of up to ${depth - 2} steps were looked at, ${grouped(queued)} states were left`;
    switch (end) {
      case 'complete':
        return `all ${all} were visited${limits}`;
      case 'violated':
        return `stopped at the first violation among ${all}${limits}`;
      case 'states':
        return `stopped at the limit of states, ${all}: ${runs}${limits}`;
      case 'bytes':
        return `stopped for want of memory at ${all}: ${runs}${limits}`;
      default:
        return `cancelled at ${all}: ${runs}${limits}`;
    }
  }

  private judged({ name, kind }: PropertyName, index: number, done: boolean): PropertyResult {
    const { search, space } = this;
    const witness = search.witnesses.find(({ property }) => property === index);
    const states = grouped(search.states);
    if (witness === undefined) {
      if (kind === 'reachable') {
        const reason = done ? `no state of ${states} shows it` : `none of ${states} states so far shows it`;
        return { name, kind, status: done ? 'violated' : 'undecided', reason };
      }
      const reason = done ? `in all ${states} states` : `not violated in ${states} states so far`;
      return { name, kind, status: done ? 'holds' : 'undecided', reason };
    }
    const trace: ExploreTrace = followPath(space, search.pathTo(witness.state), index);
    const steps = `${trace.steps.length} step${trace.steps.length === 1 ? '' : 's'}`;
    return kind === 'reachable'
      ? { name, kind, status: 'holds', reason: `shown after ${steps}`, trace }
      : { name, kind, status: 'violated', reason: `violated after ${steps}: ${trace.seen}`, trace };
  }
}

function worst(properties: readonly PropertyResult[]): VerdictStatus {
  return worstStatus(
    properties.map(({ name, status, reason }) => ({
      promise: name,
      status,
      reason,
      evidence: { examined: 0, steps: 0 },
    })),
  );
}
