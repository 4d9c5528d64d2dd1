/** Thrown when a history cannot be said in a format; names the first operation that does not fit. */
export class HistoryPrintError extends Error {
  readonly code = 'HISTORY_NOT_PRINTABLE';
  readonly format: string;
  /** Id of the operation, or -1 when it concerns the whole history. */
  readonly operation: number;

  constructor(format: string, operation: number, reason: string) {
    const what = operation === -1 ? 'the history' : `operation ${operation}`;
    super(`Cannot print ${what} as ${format}: ${reason}; print it as jsonl, which holds every history`);
    this.name = 'HistoryPrintError';
    this.format = format;
    this.operation = operation;
  }
}
