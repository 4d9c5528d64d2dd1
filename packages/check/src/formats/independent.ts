import type { Plain } from '@holdfast/plain';
import { type HistoryColumns, ValueClasses, valueOfClass } from '../history/columns.ts';
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

/** The same for columns: a pair is looked at once per class, however often it occurs. */
export function splitColumnKeys(columns: HistoryColumns, independent: 'auto' | 'yes' | 'no'): HistoryColumns {
  if (independent === 'no' || (independent === 'auto' && !columnsLookIndependent(columns))) return columns;
  const { length } = columns;
  const keys: string[] = [...columns.keys];
  const keyNumbers = new Map(keys.map((key, number) => [key, number] as const));
  const classes = new ValueClasses();
  const key = new Int32Array(length);
  const input = new Int32Array(length);
  const output = new Int32Array(length);
  for (let id = 0; id < length; id++) {
    const pair = valueOfClass(columns, columns.input[id] as number);
    const result = valueOfClass(columns, columns.output[id] as number);
    if (!isPair(pair)) {
      key[id] = columns.key[id] as number;
      input[id] = classes.classOf(pair);
      output[id] = classes.classOf(result);
      continue;
    }
    const name = String(pair[0]);
    const number = keyNumbers.get(name) ?? keys.push(name) - 1;
    keyNumbers.set(name, number);
    key[id] = number;
    input[id] = classes.classOf(pair[1]);
    output[id] = classes.classOf(isPair(result) && result[0] === pair[0] ? result[1] : result);
  }
  return { ...columns, key, keys, input, output, values: classes.values };
}

function columnsLookIndependent(columns: HistoryColumns): boolean {
  if (columns.keys.length > 0 || columns.names.includes(TRANSACTION)) return false;
  let asks = false;
  for (let id = 0; id < columns.length; id++) {
    const pair = valueOfClass(columns, columns.input[id] as number);
    if (!isPair(pair)) return false;
    if (columns.outcome[id] === 0) {
      const result = valueOfClass(columns, columns.output[id] as number);
      if (result !== null && !(isPair(result) && result[0] === pair[0])) return false;
    }
    if (pair[1] === null) asks = true;
  }
  return asks;
}
