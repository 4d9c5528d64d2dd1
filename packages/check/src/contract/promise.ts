import type { ConsistencyName } from '../litmus/spectrum.ts';

/** What an operation does for a caller on a side of a partition that has lost the authority to decide. */
export type DuringPartition = 'reject' | 'serve-stale' | 'accept-and-merge';

/** Ways to behave during a partition. */
export const DURING_PARTITION: readonly DuringPartition[] = ['reject', 'serve-stale', 'accept-and-merge'];

/**
 * When an operation must be answered without an error. `after-healing` (unless told otherwise): once everything has healed and the time
 * for recovery is over. The others promise that, too: `when-calm` while nothing is wrong, `with-authority` also during a partition on a
 * side that has the authority to decide, `total` by every node that has not failed, on whichever side. `none`: never mind.
 */
export type AvailabilityClass = 'none' | 'after-healing' | 'when-calm' | 'with-authority' | 'total';

/** Classes of availability, the weakest first. */
export const AVAILABILITY_CLASSES: readonly AvailabilityClass[] = [
  'none',
  'after-healing',
  'when-calm',
  'with-authority',
  'total',
];

/** How old what is read may be: at most so many versions, and replaced at most so long before the read began. */
export interface Freshness {
  readonly versions?: number;
  /** In the unit of the history. */
  readonly within?: number;
}

/** What one kind of operation promises, always and during a partition. */
export interface OperationPromise {
  /** One model, or several that must all hold; `unclaimed` says nothing, and is run and counted all the same. */
  readonly consistency: ConsistencyName | 'unclaimed' | readonly ConsistencyName[];
  /** `key`: each object by itself. `whole`, unless told otherwise: all together. Makes no difference to `linearizable`. */
  readonly scope?: 'key' | 'whole';
  readonly duringPartition: DuringPartition;
  /**
   * `eventual` only: once everything has healed and recovered, reads agree from this long after the last change on, in the unit of the
   * history. As long as recovery may take unless told otherwise.
   */
  readonly agreeWithin?: number;
  /** A bound on what is read, beside the model. */
  readonly freshness?: Freshness;
  /** True: invoked again with the same argument on the same object, it takes effect once and is answered the same. */
  readonly idempotent?: boolean;
  /** While nothing is wrong it is answered, one way or the other, within this; in the unit of the history. */
  readonly deadline?: number;
  readonly availability?: AvailabilityClass;
  /** Whether what was acknowledged must still be there in the end. Unless told otherwise it must where anything is claimed. */
  readonly durable?: boolean;
}

/** What each kind of operation promises, by `f`. */
export type Contract = Readonly<Record<string, OperationPromise>>;

/** A stretch of time in which something was wrong. */
export interface FaultInterval {
  /** In words: `partition {N1} | {N2,N3}`. */
  readonly name: string;
  /** `partition`: some could not reach others. `host`: `nodes` did not run. `other`: anything else. */
  readonly kind: 'partition' | 'host' | 'other';
  /** In the unit of the history; `to` is not included. */
  readonly from: number;
  readonly to: number;
  /** Nodes it was about, as `Operation.node` names them. */
  readonly nodes?: readonly number[];
}

/** Whether whoever was asked could decide while the operation was open; `unknown` where that cannot be told. */
export type Authority = 'with' | 'without' | 'unknown';

/** The consistency models an operation claims. */
export function claimsOf({ consistency }: OperationPromise): readonly ConsistencyName[] {
  if (consistency === 'unclaimed') return [];
  return typeof consistency === 'string' ? [consistency] : (consistency as readonly ConsistencyName[]);
}

/** True when an operation promises anything about what is read or written. */
export function claimsAnything(promise: OperationPromise): boolean {
  return claimsOf(promise).length > 0 || promise.freshness !== undefined;
}
