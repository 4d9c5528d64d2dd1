import type { Investigation } from '../node/investigate.ts';
import type { ExperimentReference } from '../node/resolveExperiment.ts';
import type { ShrinkMessage, ShrinkWork } from './shrinkWorker.ts';
import { startThread } from './thread.ts';

/** How to look at a seed closely without blocking the caller's thread. */
export interface ThreadedInvestigation {
  readonly reference: ExperimentReference;
  readonly seed: number;
  readonly shrink: boolean;
  /** Most world events to spend on it. */
  readonly maxEvents?: number;
  /** The promise to keep violated. Default: the most telling of the violated ones. */
  readonly promise?: string;
  readonly onProgress?: (runs: number, events: number) => void;
  /** Ends shrinking with the best found so far. */
  readonly signal?: AbortSignal;
}

const ENTRY = new URL('./shrinkWorker', import.meta.url).href;

/** `investigate` in a thread of its own. Rejects with what the thread threw. */
export function investigateInThread(options: ThreadedInvestigation): Promise<Investigation> {
  const cancel = new SharedArrayBuffer(4);
  const { reference, seed, shrink, maxEvents, promise, signal } = options;
  const stop = (): void => {
    Atomics.store(new Int32Array(cancel), 0, 1);
  };
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const workerData: ShrinkWork = { reference, seed, shrink, maxEvents, promise, cancel };
  const worker = startThread(ENTRY, { workerData });
  return new Promise<Investigation>((resolve, reject) => {
    worker.on('message', (message: ShrinkMessage) => {
      if (message.kind === 'progress') options.onProgress?.(message.runs, message.events);
      else resolve(message.investigation);
    });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`the thread ended with exit code ${code} before it was done`)),
    );
  }).finally(() => signal?.removeEventListener('abort', stop));
}
