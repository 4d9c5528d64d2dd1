import { parentPort, workerData } from 'node:worker_threads';
import { type Investigation, investigate } from '../node/investigate.ts';
import { type ExperimentReference, loadReference } from '../node/resolveExperiment.ts';

/** What the thread that shrinks is told. */
export interface ShrinkWork {
  readonly reference: ExperimentReference;
  readonly seed: number;
  readonly shrink: boolean;
  readonly maxEvents: number | undefined;
  readonly promise: string | undefined;
  /** One cell: 1 asks it to end with the best found so far. */
  readonly cancel: SharedArrayBuffer;
}

/** What it answers. */
export type ShrinkMessage =
  | { readonly kind: 'progress'; readonly runs: number; readonly events: number }
  | { readonly kind: 'done'; readonly investigation: Investigation };

const { reference, seed, shrink, maxEvents, promise, cancel } = workerData as ShrinkWork;
const cancelled = new Int32Array(cancel);
const send = (message: ShrinkMessage): void => parentPort?.postMessage(message);
const investigation = investigate(await loadReference(reference), seed, {
  shrink,
  ...(maxEvents === undefined ? {} : { maxEvents }),
  ...(promise === undefined ? {} : { promise }),
  onProgress: (runs, events) => send({ kind: 'progress', runs, events }),
  cancelled: () => Atomics.load(cancelled, 0) === 1,
});
send({ kind: 'done', investigation });
