import { equalPlain, type Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { isMicroOperations, type MicroOperation, TRANSACTION } from '../history/transaction.ts';
import { illegal, type Model, UnsupportedOperationError } from './model.ts';
import { isRead, isWrite } from './register.ts';
import { showValue } from './words.ts';

const EXPECTED =
  "use f 'txn' with a list of ['r', name, null] and ['w', name, value], or 'read' and 'write' with a key";

/** The registers that hold something. */
type Registers = Readonly<Record<string, Plain>>;

/**
 * Several registers read and written together; judged as one object. Each holds null at first.
 *
 * - `txn`: input a list of `['r', name, null]` and `['w', name, value]` (or `read`, `write`), done in one step in this order; output
 *   the same list with what was read.
 * - `read`, `write` (or `r`, `w`) with the register's name as `key`: as in the register model.
 */
export function multiRegisterModel(): Model<Registers> {
  return {
    name: 'multi-register',
    init: () => ({}),
    step(registers, operation) {
      let after: Registers = registers;
      for (const [f, name, value] of stepsOf(operation)) {
        if (f === 'w' || f === 'write') after = written(after, name, value);
        else if (operation.outcome !== 'unknown' && !equalPlain(after[name] ?? null, value)) return illegal;
      }
      return after;
    },
    observes: (operation) => stepsOf(operation).every(([f]) => f === 'r' || f === 'read'),
    describe: (operation) =>
      stepsOf(operation)
        .map(([f, name, value]) => wordsOf(f, name, value, operation.outcome !== 'ok'))
        .join(' and '),
  };
}

/** The reads and writes of an operation; reads carry what they saw. */
function stepsOf(operation: Operation): readonly MicroOperation[] {
  const { f, key = '', input, output, outcome } = operation;
  if (f === TRANSACTION) {
    const steps = outcome === 'ok' ? output : input;
    if (isMicroOperations(steps) && steps.every(([kind]) => /^(?:r|w|read|write)$/.test(kind))) return steps;
  } else if (isRead(operation)) {
    return [['r', key, outcome === 'ok' ? output : null]];
  } else if (isWrite(operation)) {
    return [['w', key, input]];
  }
  throw new UnsupportedOperationError('multi-register', operation, EXPECTED);
}

function written(registers: Registers, name: number | string, value: Plain): Registers {
  const { [name]: _, ...others } = registers;
  return value === null ? others : { ...others, [name]: value };
}

function wordsOf(f: string, name: number | string, value: Plain, isOpen: boolean): string {
  if (f === 'w' || f === 'write') return `wrote ${showValue(value)} to ${name}`;
  return isOpen ? `read ${name}` : `read ${showValue(value)} from ${name}`;
}
