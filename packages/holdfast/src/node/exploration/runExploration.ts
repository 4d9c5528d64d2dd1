import { type Bounds, Exploration, type ExploreProgress, type ExploreResult } from '@holdfast/explore';
import type { LoadedModel } from './resolveModel.ts';

/** What to explore and how. */
export interface ExplorationOrder extends LoadedModel {
  readonly bounds: Bounds;
  readonly symmetry: boolean;
  readonly exact: boolean;
  readonly maxStates?: number;
  readonly maxBytes?: number;
  readonly stopAtViolation: boolean;
  /** Ends it with what is known so far. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExploreProgress) => void;
}

/** What an exploration came to. */
export interface ExplorationEnd {
  readonly result: ExploreResult;
  readonly wallMs: number;
}

/** States expanded between two looks at the clock: some tens of milliseconds. */
const TURN = 20_000;

/** Explores in this thread, with turns for the event loop in between. */
export async function runExploration(order: ExplorationOrder): Promise<ExplorationEnd> {
  const { model, bounds, signal, onProgress } = order;
  const start = performance.now();
  const exploration = new Exploration(model, bounds, optionsOf(order));
  while (exploration.advance(TURN)) {
    onProgress?.(exploration.progress());
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) exploration.cancel();
  }
  return { result: exploration.result(), wallMs: performance.now() - start };
}

function optionsOf({ symmetry, exact, maxStates, maxBytes, stopAtViolation }: ExplorationOrder): {
  readonly symmetry: boolean;
  readonly exact: boolean;
  readonly stopAtViolation: boolean;
  readonly maxStates?: number;
  readonly maxBytes?: number;
} {
  return {
    symmetry,
    exact,
    stopAtViolation,
    ...(maxStates === undefined ? {} : { maxStates }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
}
