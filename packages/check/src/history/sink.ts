import type { Plain } from '@holdfast/plain';
import type { Outcome } from './operation.ts';

/** What may be known of an operation beside its process, name and argument. */
export interface Place {
  /** The object addressed, when the subject holds several. */
  readonly key?: string | undefined;
  /** The node asked. */
  readonly node?: number | undefined;
}

/** Receives operations as they happen: the simulator and every reader of a format write to one of these. */
export interface OperationSink {
  /** An operation begins; returns its id, dense from 0 in the order of the calls. */
  invoke(process: number, f: string, input: Plain, at: number, place?: Place): number;
  /** The operation ends; `at` is ignored when the outcome is `unknown`, which has no end. */
  complete(id: number, outcome: Outcome, output: Plain, at: number): void;
}
