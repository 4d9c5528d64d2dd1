import type { Plain } from '@holdfast/plain';

/**
 * How an operation ended for its client. `fail` means it certainly had no effect; `unknown` (a timeout, a lost
 * connection, a crash of the client) means it may have taken effect, may still do so later, or never will.
 */
export type Outcome = 'ok' | 'fail' | 'unknown';

/** One client operation: the interval between its invocation and its completion. */
export interface Operation {
  /** Position of the invocation in the history, dense from 0. */
  readonly id: number;
  /** The logical thread of control; it has at most one open operation. After `unknown` a client goes on under a new process. */
  readonly process: number;
  /** What was done: `read`, `write`, `cas`, `get`, `put`, `append`, `enqueue`, ... */
  readonly f: string;
  /** The object addressed, when the subject holds several. */
  readonly key?: string | undefined;
  /** The argument: a value for `write`, `[expected, next]` for `cas`, null where there is none. */
  readonly input: Plain;
  readonly outcome: Outcome;
  /** The result when `ok`; an error text when `fail` or `unknown` gives one; else null. */
  readonly output: Plain;
  /** When it was invoked: an integer, microseconds for our own runs, a line number for logs without time. */
  readonly invokedAt: number;
  /** When it completed; `Infinity` when the outcome is `unknown`. Never before `invokedAt`. */
  readonly completedAt: number;
  /** The node asked, when known; for pictures and sentences only. */
  readonly node?: number | undefined;
}

/**
 * What clients saw, ordered by invocation (ties by id). One operation precedes another in real time when it completes
 * before the other is invoked: equal times are concurrent, but for the operations of one process.
 */
export interface History {
  readonly operations: readonly Operation[];
  /** Unit of the times: `us` when they are simulated or measured, `index` when only the order is known. */
  readonly timeUnit: 'us' | 'index';
  /**
   * What the times of different processes say. `real-time` (also when absent): they are comparable. `session`: the source
   * gave only each process's own order, so an operation of another process may have come at any time.
   */
  readonly order?: 'real-time' | 'session' | undefined;
  /** When the observation ended, in the same unit, when it is known. */
  readonly endedAt?: number | undefined;
}
