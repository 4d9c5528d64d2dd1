import type { Plain } from '@holdfast/plain';
import type { Operation } from './operation.ts';

/**
 * One step of a transaction: `['r', key, value]`, `['w', key, value]` or `['append', key, value]`. In the input of a
 * transaction reads carry null; in its output they carry what was read, null being the initial value. `['scan', prefix, rows]` reads
 * every key that begins with the text, and carries `[[key, value], ...]`.
 */
export type MicroOperation = readonly [f: string, key: number | string, value: Plain];

/** The name under which every format hands over transactions. */
export const TRANSACTION = 'txn';

/** True when the operation is a transaction whose input is a list of micro-operations. */
export function isTransaction(operation: Operation): boolean {
  return operation.f === TRANSACTION && isMicroOperations(operation.input);
}

/** True when the value is a list of micro-operations. */
export function isMicroOperations(value: Plain): value is readonly MicroOperation[] {
  return Array.isArray(value) && value.every(isMicroOperation);
}

function isMicroOperation(value: Plain): value is MicroOperation {
  if (!Array.isArray(value) || value.length !== 3 || typeof value[0] !== 'string') return false;
  return typeof value[1] === 'string' || typeof value[1] === 'number';
}
