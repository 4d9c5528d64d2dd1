import { equalPlain, type Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { casValues } from './cas.ts';
import { illegal, type Model, type RegisterView, UnsupportedOperationError } from './model.ts';
import { showValue } from './words.ts';

/** How a register begins. */
export interface RegisterOptions {
  /** The value before the first write; null unless told otherwise. */
  readonly initial?: Plain;
}

/**
 * One register per `key` (operations without a key share one).
 *
 * - `read` (or `r`): input ignored, output the value read, null when nothing was written.
 * - `write` (or `w`): input the value, output ignored.
 */
export function registerModel(options: RegisterOptions = {}): Model<Plain> {
  const { initial = null } = options;
  return {
    name: 'register',
    init: () => initial,
    step(state, operation) {
      if (isRead(operation)) return operation.outcome === 'unknown' ? state : readStep(state, operation);
      if (isWrite(operation)) return operation.input;
      throw new UnsupportedOperationError('register', operation, "use f 'read' or 'write'");
    },
    key: keyOf,
    observes: isRead,
    overwrites: isWrite,
    canReach: (value, observation, changes) =>
      !isRead(observation) || canBecome(value, observation.output, changes),
    register: registerView(initial),
    describe: describeRegister,
  };
}

/** False when the value is another one and no write or compare-and-set sets it. */
export function canBecome(value: Plain, wanted: Plain, changes: readonly Operation[]): boolean {
  if (equalPlain(value, wanted)) return true;
  return changes.some((change) => {
    const set = isWrite(change) ? change.input : casValues(change)?.[1];
    return set !== undefined && equalPlain(set, wanted);
  });
}

/** Reads and writes as they are; all else is `other`. */
export function registerView(initial: Plain): RegisterView {
  return {
    initial,
    kindByName: (f) => (isRead({ f }) ? 'read' : isWrite({ f }) ? 'write' : undefined),
    kindOf: (operation) => (isRead(operation) ? 'read' : isWrite(operation) ? 'write' : 'other'),
    valueOf: (operation) => (isRead(operation) ? operation.output : operation.input),
  };
}

/** The key of an operation; those without one share the object ''. */
export function keyOf(operation: Operation): string {
  return operation.key ?? '';
}

/** True for `read` and `r`. */
export function isRead(operation: Pick<Operation, 'f'>): boolean {
  return operation.f === 'read' || operation.f === 'r';
}

/** True for `write` and `w`. */
export function isWrite(operation: Pick<Operation, 'f'>): boolean {
  return operation.f === 'write' || operation.f === 'w';
}

/** A read with a known answer: legal when it is the present value. */
export function readStep(state: Plain, operation: Operation): Plain | typeof illegal {
  return equalPlain(state, operation.output) ? state : illegal;
}

/** A read or write in words. */
export function describeRegister(operation: Operation): string {
  const { outcome } = operation;
  const at = operation.key === undefined ? '' : ` ${operation.key}`;
  if (isRead(operation)) {
    return outcome === 'ok'
      ? `read ${showValue(operation.output)}${at === '' ? '' : ` from${at}`}`
      : `read${at}`;
  }
  return `wrote ${showValue(operation.input)}${at === '' ? '' : ` to${at}`}`;
}
