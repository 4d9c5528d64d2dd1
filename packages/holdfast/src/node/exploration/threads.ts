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
import { Backlog } from './backlog.ts';
import type { ExploreOrder } from './exploreWorker.ts';
import { compileLater } from '../inlining.ts';
import { heapIsShort } from './memory.ts';
import type { LoadedModel } from './resolveModel.ts';

/** How several threads explore one model. */
export interface ThreadedExploration extends LoadedModel {
  readonly options: SharedExplorationOptions;
  /** Starts all threads at once, however short the search may be. Default false. */
  readonly threadsAtOnce?: boolean;
  /** Bytes that may be used in all. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExploreProgress) => void;
}

const ENTRY = new URL('./exploreWorker', import.meta.url).href;
const LOOK_EVERY_MS = 100;
/** This thread works for so long between two turns of its event loop. */
const TURN_EVERY_MS = 30;
/** When a thread is gone the others, which may wait for what it held, are given so long to end. */
const GRACE_MS = 2_000;

/**
 * Explores with several threads, of which this is the first: it begins at once, the others join a search that
 * is worth it (`Backlog`). Rejects with what the
 * model's code throws, in whichever thread; a thread that ends for want of memory ends the search in good order.
 */
export async function exploreWithThreads(order: ThreadedExploration): Promise<ExploreResult> {
  const { model, options, signal, onProgress } = order;
  compileLater();
  const memory = reserved(order.maxBytes, options.workers);
  const exploration = new SharedExploration(model, memory, options);
  const look = (): void => {
    onProgress?.(exploration.progress());
    if (signal?.aborted === true) exploration.cancel();
  };
  const watch = setInterval(look, LOOK_EVERY_MS);
  const others = new Others(order, memory, exploration);
  try {
    if (order.threadsAtOnce === true) others.start();
    const own = await partHere(exploration, others);
    const parts = [...(await others.parts()), ...(own === undefined ? [] : [own])];
    return exploration.result(parts);
  } finally {
    clearInterval(watch);
    await others.end();
  }
}

/** This thread's part, with turns for the event loop in between. */
async function partHere(exploration: SharedExploration, others: Others): Promise<SharedPart | undefined> {
  const steps = exploration.firstPart(heapIsShort);
  const begin = performance.now();
  const backlog = new Backlog();
  for (let turn = begin; ; ) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - turn < TURN_EVERY_MS) continue;
    const { states, queued } = exploration.progress();
    if (backlog.isWorthThreads(performance.now() - begin, states - queued, queued)) others.start();
    await new Promise<void>((resolve) => setImmediate(resolve));
    turn = performance.now();
  }
}

/** All threads but this one. */
class Others {
  /** What a thread threw first; what the others run into, once they are ended, is no cause. */
  failure: { readonly error: unknown } | undefined;
  private readonly order: ThreadedExploration;
  private readonly memory: SharedMemory;
  private readonly exploration: SharedExploration;
  private readonly threads: Worker[] = [];
  private readonly working = new Set<Promise<void>>();
  private readonly told: SharedPart[] = [];
  private grace: NodeJS.Timeout | undefined;

  constructor(order: ThreadedExploration, memory: SharedMemory, exploration: SharedExploration) {
    this.order = order;
    this.memory = memory;
    this.exploration = exploration;
  }

  /** Starts them, once. */
  start(): void {
    const { memory } = this;
    const { reference, options } = this.order;
    while (this.threads.length + 1 < options.workers) {
      const worker = this.threads.length + 1;
      const workerData: ExploreOrder = { reference, memory, worker, options };
      const thread = startThread(ENTRY, { workerData });
      this.threads.push(thread);
      const work = this.follow(thread).finally(() => this.working.delete(work));
      this.working.add(work);
    }
  }

  /** The parts of those that took part, once the search has ended. Rejects with what the model's code threw there. */
  async parts(): Promise<readonly SharedPart[]> {
    const { working, told, exploration } = this;
    // One that was not up in time is not waited for; where one is gone nobody knows whether it took part.
    while (working.size > 0 && (this.failure !== undefined || told.length + 1 < exploration.joined))
      await Promise.race(working);
    if (this.failure !== undefined && !isOutOfMemory(this.failure.error)) throw this.failure.error;
    return told;
  }

  async end(): Promise<void> {
    clearTimeout(this.grace);
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private async follow(thread: Worker): Promise<void> {
    try {
      const part = await partOf(thread);
      if (part !== undefined) this.told.push(part);
    } catch (error) {
      this.failure ??= { error };
      if (isOutOfMemory(error)) this.exploration.starve();
      else this.exploration.fail();
      this.grace ??= setTimeout(() => this.threads.forEach((other) => void other.terminate()), GRACE_MS);
    }
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

function partOf(thread: Worker): Promise<SharedPart | undefined> {
  return new Promise((resolve, reject) => {
    thread.once('message', (part) => resolve(part as SharedPart | undefined));
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('a thread of the exploration ended before its work')));
  });
}
