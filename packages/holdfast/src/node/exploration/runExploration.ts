import { tmpdir } from 'node:os';
import {
  type Bounds,
  type Checkpoint,
  Exploration,
  exploreLiveness,
  type ExploreProgress,
  type ExploreOptions,
  type ExploreResult,
  type FingerprintBits,
  type PartialOrderKind,
  type SearchOrder,
  withLiveness,
} from '@holdfast/explore';
import { heapIsShort, memoryByDefault } from './memory.ts';
import type { LoadedModel } from './resolveModel.ts';
import { openSpillFile } from './spillFile.ts';
import { exploreWithThreads } from './threads.ts';

/** What to explore and how. */
export interface ExplorationOrder extends LoadedModel {
  readonly bounds: Bounds;
  /** Default breadth first. Depth first with one thread only. */
  readonly search?: SearchOrder;
  readonly symmetry: boolean;
  /** Default off. One thread only. */
  readonly partialOrder?: PartialOrderKind;
  readonly exact: boolean;
  /** Default 64. */
  readonly fingerprintBits?: FingerprintBits;
  /** Where states wait that memory has no room for; default the system's folder for what is temporary. One thread only. */
  readonly spillFolder?: string;
  /** Threads. Default 1: this one. */
  readonly workers?: number;
  /** Starts all of them at once; by default others join once there is enough to do. */
  readonly threadsAtOnce?: boolean;
  /** Goes on from here; with one thread only. */
  readonly checkpoint?: Checkpoint;
  readonly maxStates?: number;
  /** Memory it may use, bytes; default `memoryByDefault()`. */
  readonly maxBytes?: number;
  readonly stopAtViolation: boolean;
  /** Ends it with what is known so far. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExploreProgress) => void;
}

/** What an exploration came to. */
export interface ExplorationEnd {
  readonly result: ExploreResult;
  /** To go on from, where it ended before it was done; not with several threads, nor in exact mode. */
  readonly checkpoint?: Checkpoint;
  readonly wallMs: number;
}

/** States expanded between two looks at the heap, and looks between two turns of the event loop: some tens of milliseconds. */
const LOOK = 250;
const TURN = 80;

/** Explores with as many threads as asked for. Rejects with what the model's code throws. */
export async function runExploration(order: ExplorationOrder): Promise<ExplorationEnd> {
  const start = performance.now();
  const { found, checkpoint } =
    (order.workers ?? 1) > 1
      ? { found: await inThreads(order), checkpoint: undefined }
      : await inThisThread(order);
  // Runs without end are looked at once states are in order.
  const liveness = found.status === 'holds' ? exploreLiveness(order.model, order.bounds) : [];
  const result = withLiveness(found, liveness);
  const wallMs = performance.now() - start;
  return checkpoint === undefined ? { result, wallMs } : { result, checkpoint, wallMs };
}

function inThreads(order: ExplorationOrder): Promise<ExploreResult> {
  const { workers = 1, bounds, symmetry, stopAtViolation, maxStates = Infinity } = order;
  return exploreWithThreads({
    ...order,
    maxBytes: order.maxBytes ?? memoryByDefault(),
    options: { workers, bounds, symmetry, stopAtViolation, maxStates },
  });
}

/** With turns for the event loop in between. */
async function inThisThread(
  order: ExplorationOrder,
): Promise<{ readonly found: ExploreResult; readonly checkpoint: Checkpoint | undefined }> {
  const { model, bounds, signal, onProgress } = order;
  const exploration = new Exploration(model, bounds, optionsOf(order), order.checkpoint);
  for (let look = 1; exploration.advance(LOOK); look++) {
    if (heapIsShort()) exploration.starve();
    if (look % TURN !== 0) continue;
    onProgress?.(exploration.progress());
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) exploration.cancel();
  }
  const found = exploration.result();
  const unfinished = ['cancelled', 'states', 'bytes', 'disk'].includes(found.end);
  return { found, checkpoint: unfinished ? exploration.checkpoint() : undefined };
}

function optionsOf(order: ExplorationOrder): ExploreOptions {
  const { symmetry, partialOrder = 'off', exact, maxStates, stopAtViolation, fingerprintBits } = order;
  const { maxBytes = memoryByDefault(), spillFolder = tmpdir(), search = 'breadth' } = order;
  return {
    search,
    symmetry,
    partialOrder,
    exact,
    stopAtViolation,
    ...(fingerprintBits === undefined ? {} : { fingerprintBits }),
    ...(maxStates === undefined ? {} : { maxStates }),
    maxBytes,
    // Each of two levels may keep an eighth of it in memory.
    spilling: { residentBytes: maxBytes / 8, open: () => openSpillFile(spillFolder) },
  };
}
