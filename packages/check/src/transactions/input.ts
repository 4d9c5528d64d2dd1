import { encodePlain, type Plain } from '@holdfast/plain';
import { type HistoryColumns, operationAt } from '../history/columns.ts';
import type { History, Operation } from '../history/operation.ts';
import { TRANSACTION } from '../history/transaction.ts';
import { type TransactionColumns, TransactionColumnsBuilder, type TransactionWorkload } from './columns.ts';
import { TransactionInputError } from './errors.ts';

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
  if ('operations' in history) {
    for (const operation of history.operations) addOperation(builder, operation, workload);
  } else {
    for (let id = 0; id < history.length; id++) addOperation(builder, operationAt(history, id), workload);
  }
  return builder.finish();
}

function addOperation(
  builder: TransactionColumnsBuilder,
  operation: Operation,
  workload: TransactionWorkload,
): void {
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
    else if (micro[0] !== 'r') {
      throw new TransactionInputError(
        'BAD_MICRO_OPERATION',
        id,
        `found ${encodePlain(step)} in a ${workload} history`,
      );
    } else if (outcome === 'ok') builder.read(key, value);
  }
}
