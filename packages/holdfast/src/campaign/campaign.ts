import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { InputError } from '../node/inputError.ts';
import type { ExperimentReference } from '../node/resolveExperiment.ts';
import { failedOutcome, type SeedOutcome } from '../node/seedOutcome.ts';
import { type Summary, SummaryBuilder } from '../node/summary.ts';
import { CampaignControl, IDLE } from './control.ts';
import { MAX_JOBS } from './limits.ts';
import type { SeedWork } from './seedWorker.ts';
import { startThread } from './thread.ts';

/** Which seeds of which experiment, and how. */
export interface CampaignOptions {
  readonly reference: ExperimentReference;
  readonly firstSeed: number;
  /** 1 to `MAX_SEEDS`. */
  readonly count: number;
  /** Threads; one per core unless told otherwise. */
  readonly jobs?: number;
  /** Run all seeds, also after a violated one. Default false: it stops at the smallest seed that is violated or throws. */
  readonly keepGoing?: boolean;
  /** Run every seed twice and compare. Default false. */
  readonly twice?: boolean;
  /** Ends the campaign with what is known so far. */
  readonly signal?: AbortSignal;
  /** Called for every seed of the result, in seed order. */
  readonly onOutcome?: (outcome: SeedOutcome) => void;
}

/** What a campaign found. */
export interface CampaignResult {
  readonly firstSeed: number;
  readonly count: number;
  /** Of all seeds up to and including the smallest one that ended the campaign. The same for any number of threads. */
  readonly summary: Summary;
  /** It was told to stop before it was done. */
  readonly interrupted: boolean;
  readonly jobs: number;
  readonly wallMs: number;
}

const LARGEST_CHUNK = 8;
/** A seed in progress is given this long to end when the campaign is interrupted. */
const GRACE_MS = 1_000;

const ENTRY = new URL('./seedWorker', import.meta.url).href;

/**
 * Runs many seeds of an experiment on all cores. Outcomes do not depend on the number of threads. A seed that throws, or
 * even ends its thread, is an outcome with status `error`. Rejects with `InputError` when the experiment cannot be loaded.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { firstSeed, count } = options;
  const start = performance.now();
  const jobs = Math.min(options.jobs ?? availableParallelism(), count, MAX_JOBS);
  const control = new CampaignControl({ count, jobs });
  const inOrder = new InSeedOrder(options);
  const keep = (outcome: SeedOutcome): void => inOrder.add(outcome);
  const chunk = Math.max(1, Math.min(LARGEST_CHUNK, Math.floor(count / (jobs * 16))));
  const { reference, keepGoing = false, twice = false } = options;
  const order = { reference, firstSeed, chunk, keepGoing, twice };
  const threads = Array.from({ length: jobs }, (_, job) => new SeedThread({ ...order, job }, control, keep));
  const cancel = interruption(options.signal, control, threads);
  try {
    await Promise.all(threads.map((thread) => thread.done));
  } finally {
    cancel.forget();
    await Promise.all(threads.map((thread) => thread.stop()));
  }
  return {
    firstSeed,
    count,
    summary: inOrder.finish(),
    interrupted: cancel.struck(),
    jobs,
    wallMs: performance.now() - start,
  };
}

/** Puts outcomes that come in any order into seed order and together, and leaves out those after the seed that ended it all. */
class InSeedOrder {
  private readonly options: CampaignOptions;
  private readonly builder = new SummaryBuilder();
  /** Outcomes that came before a smaller seed's. */
  private readonly early = new Map<number, SeedOutcome>();
  private next: number;
  private ended = false;

  constructor(options: CampaignOptions) {
    this.options = options;
    this.next = options.firstSeed;
  }

  add(outcome: SeedOutcome): void {
    this.early.set(outcome.seed, outcome);
    for (let ready = this.early.get(this.next); ready !== undefined; ready = this.early.get(this.next)) {
      this.early.delete(this.next++);
      this.take(ready);
    }
  }

  /** Some seeds may be missing when the campaign was interrupted: the others still count. */
  finish(): Summary {
    for (const outcome of [...this.early.values()].toSorted((a, b) => a.seed - b.seed)) this.take(outcome);
    return this.builder.finish();
  }

  private take(outcome: SeedOutcome): void {
    if (this.ended) return;
    this.builder.add(outcome);
    this.options.onOutcome?.(outcome);
    const ends = outcome.status === 'violated' || outcome.status === 'error';
    if (ends && this.options.keepGoing !== true) this.ended = true;
  }
}

interface Interruption {
  forget(): void;
  struck(): boolean;
}

function interruption(
  signal: AbortSignal | undefined,
  control: CampaignControl,
  threads: readonly SeedThread[],
): Interruption {
  let timer: NodeJS.Timeout | undefined;
  let struck = false;
  const strike = (): void => {
    struck = threads.some((thread) => !thread.ended);
    control.lowerLimit(0);
    timer = setTimeout(() => {
      for (const thread of threads) void thread.stop();
    }, GRACE_MS);
  };
  if (signal?.aborted === true) strike();
  else signal?.addEventListener('abort', strike, { once: true });
  return {
    forget: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', strike);
    },
    struck: () => struck,
  };
}

/** One thread of a campaign, seen from outside. */
class SeedThread {
  /** Resolves when the thread has ended, however; rejects when it could not even load the experiment. */
  readonly done: Promise<void>;
  ended = false;
  private readonly worker: Worker;
  private stopping = false;

  constructor(
    order: Omit<SeedWork, 'control'>,
    control: CampaignControl,
    keep: (outcome: SeedOutcome) => void,
  ) {
    const workerData: SeedWork = { ...order, control: control.shared };
    this.worker = startThread(ENTRY, { workerData });
    this.worker.on('message', keep);
    this.done = new Promise((resolve, reject) => {
      let thrown: unknown;
      this.worker.once('error', (error) => {
        thrown = error;
      });
      this.worker.once('exit', (code) => {
        this.ended = true;
        const offset = control.whereIs(order.job);
        if (this.stopping || (thrown === undefined && code === 0 && offset === IDLE)) resolve();
        else if (offset === IDLE) reject(notLoaded(thrown, code));
        else {
          // The seed it was at took the thread with it: no thread goes on after that one.
          control.lowerLimit(offset + 1);
          const cause = thrown ?? new Error(`the run ended its thread with exit code ${code}`);
          keep(failedOutcome(order.firstSeed + offset, cause, 0));
          resolve();
        }
      });
    });
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    this.stopping = true;
    await this.worker.terminate();
  }
}

function notLoaded(thrown: unknown, code: number): Error {
  if (thrown instanceof Error) return thrown;
  return new InputError(
    `Cannot run the experiment in a thread of its own: loading it ended the thread with exit code ${code}`,
    'let its file load without side effects',
  );
}
