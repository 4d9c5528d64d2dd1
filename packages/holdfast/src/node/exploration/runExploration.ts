import {
  type Bounds,
  Exploration,
  exploreLiveness,
  type ExploreProgress,
  type ExploreResult,
  withLiveness,
} from '@holdfast/explore';
import type { LoadedModel } from './resolveModel.ts';
import { exploreWithThreads } from './threads.ts';

/** What to explore and how. */
export interface ExplorationOrder extends LoadedModel {
  readonly bounds: Bounds;
  readonly symmetry: boolean;
  readonly exact: boolean;
  /** Threads. Default 1: this one. */
  readonly workers?: number;
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

/** Explores with as many threads as asked for. Rejects with what the model's code throws. */
export async function runExploration(order: ExplorationOrder): Promise<ExplorationEnd> {
  const start = performance.now();
  const found = (order.workers ?? 1) > 1 ? await inThreads(order) : await inThisThread(order);
  // Runs without end are looked at once states are in order.
  const liveness = found.status === 'holds' ? exploreLiveness(order.model, order.bounds) : [];
  const result = withLiveness(found, liveness);
  return { result, wallMs: performance.now() - start };
}

function inThreads(order: ExplorationOrder): Promise<ExploreResult> {
  const { workers = 1, bounds, symmetry, stopAtViolation, maxStates = Infinity } = order;
  return exploreWithThreads({
    ...order,
    options: { workers, bounds, symmetry, stopAtViolation, maxStates },
  });
}

/** With turns for the event loop in between. */
async function inThisThread(order: ExplorationOrder): Promise<ExploreResult> {
  const { model, bounds, signal, onProgress } = order;
  const exploration = new Exploration(model, bounds, optionsOf(order));
  while (exploration.advance(TURN)) {
    onProgress?.(exploration.progress());
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) exploration.cancel();
  }
  return exploration.result();
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
