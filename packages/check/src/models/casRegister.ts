import type { Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { casStep, casValues, compareFailed, compareOf, describeCas, isFailedCompare } from './cas.ts';
import { type Model, UnsupportedOperationError } from './model.ts';
import {
  describeRegister,
  isRead,
  isWrite,
  keyOf,
  readStep,
  type RegisterOptions,
  registerView,
} from './register.ts';

const EXPECTED = "use f 'read', 'write' or 'cas' with input [expected, next]";

/**
 * One compare-and-set register per `key`: what Jepsen calls a cas-register.
 *
 * - `read`, `write`: as in the register model.
 * - `cas`: input `[expected, next]`. `ok` means it matched and set; `ok` with output false, and `fail` without an error
 *   text, mean it found another value, which is an observation. A `fail` with an error text had no effect and says nothing.
 */
export function casRegisterModel(options: RegisterOptions = {}): Model<Plain> {
  const { initial = null } = options;
  return {
    name: 'cas-register',
    init: () => initial,
    step(state, operation) {
      if (isRead(operation)) return operation.outcome === 'unknown' ? state : readStep(state, operation);
      if (isWrite(operation)) return operation.input;
      const values = operation.f === 'cas' ? casValues(operation) : undefined;
      if (values === undefined) throw new UnsupportedOperationError('cas-register', operation, EXPECTED);
      return casStep(state, operation, values);
    },
    key: keyOf,
    observes: (operation) => isRead(operation) || (operation.f === 'cas' && compareFailed(operation)),
    failedIsObservation: isFailedCompare,
    overwrites: isWrite,
    register: { ...registerView(initial), compareOf },
    describe: describeCasRegister,
  };
}

/** Words for a register operation that may be a compare-and-set. */
export function describeCasRegister(operation: Operation): string {
  const values = operation.f === 'cas' ? casValues(operation) : undefined;
  if (values === undefined) return describeRegister(operation);
  return describeCas(operation, values, operation.key === undefined ? '' : ` on ${operation.key}`);
}
