import { encodePlain, type Plain } from '@holdfast/plain';
import { type HistoryColumns, operationAt } from '../history/columns.ts';
import type { History, Operation } from '../history/operation.ts';
import { TRANSACTION } from '../history/transaction.ts';
import { type TransactionColumns, TransactionColumnsBuilder, type TransactionWorkload } from './columns.ts';
import { TransactionInputError } from './errors.ts';
import { addScan, keysOf, SCAN, scanOf, scanRange } from './scans.ts';

/**
 * Reads operations with f `txn` into columns. What an `ok` transaction did is its output; of any other only the
 * writes of its input are kept. Throws `TransactionInputError` naming the first operation that does not fit.
 */
export function transactionColumns(
  history: History | HistoryColumns,
  workload: TransactionWorkload,
  initial: Plain = null,
): TransactionColumns {
  const builder = new TransactionColumnsBuilder(workload, { initial, realtime: history.order !== 'session' });
  let keys: readonly Plain[] | undefined;
  const reader: Reader = { builder, workload, keys: () => (keys ??= keysOf(operationsOf(history))) };
  for (const operation of operationsOf(history)) addOperation(reader, operation);
  return builder.finish();
}

/** Where transactions go. */
interface Reader {
  readonly builder: TransactionColumnsBuilder;
  readonly workload: TransactionWorkload;
  /** Every key of the history, which only scans ask for. */
  readonly keys: () => readonly Plain[];
}

function* operationsOf(history: History | HistoryColumns): Generator<Operation> {
  if ('operations' in history) yield* history.operations;
  else for (let id = 0; id < history.length; id++) yield operationAt(history, id);
}

function addOperation({ builder, workload, keys }: Reader, operation: Operation): void {
  const { id, f, outcome } = operation;
  if (f !== TRANSACTION) throw new TransactionInputError('NOT_A_TRANSACTION', id, `its f is '${f}'`);
  const steps = outcome === 'ok' ? operation.output : operation.input;
  if (!Array.isArray(steps)) {
    throw new TransactionInputError(
      'NOT_A_TRANSACTION',
      id,
      `found ${encodePlain(steps)} in place of micro-operations`,
    );
  }
  builder.begin(id, operation.process, operation.invokedAt, operation.completedAt, outcome);
  const write = workload === 'list-append' ? 'append' : 'w';
  for (const step of steps as readonly Plain[]) {
    if (!Array.isArray(step) || step.length < 2) {
      throw new TransactionInputError('BAD_MICRO_OPERATION', id, `found ${encodePlain(step)}`);
    }
    const micro = step as readonly Plain[];
    const key = micro[1] as Plain;
    const value = micro[2] ?? null;
    if (micro[0] === write && value !== null) builder.write(key, value);
    else if (micro[0] === SCAN) {
      if (outcome === 'ok') addScan(builder, scanOf(id, step), keys());
      else scanRange(id, step);
    } else if (micro[0] !== 'r') {
      throw new TransactionInputError(
        'BAD_MICRO_OPERATION',
        id,
        `found ${encodePlain(step)} in a ${workload} history`,
      );
    } else if (outcome === 'ok') builder.read(key, value);
  }
}
