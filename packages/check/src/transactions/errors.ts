import { sessionVariant, type TransactionModel } from './models.ts';

/** Why a history cannot be judged as transactions. */
export type TransactionInputCode =
  | 'NOT_A_TRANSACTION'
  | 'BAD_MICRO_OPERATION'
  | 'NOT_A_LIST'
  | 'DUPLICATE_WRITE'
  | 'UNSORTED'
  | 'BAD_COMMIT_ORDER';

/** Thrown when an operation is not what the transaction checkers need; `operation` is its id. */
export class TransactionInputError extends Error {
  readonly code: TransactionInputCode;
  readonly operation: number;

  constructor(code: TransactionInputCode, operation: number, found: string) {
    super(`Cannot check operation ${operation} as a transaction: ${found}; ${ADVICE[code]}`);
    this.name = 'TransactionInputError';
    this.code = code;
    this.operation = operation;
  }
}

const ADVICE: Readonly<Record<TransactionInputCode, string>> = {
  NOT_A_TRANSACTION:
    "give operations with f 'txn' whose input (and, when ok, output) is a list of micro-operations",
  BAD_MICRO_OPERATION:
    "use ['append', key, value], ['w', key, value], ['r', key, result] or ['scan', prefix, [[key, value], ...]], one kind of write per workload",
  NOT_A_LIST: 'a list-append read returns a list, or null for the empty one',
  DUPLICATE_WRITE: 'write each value at most once per key, so that a read tells its writer',
  UNSORTED: 'order the operations by invocation',
  BAD_COMMIT_ORDER: 'list every committed transaction exactly once, and no aborted one',
};

/** Thrown when a model asks about real time and the history knows only sessions. */
export class TransactionTimesError extends Error {
  readonly code = 'NO_REAL_TIME';
  readonly model: TransactionModel;
  constructor(model: TransactionModel) {
    super(
      `Cannot judge the history by '${model}': its order is 'session', so the times of different processes say nothing of one ` +
        `another; judge it by '${sessionVariant(model)}', or record times`,
    );
    this.name = 'TransactionTimesError';
    this.model = model;
  }
}
