import { type Bounds, resolveBounds } from './bounds/bounds.ts';
import { Column } from './engine/column.ts';
import type { SearchEnd, Witness } from './engine/searchOptions.ts';
import { Control, FIGURES, type SharedMemory } from './engine/share/memory.ts';
import { SharedLog } from './engine/share/sharedLog.ts';
import { type SharedPart, SharedSearch } from './engine/share/sharedSearch.ts';
import type { Space, SpaceWork } from './engine/space.ts';
import type { Explorable } from './explorable.ts';
import { boundsOf } from './explore.ts';
import { estimatedStates } from './report/estimate.ts';
import { resultOf } from './report/outcome.ts';
import type { ExploreProgress, ExploreResult } from './report/result.ts';

/** What several threads explore together: the same in each, so that all mean the same. */
export interface SharedExplorationOptions {
  readonly workers: number;
  readonly bounds: Bounds;
  readonly symmetry: boolean;
  readonly maxStates: number;
  readonly stopAtViolation: boolean;
}

/**
 * One thread's work: joins the others and ends when the search has ended. Blocks meanwhile. `starved` says whether the thread is short
 * of memory that only its host can see; that ends the search in good order. Answers nothing when the search had ended before.
 */
export function exploreShared(
  model: Explorable,
  memory: SharedMemory,
  worker: number,
  options: SharedExplorationOptions,
  starved: () => boolean = () => false,
): SharedPart | undefined {
  const steps = participate(open(model, options), memory, worker, options, starved).steps();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function open(model: Explorable, { bounds, symmetry, workers }: SharedExplorationOptions): Space {
  return model.open(resolveBounds(bounds), { symmetry, threads: workers });
}

function participate(
  space: Space,
  memory: SharedMemory,
  worker: number,
  options: SharedExplorationOptions,
  starved: () => boolean,
): SharedSearch {
  const { workers, maxStates, stopAtViolation } = options;
  const log = new SharedLog(memory.log);
  log.join(space.parts, space.memory);
  const maxDepth = resolveBounds(options.bounds).rounds;
  return new SharedSearch(space, memory, log, {
    worker,
    workers,
    maxStates,
    stopAtViolation,
    maxDepth,
    starved,
  });
}

/** A search made by several threads, as whoever started them sees it. */
export class SharedExploration {
  private readonly model: Explorable;
  private readonly memory: SharedMemory;
  private readonly control: Control;
  private readonly options: SharedExplorationOptions;

  constructor(model: Explorable, memory: SharedMemory, options: SharedExplorationOptions) {
    this.model = model;
    this.memory = memory;
    this.control = new Control(memory);
    this.options = options;
  }

  /**
   * The first thread's part, worked out here while others join: step by step, so that its host can do other things in between. `starved`
   * as for `exploreShared`.
   */
  firstPart(starved: () => boolean = () => false): Generator<undefined, SharedPart | undefined, undefined> {
    return participate(open(this.model, this.options), this.memory, 0, this.options, starved).steps();
  }

  /** How many threads have taken part; once the search has ended no more come. */
  get joined(): number {
    return this.control.joined;
  }

  /** Ends it where it is. */
  cancel(): void {
    this.control.finish('cancelled');
  }

  /** Ends it because a thread is gone. */
  fail(): void {
    this.control.finish('failed');
  }

  /** Ends it for want of memory. */
  starve(): void {
    this.control.finish('bytes');
  }

  progress(): ExploreProgress {
    const { control } = this;
    const states = control.total(FIGURES.states);
    const queued = states - control.total(FIGURES.expanded);
    const generated = control.total(FIGURES.generated);
    const estimate = estimatedStates(control.levels);
    return { states, generated, queued, depth: control.depth, bytes: 16 * states, estimate };
  }

  /** The result, from what threads have found; of one that is gone its count is known, but no run that leads through its states. */
  result(parts: readonly SharedPart[]): ExploreResult {
    const { control, model, options, memory } = this;
    const bounds = resolveBounds(options.bounds);
    const space = model.open(bounds, { symmetry: options.symmetry });
    const byWorker = new Map(parts.map((part) => [part.worker, origins(part)]));
    const { states, generated, queued, depth } = this.progress();
    // What a thread found that is gone is not known: nothing may be concluded from its silence.
    const end = parts.length < control.joined ? 'bytes' : control.end;
    const pathTo = (state: number): number[] | undefined => {
      const path: number[] = [];
      for (let number = state; number >= 0; ) {
        const part = byWorker.get(number % options.workers);
        if (part === undefined) return undefined;
        const at = Math.floor(number / options.workers);
        path.push(part.vias.at(at));
        number = part.parents.at(at);
      }
      return path.reverse();
    };
    const witnesses = parts.flatMap((part) =>
      part.witnesses.filter(({ state }) => pathTo(state) !== undefined),
    );
    // Numbers get their meaning only where a run is told: they may fill a heap.
    if (witnesses.length > 0) {
      const log = new SharedLog(memory.log);
      log.free();
      log.join(space.parts);
    }
    return resultOf(
      space,
      {
        states,
        generated,
        depth,
        queued: end === 'complete' ? 0 : queued,
        bytes: parts.reduce((sum, part) => sum + part.bytes, 16 * states),
        order: 'breadth',
        revisited: 0,
        confusions: 0,
        end: end === '' || end === 'failed' ? 'cancelled' : (end satisfies SearchEnd),
        unexpanded: end === 'complete' ? queued : 0,
        witnesses: inOrder(witnesses),
        pathTo: (state) => pathTo(state) ?? [],
      },
      {
        bounds: boundsOf(model, bounds),
        exact: false,
        bits: 64,
        interned: true,
        work: worked(parts.map(({ work }) => work)),
        clipped: summed(parts.map(({ clipped }) => clipped)),
        cuts: [...new Set(parts.flatMap(({ cuts }) => cuts))].sort(),
      },
    );
  }
}

/** Where the states of a part came from. */
function origins({ count, parents, vias }: SharedPart): { readonly parents: Column; readonly vias: Column } {
  return { parents: Column.restored(parents, count), vias: Column.restored(vias, count) };
}

function inOrder(witnesses: readonly Witness[]): Witness[] {
  return [...witnesses].sort((a, b) => a.property - b.property);
}

function worked(works: readonly SpaceWork[]): SpaceWork {
  const sum = (figure: (work: SpaceWork) => number): number =>
    works.reduce((total, work) => total + figure(work), 0);
  return {
    calls: sum(({ calls }) => calls),
    hits: sum(({ hits }) => hits),
    rechecks: sum(({ rechecks }) => rechecks),
    parts: Math.max(0, ...works.map(({ parts }) => parts)),
  };
}

function summed(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const count of counts)
    for (const [key, value] of Object.entries(count)) total[key] = (total[key] ?? 0) + value;
  return total;
}
