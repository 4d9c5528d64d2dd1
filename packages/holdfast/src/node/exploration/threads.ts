import type { Worker } from 'node:worker_threads';
import {
  type ExploreProgress,
  type ExploreResult,
  SharedExploration,
  type SharedExplorationOptions,
  type SharedPart,
  sharedMemory,
} from '@holdfast/explore';
import { startThread } from '../../campaign/thread.ts';
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

/** Explores with several threads. Rejects with what the model's code throws, in whichever thread. */
export async function exploreWithThreads(order: ThreadedExploration): Promise<ExploreResult> {
  const { model, reference, options, signal, onProgress } = order;
  const { maxBytes: bytes } = order;
  const memory = sharedMemory({
    workers: options.workers,
    tableBytes: Math.min(bytes / 3, 2 ** 33),
    frontierBytes: Math.min(bytes / 3, 2 ** 32),
    logBytes: Math.min(bytes / 8, 2 ** 30),
  });
  const exploration = new SharedExploration(model, memory, options);
  const watch = setInterval(() => {
    onProgress?.(exploration.progress());
    if (signal?.aborted === true) exploration.cancel();
  }, LOOK_EVERY_MS);
  const threads: Worker[] = [];
  try {
    const works = Array.from({ length: options.workers }, (_, worker) => {
      const workerData: ExploreOrder = { reference, memory, worker, options };
      const thread = startThread(ENTRY, { workerData });
      threads.push(thread);
      return partOf(thread).catch((error: unknown) => {
        // The others must not wait for a thread that is gone.
        exploration.fail();
        throw error;
      });
    });
    const settled = await Promise.allSettled(works);
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const parts = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    return exploration.result(parts);
  } finally {
    clearInterval(watch);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function partOf(thread: Worker): Promise<SharedPart> {
  return new Promise((resolve, reject) => {
    thread.once('message', (part) => resolve(part as SharedPart));
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('a thread of the exploration ended before its work')));
  });
}
