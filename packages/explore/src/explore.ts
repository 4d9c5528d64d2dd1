import { type Bounds, boundsText, type ResolvedBounds, resolveBounds } from './bounds/bounds.ts';
import { type Checkpoint, CheckpointError, restorePart, savePart } from './engine/checkpoint.ts';
import { isPortable, PlainSpace, type PortableSpace } from './engine/plainSpace.ts';
import { DepthSearch } from './engine/depthFirst/depthSearch.ts';
import { SearchOrderError } from './engine/depthFirst/searchOrderError.ts';
import { DynamicSearch } from './engine/partialOrder/dynamicSearch.ts';
import { Search } from './engine/search.ts';
import type { Searching } from './engine/searching.ts';
import type {
  FingerprintBits,
  PartialOrderKind,
  SearchOptions,
  SearchOrder,
} from './engine/searchOptions.ts';
import type { Space } from './engine/space.ts';
import type { Spilling } from './engine/spill.ts';
import {
  type Explorable,
  explorable,
  type ExploreModel,
  isExplorable,
  type SpaceOptions,
} from './explorable.ts';
import { resultOf } from './report/outcome.ts';
import type { ExploreProgress, ExploreResult } from './report/result.ts';
import { estimatedStates } from './report/estimate.ts';

/** How to explore. None of it changes what is found, only how far and in what detail. */
export interface ExploreOptions {
  /**
   * In which order states are visited. `depth` needs no memory for states that wait nor for how each was reached, but what it finds is not
   * found by a shortest run; with a bound on steps it may take steps more than once. Default `breadth`.
   */
  readonly search?: SearchOrder;
  /** Keeps and compares whole states instead of fingerprints; needs more memory. Default false. */
  readonly exact?: boolean;
  /** How long fingerprints are: 96 bits for so many states that 64 leave doubt. Default 64. */
  readonly fingerprintBits?: FingerprintBits;
  /** Where states wait when memory for them gets short. Default: they stay in memory. */
  readonly spilling?: Spilling;
  /** Takes states that differ by a permutation the model allows for one. Default true where the model states a symmetry. */
  readonly symmetry?: boolean;
  /**
   * Leaves out orders of steps at different nodes that make no difference to promises: the same verdicts from fewer states, though not
   * always by a shortest run. `true` stands for `ample`. Throws `PartialOrderError` for what it would not be sound for. Default off.
   */
  readonly partialOrder?: boolean | PartialOrderKind;
  /**
   * Whether local states, messages and histories are numbered and steps remembered. `auto`: until it shows that most occur once, when the
   * search begins anew without. Nothing that is found depends on it. Default `auto`.
   */
  readonly interning?: 'auto' | 'always' | 'never';
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
/** After so many states it is plain whether numbers pay; looked at every so often until then. */
const LOOK_FROM = 5_000;
const LOOK_EVERY = 5_000;
/** Numbers gain nothing when the model's code ran at least for this share of the steps. */
const ONCE = 0.5;

/** A model's bounds in words: of a specification only the number of steps is bounded. */
export function boundsOf({ kind }: Explorable, resolved: ResolvedBounds): string {
  if (kind === 'system') return boundsText(resolved);
  return resolved.rounds === Infinity ? '' : `${resolved.rounds} steps`;
}

/**
 * Visits every state a model can reach within the bounds, breadth first unless told otherwise, and judges its properties in each. A
 * violation comes with a run that leads to it, and breadth first no run is shorter. The result is the same every time. Throws for a model or bounds that make no sense, and
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

function kindOf(partialOrder: boolean | PartialOrderKind = 'off'): PartialOrderKind {
  if (typeof partialOrder === 'string') return partialOrder;
  return partialOrder ? 'ample' : 'off';
}

/** An exploration that is carried on piece by piece, so that its host can do other things in between. */
export class Exploration {
  private space: Space;
  private search: Searching;
  private readonly order: SearchOrder;
  private readonly model: Explorable;
  private readonly resolved: ResolvedBounds;
  private readonly spaceOptions: SpaceOptions;
  private readonly searchOptions: SearchOptions;
  /** Whether the search may still begin anew without numbers. */
  private watching: boolean;
  private readonly boundsText: string;
  private readonly exact: boolean;
  private readonly bits: FingerprintBits;
  /** Steps left out that were counted before, but were worked out again to go on. */
  private readonly clippedAtStart: Readonly<Record<string, number>>;
  /** Steps left out by bounds before the search was interrupted. */
  private readonly cutsBefore: readonly string[];
  private readonly clippedBefore: Readonly<Record<string, number>>;

  /**
   * Without bounds the model's own; with a checkpoint it goes on from there. Throws `CheckpointError` for one of another model, or of other
   * bounds.
   */
  constructor(model: Explorable, bounds?: Bounds, options: ExploreOptions = {}, checkpoint?: Checkpoint) {
    const { exact = false, symmetry = true, maxStates = Infinity, maxBytes = Infinity } = options;
    const { fingerprintBits: bits = 64, spilling, search: order = 'breadth' } = options;
    const partialOrder = kindOf(options.partialOrder);
    this.order = order;
    this.exact = exact;
    this.bits = bits;
    const resolved = resolveBounds(bounds ?? model.bounds);
    const { rounds } = resolved;
    this.model = model;
    this.resolved = resolved;
    this.spaceOptions = { symmetry, partialOrder };
    const { interning = 'auto' } = options;
    this.watching = interning === 'auto' && checkpoint === undefined && order === 'breadth';
    const plain = interning === 'never' || checkpoint?.interned === false;
    if (plain && (order === 'depth' || partialOrder === 'dynamic'))
      throw new SearchOrderError(model.name, 'states then are kept for one step only');
    this.space = plain ? this.plain() : model.open(resolved, this.spaceOptions);
    this.boundsText = boundsOf(model, resolved);
    const { stopAtViolation = true } = options;
    this.searchOptions = {
      exact,
      bits,
      maxStates,
      maxBytes,
      maxSteps: rounds,
      stopAtViolation,
      spilling,
    };
    if (checkpoint !== undefined) this.takeOver(checkpoint);
    this.clippedBefore = checkpoint?.clipped ?? {};
    this.cutsBefore = checkpoint?.cuts ?? [];
    this.search = this.opened(checkpoint);
    this.clippedAtStart = this.space.clipped;
  }

  private opened(checkpoint: Checkpoint | undefined): Searching {
    const { space, searchOptions, order } = this;
    const saved = checkpoint?.search;
    if (space.dependence !== undefined) return new DynamicSearch(space, space.dependence, searchOptions);
    if (order === 'depth')
      return new DepthSearch(space, searchOptions, saved?.order === 'depth' ? saved : undefined);
    return new Search(space, searchOptions, saved?.order === 'breadth' ? saved : undefined);
  }

  /** A space without numbers, where the model has one; else its own. */
  private plain(): Space {
    const open = (): Space => this.model.open(this.resolved, this.spaceOptions);
    const space = open();
    return isPortable(space) ? new PlainSpace(open as () => PortableSpace) : space;
  }

  /** Checks that a checkpoint is of this exploration, and gives numbers the meaning they had. */
  private takeOver({ model, bounds, symmetry, partialOrder, parts, search }: Checkpoint): void {
    const { space } = this;
    const said = (is: boolean): string => (is ? 'on' : 'off');
    if (model !== space.name) throw new CheckpointError('model', model, space.name);
    if (bounds !== this.boundsText) throw new CheckpointError('bounds', bounds, this.boundsText);
    const own = space.canonicalise !== undefined;
    if (search.order !== this.order) throw new CheckpointError('order of search', search.order, this.order);
    if (symmetry !== own) throw new CheckpointError('symmetry', said(symmetry), said(own));
    if (space.dependence !== undefined) throw new CheckpointError('partial order', 'ample or off', 'dynamic');
    const reduced = space.ample !== undefined;
    if (partialOrder !== reduced)
      throw new CheckpointError('partial order', said(partialOrder), said(reduced));
    if (this.exact) throw new CheckpointError('mode', 'fingerprints', 'exact');
    if (search.bits !== this.bits)
      throw new CheckpointError('length of fingerprints', `${search.bits} bits`, `${this.bits} bits`);
    if (parts.length !== space.parts.length)
      throw new CheckpointError('number of parts', String(parts.length), String(space.parts.length));
    space.parts.forEach((part, i) => restorePart(part, parts[i] as Int32Array));
  }

  /**
   * All that is needed to go on later; undefined in exact mode, which is not saved. It shares its tables with this exploration, and with the
   * one that goes on from it: write it down before either moves, and go on from it once.
   */
  checkpoint(): Checkpoint | undefined {
    const search = this.search.save();
    if (search === undefined) return undefined;
    return {
      model: this.space.name,
      bounds: this.boundsText,
      symmetry: this.space.canonicalise !== undefined,
      partialOrder: this.space.ample !== undefined,
      interned: !(this.space instanceof PlainSpace),
      clipped: this.clipped(),
      cuts: this.cuts(),
      search,
      parts: this.space.parts.map(savePart),
    };
  }

  private clipped(): Readonly<Record<string, number>> {
    const total: Record<string, number> = { ...this.clippedBefore };
    for (const [bound, count] of Object.entries(this.space.clipped))
      total[bound] = (total[bound] ?? 0) + count - (this.clippedAtStart[bound] ?? 0);
    return total;
  }

  /** Bounds that kept steps from being taken, also before the search was interrupted. */
  private cuts(): readonly string[] {
    return [...new Set([...this.cutsBefore, ...this.space.cuts])].sort();
  }

  /** Expands up to so many states; false when there is no more to do. */
  advance(states: number): boolean {
    for (let left = states; left > 0; left -= LOOK_EVERY) {
      if (!this.search.advance(Math.min(left, this.watching ? LOOK_EVERY : left))) return false;
      if (!this.watching) return true;
      this.look();
    }
    return true;
  }

  /** Begins anew without numbers when those gain nothing: when most of what the model's code did it did for one step only. */
  private look(): void {
    const { space, search } = this;
    if (search.states < LOOK_FROM) return;
    this.watching = false;
    const { calls, rechecks } = space.work;
    if (!isPortable(space) || space.ample !== undefined || space.dependence !== undefined) return;
    if (calls - rechecks < ONCE * search.generated) return;
    this.space = this.plain();
    // Only breadth first is watched.
    this.search = new Search(this.space, this.searchOptions);
  }

  /** Ends it where it is; the result then says what was covered. */
  cancel(): void {
    this.search.stop('cancelled');
  }

  /** The same for want of memory that only its host can see. */
  starve(): void {
    this.search.stop('bytes');
  }

  progress(): ExploreProgress {
    const { states, generated, depth, queued, bytes, levels } = this.search;
    return { states, generated, depth, queued, bytes, estimate: estimatedStates(levels) };
  }

  /** What is known so far; all there is to know once `advance` has answered false. */
  result(): ExploreResult {
    const { space, search, exact, bits } = this;
    // Spelling runs out takes steps again; that is not part of the search.
    const { work } = space;
    const interned = !(space instanceof PlainSpace);
    const { boundsText: bounds } = this;
    return resultOf(space, search, {
      bounds,
      exact,
      bits,
      interned,
      work,
      clipped: this.clipped(),
      cuts: this.cuts(),
    });
  }
}
