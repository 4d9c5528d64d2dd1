import type { AdmissionOptions, BreakerOptions, RetryBudgetOptions, RetryPolicy } from '@holdfast/protocols';
import type { LatencyModel } from '@holdfast/world';

/** How one side calls another: everything a retry budget says. */
export interface CallOptions {
  readonly retry: RetryPolicy;
  /** Of all retries of one host together. */
  readonly budget: RetryBudgetOptions;
  readonly breaker?: BreakerOptions | undefined;
  /** How long a whole call may take; a parent's deadline shortens it where `sendsDeadline` says so. */
  readonly deadlineMs: number;
  /** Whether what is left of the deadline travels with each attempt, and given up attempts are cancelled at the other end. */
  readonly sendsDeadline: boolean;
  /** The answer once retries are spent; left out: an error. */
  readonly degraded?: string | undefined;
}

/** A call a tier makes for each of its requests, one after the other. */
export interface Dependency {
  readonly to: string;
  /** The operations that need it; all when left out. */
  readonly operations?: readonly string[];
  readonly how: CallOptions;
  /** Bulkhead: so many of this tier's requests may wait for this dependency; others are refused at once. Left out: as many as come. */
  readonly atOnce?: number;
}

/** One service: a host, or several that callers take in turn. A request holds a worker from its start to its answer. */
export interface Tier {
  readonly name: string;
  /** Hosts `name`, or `name-1`, `name-2`, ... Default 1. */
  readonly replicas?: number;
  /** Time of work on each request, beside reads and calls. */
  readonly work: LatencyModel;
  /** Reads of the host's disk, one after the other, each as long as a sync: a slow disk makes a slow service. Default 0. */
  readonly diskReads?: number;
  readonly gate: AdmissionOptions;
  readonly calls?: readonly Dependency[];
  /** Operations that have their side effect here, once their calls have succeeded; `keyed`: recognised by their idempotency key. */
  readonly effect?: { readonly operations: readonly string[]; readonly keyed: boolean };
}

/** Bounds a run is judged by; what is left out is measured and not judged. */
export interface ServiceBounds {
  /** Requests that arrive at any tier, for each call that needs it. */
  readonly amplification?: number;
  /** So long after everything has healed goodput is back at 95 % of what it was at first, for good. */
  readonly recoverWithinMs?: number;
  /** Nobody works on a request whose user has gone: judged with so much slack for the way it took. */
  readonly lateWorkSlackMs?: number;
  /** No call has its side effect twice. */
  readonly oneEffect?: boolean;
  /** Requests waiting at any tier. */
  readonly queue?: number;
  /** Operations that a failure elsewhere must not touch: at least this share of their calls is answered well. */
  readonly untouched?: { readonly operations: readonly string[]; readonly share: number };
  /** At most this share of all calls is not answered well. */
  readonly failures?: number;
}

/** A service of several tiers. Clients call the first one. */
export interface ServiceOptions {
  readonly name: string;
  readonly tiers: readonly Tier[];
  readonly operations: readonly string[];
  readonly client: CallOptions;
  /** How long a user waits: an answer later than this is none. */
  readonly patienceMs: number;
  readonly bounds: ServiceBounds;
}
