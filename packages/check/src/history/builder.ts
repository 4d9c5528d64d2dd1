import type { Plain } from '@holdfast/plain';
import type { History, Operation, Outcome } from './operation.ts';
import type { OperationSink, Place } from './sink.ts';

interface OpenOperation {
  id: number;
  process: number;
  f: string;
  key: string | undefined;
  input: Plain;
  outcome: Outcome;
  output: Plain;
  invokedAt: number;
  completedAt: number;
  node: number | undefined;
}

/**
 * Collects a history while it happens. It trusts its caller: invocations come in the order of their times, each id is
 * completed at most once, inputs and outputs are plain data that nobody changes afterwards. Histories from
 * elsewhere go through `validateHistory`.
 */
export class HistoryBuilder implements OperationSink {
  private readonly timeUnit: History['timeUnit'];
  private readonly operations: OpenOperation[] = [];

  /** `timeUnit` says what the times given to `invoke` and `complete` are: microseconds unless told otherwise. */
  constructor(timeUnit: History['timeUnit'] = 'us') {
    this.timeUnit = timeUnit;
  }

  /** How many operations were invoked so far. */
  get size(): number {
    return this.operations.length;
  }

  /** An operation begins at `at`; returns its id, dense from 0. Until completed it counts as unknown. */
  invoke(process: number, f: string, input: Plain, at: number, place?: Place): number {
    const id = this.operations.length;
    this.operations.push({
      id,
      process,
      f,
      key: place?.key,
      input,
      outcome: 'unknown',
      output: null,
      invokedAt: at,
      completedAt: Number.POSITIVE_INFINITY,
      node: place?.node,
    });
    return id;
  }

  /**
   * The operation ends at `at`. For `unknown` the time is not kept: it may still take effect later. Throws a
   * `RangeError` for an id that `invoke` did not return.
   */
  complete(id: number, outcome: Outcome, output: Plain, at: number): void {
    const operation = this.operations[id];
    if (operation === undefined) {
      throw new RangeError(`Cannot complete operation ${id} as ${outcome}: it was never invoked`);
    }
    operation.outcome = outcome;
    operation.output = output;
    operation.completedAt = outcome === 'unknown' ? Number.POSITIVE_INFINITY : at;
  }

  /** The operation as known so far, or undefined when no such id was given out. */
  peek(id: number): Operation | undefined {
    return this.operations[id];
  }

  /**
   * Ends the observation at `at`: operations still open are unknown. The history shares the builder's
   * operations, so the builder is not used afterwards.
   */
  finish(at: number): History {
    return { operations: this.operations, timeUnit: this.timeUnit, endedAt: at };
  }
}
