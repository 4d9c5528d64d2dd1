import type { Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';

/** What `Model.step` answers when the operation cannot happen in that state with that result. */
export const illegal: unique symbol = Symbol('illegal');

/**
 * A sequential specification: what one object may do when its operations happen one at a time. `S` is plain data and
 * never changed in place. The checker calls `step` once per pair of state and kind of operation and remembers the answer,
 * so `step` must be a function of the state and the operation's `f`, `key`, `input`, `outcome` and `output` alone
 * (and of `process`, where `usesProcess` says so).
 *
 * An operation with outcome `unknown` has no output to agree with: `step` must ignore `output` then and answer with the state
 * after the operation took effect, or `illegal` when it could not have had any. It must be able to do what an `ok` one could.
 */
export interface Model<S = unknown> {
  /** Short, for reports and the command line: `cas-register`. */
  readonly name: string;
  /** The state before the first operation. */
  init(): S;
  /** The state after the operation, or `illegal`. Throws `UnsupportedOperationError` for an `f` the model does not know. */
  step(state: S, operation: Operation): S | typeof illegal;
  /** The independent object this operation is about; histories are judged object by object. Absent: one object. */
  key?(operation: Operation): string;
  /** True when the operation, with this outcome and output, never changes any state. Absent: none is known to be so. */
  observes?(operation: Operation): boolean;
  /**
   * True when a `fail` is itself an answer that must fit the state, such as a compare-and-set that found another value.
   * Absent, and for all others: a failed operation had no effect and says nothing, so it is left out.
   */
  failedIsObservation?(operation: Operation): boolean;
  /** True when `step` looks at `operation.process`. */
  usesProcess?(operation: Operation): boolean;
  /**
   * True when the operation leads to the same state from every state, and its result says nothing of the state before
   * (a plain write). Lets the checker leave out unknown operations nobody could have noticed.
   */
  overwrites?(operation: Operation): boolean;
  /**
   * A search hint: false only when no `changes`, each any number of times, in any order, lead from `state` to a state in
   * which `observation`, an `ok` operation that `observes`, is legal. When in doubt, true.
   */
  canReach?(state: S, observation: Operation, changes: readonly Operation[]): boolean;
  /**
   * A search hint drawn from all operations of one object: the plan answers false only when no order of them that keeps real
   * time and that `step` allows has `operation`, which changes the object, right behind `state`. When in doubt, true.
   */
  plan?(operations: readonly Operation[]): Plan<S>;
  /** How the model's operations look as reads and writes of a plain register, for checkers that know registers. */
  readonly register?: RegisterView;
  /**
   * How these operations, all of one object, look as a register when only all of them together say so. A view for them alone, as right as
   * `register` must be; undefined when they do not.
   */
  registerAmong?(operations: readonly Operation[]): RegisterView | undefined;
  /** The operation in words, without process and times: `read 1 from x`. Absent: a text made of `f`, input and output. */
  describe?(operation: Operation): string;
}

/** See `Model.plan`. */
export interface Plan<S> {
  /** Like `step` it may depend on the state and the kind of operation alone. */
  allows(state: S, operation: Operation): boolean;
}

/** Reads and writes of one register, as far as a model's operations are just that. */
export interface RegisterView {
  /** The value before the first write. */
  readonly initial: Plain;
  /** `read` answers with the value and changes nothing, `write` sets it whatever it was; all else is `other`. */
  kindOf(operation: Operation): 'read' | 'write' | 'other';
  /** The kind of all operations of that name, whatever their values; absent where values matter, undefined for `other`. */
  kindByName?(f: string): 'read' | 'write' | undefined;
  /** The value written, or the value an `ok` read answered with. */
  valueOf(operation: Operation): Plain;
  /** What an operation that is `other` does as a compare-and-set; undefined when it is none. */
  compareOf?(operation: Operation): CompareView | undefined;
  /** Of a view of these operations alone: positions of operations, with those added from which it is known what the former did. */
  withReasons?(positions: readonly number[]): readonly number[];
}

/** A compare-and-set: sets `next` where it finds `expected`, and nowhere else. */
export interface CompareView {
  readonly expected: Plain;
  readonly next: Plain;
  /** True when it is known to have found another value and to have changed nothing. */
  readonly refused: boolean;
}

/** Thrown when a history holds an operation the chosen model does not know. */
export class UnsupportedOperationError extends Error {
  readonly code = 'UNSUPPORTED_OPERATION';
  readonly operation: Operation;
  constructor(model: string, operation: Operation, expected: string) {
    super(
      `Cannot judge operation ${operation.id} (${operation.f}) as an operation of model '${model}': ${expected}`,
    );
    this.name = 'UnsupportedOperationError';
    this.operation = operation;
  }
}
