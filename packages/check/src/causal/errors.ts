import type { Operation } from '../history/operation.ts';

/** Thrown when a judge of reads and writes is given an operation that is neither. */
export class NotRegisterError extends Error {
  readonly code = 'NOT_REGISTER';
  /** The first operation that is neither a read nor a write; undefined when the model knows no such operations at all. */
  readonly operation: Operation | undefined;
  constructor(promise: string, model: string, operation: Operation | undefined) {
    const found =
      operation === undefined
        ? `model '${model}' has operations of its own`
        : `operation ${operation.id} (${operation.f}) is something else to model '${model}'`;
    super(
      `Cannot judge the history for ${promise} as one of plain reads and writes: ${found}; ` +
        'judge it for sequential consistency or linearizability, which take any model',
    );
    this.name = 'NotRegisterError';
    this.operation = operation;
  }
}
