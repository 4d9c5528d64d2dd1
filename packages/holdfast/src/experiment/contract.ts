import type { AvailabilityClass, ConsistencyName, DuringPartition, OperationPromise } from '@holdfast/check';
import { ExperimentError } from './errors.ts';

export type { DuringPartition } from '@holdfast/check';

/** What one operation promises, always and during a partition. Times are simulated microseconds. */
export type OperationContract = OperationPromise;

/** What every promise can say besides. */
export interface PromiseOptions {
  readonly duringPartition: DuringPartition;
  /** A bound on what is read, beside the model: at most so many versions old, or replaced at most so long ago. */
  readonly freshness?: { readonly versions?: number; readonly withinMs?: number };
  /** Invoked again with the same argument on the same object it takes effect once. Default false. */
  readonly idempotent?: boolean;
  /** While nothing is wrong it is answered, one way or the other, within this. */
  readonly deadlineMs?: number;
  /** When it must be answered without an error. Default `after-healing`. */
  readonly availability?: AvailabilityClass;
  /** Whether what was acknowledged must still be there in the end. Default true where anything is claimed. */
  readonly durable?: boolean;
}

/** What promises that can be kept object by object say besides. */
export interface ScopedOptions extends PromiseOptions {
  /** `key`: each object by itself. Default `whole`: all of them together. */
  readonly scope?: 'key' | 'whole';
}

/** The four session guarantees. */
export type SessionPromise =
  | 'read-your-writes'
  | 'monotonic-reads'
  | 'monotonic-writes'
  | 'writes-follow-reads';

function promise(consistency: OperationPromise['consistency'], options: ScopedOptions): OperationContract {
  const { freshness, deadlineMs, duringPartition, scope, idempotent, availability, durable } = options;
  return {
    consistency,
    duringPartition,
    ...(scope === undefined ? {} : { scope }),
    ...(freshness === undefined ? {} : { freshness: freshnessOf(freshness) }),
    ...(idempotent === undefined ? {} : { idempotent }),
    ...(deadlineMs === undefined ? {} : { deadline: deadlineMs * 1_000 }),
    ...(availability === undefined ? {} : { availability }),
    ...(durable === undefined ? {} : { durable }),
  };
}

function freshnessOf({ versions, withinMs }: NonNullable<PromiseOptions['freshness']>): {
  readonly versions?: number;
  readonly within?: number;
} {
  return {
    ...(versions === undefined ? {} : { versions }),
    ...(withinMs === undefined ? {} : { within: withinMs * 1_000 }),
  };
}

/**
 * Promises that the operation takes effect at one instant between its call and its return. With `duringPartition: 'serve-stale'` reads
 * that overlap a partition are held only to what was written at all, and to the freshness promised.
 */
export function linearizable(options: PromiseOptions): OperationContract {
  return promise('linearizable', options);
}

/** Promises one order of all operations that keeps each client's own, but not real time. */
export function sequential(options: ScopedOptions): OperationContract {
  return promise('sequential', options);
}

/** Promises that nothing is read that something before it in causal order had replaced; `causal-convergence` adds one order of the writes. */
export function causal(
  options: ScopedOptions & { readonly variant?: 'causal' | 'causal-memory' | 'causal-convergence' },
): OperationContract {
  return promise(options.variant ?? 'causal', options);
}

/** Promises that every client sees each client's writes in the order they were made. */
export function pram(options: ScopedOptions): OperationContract {
  return promise('pram', options);
}

/** Promises guarantees to each client's session. */
export function sessions(guarantees: readonly SessionPromise[], options: ScopedOptions): OperationContract {
  return promise(guarantees, options);
}

/** Promises of reads that overlap no write the last value, and of others the last or one that is being written. */
export function regular(options: PromiseOptions): OperationContract {
  return promise('regular', options);
}

/** Promises that reads are never older than a bound, in versions, in time, or both. */
export function boundedStaleness(
  bound: { readonly versions?: number; readonly withinMs?: number },
  options: Omit<PromiseOptions, 'freshness'>,
): OperationContract {
  const { versions, withinMs } = bound;
  if (versions === undefined && withinMs === undefined) {
    throw new ExperimentError(
      'boundedStaleness',
      'names no bound',
      'give versions, withinMs, or both: boundedStaleness({ withinMs: 500 }, { ... })',
    );
  }
  const names: ConsistencyName[] = [];
  if (versions !== undefined) names.push('bounded-versions');
  if (withinMs !== undefined) names.push('bounded-time');
  return promise(names, { ...options, freshness: bound });
}

/**
 * Promises that reads return what was written and, once everything has healed and the time for recovery is over, agree from
 * `agreeWithinMs` after the last change on; unless told otherwise that is as long as recovery may take.
 */
export function eventual(options: PromiseOptions & { readonly agreeWithinMs?: number }): OperationContract {
  const { agreeWithinMs } = options;
  const promised = promise('eventual', options);
  return agreeWithinMs === undefined ? promised : { ...promised, agreeWithin: agreeWithinMs * 1_000 };
}

/** Claims nothing about consistency: the operation is run and counted, and the report says that it was not judged. */
export function unclaimed(options: PromiseOptions): OperationContract {
  return promise('unclaimed', options);
}
