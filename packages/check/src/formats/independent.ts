import type { Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { TRANSACTION } from '../history/transaction.ts';

/**
 * True when the operations carry `[key value]` pairs of jepsen.independent: every input is such a pair, at least one asks
 * `[key nil]`, every completed result names the same key, and nothing carries a key of its own or is a transaction.
 */
export function looksIndependent(operations: readonly Operation[]): boolean {
  let asks = false;
  for (const { f, key, input, outcome, output } of operations) {
    if (f === TRANSACTION || key !== undefined || !isPair(input)) return false;
    if (outcome === 'ok' && output !== null && !(isPair(output) && output[0] === input[0])) return false;
    if (input[1] === null) asks = true;
  }
  return asks;
}

/** The same operations with the pairs taken apart into key and value. What is not a pair stays as it is. */
export function splitKeys(operations: readonly Operation[]): Operation[] {
  return operations.map(splitKey);
}

function splitKey(operation: Operation): Operation {
  const { id, process, f, input, outcome, output, invokedAt, completedAt, node } = operation;
  if (!isPair(input)) return operation;
  const given = isPair(output) && output[0] === input[0] ? output[1] : output;
  const key = String(input[0]);
  return { id, process, f, key, input: input[1], outcome, output: given, invokedAt, completedAt, node };
}

function isPair(value: Plain): value is readonly [string | number, Plain] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const key: unknown = value[0];
  return typeof key === 'string' || typeof key === 'number';
}
