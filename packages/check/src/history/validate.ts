import { assertPlain, NotPlainError } from '@holdfast/plain';
import type { History, Operation } from './operation.ts';

/** What can be wrong with a history, for programs to tell apart. */
export type HistoryErrorCode =
  | 'ID_NOT_DENSE'
  | 'BAD_PROCESS'
  | 'BAD_NAME'
  | 'BAD_TIME'
  | 'NOT_ORDERED'
  | 'BAD_OUTCOME'
  | 'COMPLETED_BEFORE_INVOKED'
  | 'UNKNOWN_COMPLETED'
  | 'NEVER_COMPLETED'
  | 'TWO_OPEN'
  | 'VALUE_NOT_PLAIN';

/** Thrown when a history breaks a rule that every checker relies on; names the operation and the rule. */
export class HistoryError extends Error {
  readonly code: HistoryErrorCode;
  /** Position of the offending operation in the history. */
  readonly operation: number;
  constructor(code: HistoryErrorCode, operation: number, reason: string) {
    super(`Cannot judge operation ${operation} as part of a history: ${reason}`);
    this.name = 'HistoryError';
    this.code = code;
    this.operation = operation;
  }
}

/**
 * Throws `HistoryError` at the first operation that breaks a rule of `Operation` or `History`: ids dense and in
 * order of invocation, integer times, no completion before its invocation, an `unknown` operation never completes, and
 * at most one operation open per process (an unknown one stays open for ever).
 */
export function validateHistory(history: History): void {
  const lastOf = new Map<number, Operation>();
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < history.operations.length; i++) {
    const operation = history.operations[i];
    if (operation === undefined) continue;
    validateFields(operation, i);
    validateTimes(operation, i);
    if (operation.invokedAt < before) {
      fail(
        'NOT_ORDERED',
        i,
        `it is invoked at ${operation.invokedAt}, before the one listed ahead of it (${before})`,
      );
    }
    before = operation.invokedAt;
    const last = lastOf.get(operation.process);
    if (last !== undefined && last.completedAt > operation.invokedAt) failTwoOpen(operation, last, i);
    lastOf.set(operation.process, operation);
  }
}

function validateFields(operation: Operation, i: number): void {
  if (operation.id !== i) fail('ID_NOT_DENSE', i, `its id is ${String(operation.id)}; ids count from 0`);
  if (!Number.isSafeInteger(operation.process)) {
    fail('BAD_PROCESS', i, `its process is ${String(operation.process)}; use an integer`);
  }
  if (typeof operation.f !== 'string' || operation.f === '') {
    fail('BAD_NAME', i, `its f is ${JSON.stringify(operation.f)}; use a name such as 'read'`);
  }
  if (operation.outcome !== 'ok' && operation.outcome !== 'fail' && operation.outcome !== 'unknown') {
    fail(
      'BAD_OUTCOME',
      i,
      `its outcome is ${JSON.stringify(operation.outcome)}; use 'ok', 'fail' or 'unknown'`,
    );
  }
  try {
    assertPlain(operation.input, 'its input');
    assertPlain(operation.output, 'its output');
  } catch (error) {
    if (error instanceof NotPlainError) fail('VALUE_NOT_PLAIN', i, error.message);
    throw error;
  }
}

function validateTimes(operation: Operation, i: number): void {
  const { invokedAt, completedAt, outcome } = operation;
  if (!Number.isSafeInteger(invokedAt)) {
    fail('BAD_TIME', i, `it is invoked at ${String(invokedAt)}; times are integers`);
  }
  if (outcome === 'unknown') {
    if (completedAt !== Number.POSITIVE_INFINITY) {
      fail(
        'UNKNOWN_COMPLETED',
        i,
        `its outcome is unknown, yet it completes at ${completedAt}; use Infinity`,
      );
    }
    return;
  }
  if (completedAt === Number.POSITIVE_INFINITY) {
    fail(
      'NEVER_COMPLETED',
      i,
      `its outcome is ${outcome}, yet it never completes; say when, or use 'unknown'`,
    );
  }
  if (!Number.isSafeInteger(completedAt)) {
    fail('BAD_TIME', i, `it completes at ${String(completedAt)}; times are integers`);
  }
  if (completedAt < invokedAt) {
    fail(
      'COMPLETED_BEFORE_INVOKED',
      i,
      `it completes at ${completedAt}, before its invocation at ${invokedAt}`,
    );
  }
}

function failTwoOpen(operation: Operation, last: Operation, i: number): never {
  const end = last.outcome === 'unknown' ? 'never completes' : `completes at ${last.completedAt}`;
  fail(
    'TWO_OPEN',
    i,
    `process ${operation.process} invokes it at ${operation.invokedAt} while its operation ${last.id} (${last.f}) is ` +
      `open: that one ${end}; give each concurrent or continued client its own process number`,
  );
}

function fail(code: HistoryErrorCode, operation: number, reason: string): never {
  throw new HistoryError(code, operation, reason);
}
