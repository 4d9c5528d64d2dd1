import type { Worker } from 'node:worker_threads';
import {
  type ExploreProgress,
  type ExploreResult,
  SharedExploration,
  type SharedExplorationOptions,
  type SharedMemory,
  type SharedPart,
  sharedMemory,
} from '@holdfast/explore';
import { startThread } from '../../campaign/thread.ts';
import { InputError, systemCode } from '../inputError.ts';
import type { ExploreOrder } from './exploreWorker.ts';
import type { LoadedModel } from './resolveModel.ts';

/** How several threads explore one model. */
export interface ThreadedExploration extends LoadedModel {
  readonly options: SharedExplorationOptions;
  /** Bytes that may be used in all. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExploreProgress) => void;
}

const ENTRY = new URL('./exploreWorker', import.meta.url).href;
const LOOK_EVERY_MS = 100;
/** When a thread is gone the others, which may wait for what it held, are given so long to end. */
const GRACE_MS = 2_000;

/**
 * Explores with several threads. Rejects with what the model's code throws, in whichever thread; a thread that ends for want of memory
 * ends the search in good order.
 */
export async function exploreWithThreads(order: ThreadedExploration): Promise<ExploreResult> {
  const { model, reference, options, signal, onProgress } = order;
  const memory = reserved(order.maxBytes, options.workers);
  const exploration = new SharedExploration(model, memory, options);
  const watch = setInterval(() => {
    onProgress?.(exploration.progress());
    if (signal?.aborted === true) exploration.cancel();
  }, LOOK_EVERY_MS);
  const threads: Worker[] = [];
  let grace: NodeJS.Timeout | undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    const works = Array.from({ length: options.workers }, async (_, worker) => {
      const workerData: ExploreOrder = { reference, memory, worker, options };
      const thread = startThread(ENTRY, { workerData });
      threads.push(thread);
      try {
        return await partOf(thread);
      } catch (error) {
        // What the others run into, once they are ended, is no cause.
        failure ??= { error };
        if (isOutOfMemory(error)) exploration.starve();
        else exploration.fail();
        grace ??= setTimeout(() => threads.forEach((other) => void other.terminate()), GRACE_MS);
        return undefined;
      }
    });
    const parts = (await Promise.all(works)).filter((part) => part !== undefined);
    if (failure !== undefined && !isOutOfMemory(failure.error)) throw failure.error;
    return exploration.result(parts);
  } finally {
    clearInterval(watch);
    clearTimeout(grace);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** Whether a thread was ended as its heap was full. */
function isOutOfMemory(error: unknown): boolean {
  return systemCode(error) === 'ERR_WORKER_OUT_OF_MEMORY';
}

/** Lays out the common memory. Throws `InputError` where the system does not give so much. */
function reserved(bytes: number, workers: number): SharedMemory {
  try {
    return sharedMemory({
      workers,
      tableBytes: Math.min(bytes / 3, 2 ** 33),
      frontierBytes: Math.min(bytes / 3, 2 ** 32),
      logBytes: Math.min(bytes / 8, 2 ** 30),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(
      `Cannot reserve ${Math.round(bytes / 2 ** 20)} MiB for ${workers} threads: ${error.message}`,
      'give less with --memory, or one worker',
      { cause: error },
    );
  }
}

function partOf(thread: Worker): Promise<SharedPart> {
  return new Promise((resolve, reject) => {
    thread.once('message', (part) => resolve(part as SharedPart));
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('a thread of the exploration ended before its work')));
  });
}
