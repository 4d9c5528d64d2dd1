import { fromColumns, type HistoryColumns, operationAt } from '../history/columns.ts';
import { isMicroOperations } from '../history/transaction.ts';
import { checkLinearizableColumns } from '../linearizable/columns.ts';
import { modelNames } from '../models/named.ts';
import { checkTransactionColumns } from '../transactions/check.ts';
import type { TransactionWorkload } from '../transactions/columns.ts';
import { transactionColumns } from '../transactions/input.ts';
import { strongestModel, TRANSACTION_MODEL_NAMES } from '../transactions/models.ts';
import type { JudgeOptions, NamedVerdict } from './entry.ts';
import { isSpecialised, modelWith } from './objects.ts';
import { checkerNamed, judge } from './registry.ts';
import { checkSettings } from './settings.ts';

const WORKLOADS = ['list-append', 'rw-register'] as const;

/**
 * The verdict of `judge` on a history in columns, for histories too large to have an object for each operation: objects that the general
 * means judge, and transactions, are judged in the columns; for all else operations are made of them. Of transactions it does not tell how far
 * they can be explained. Throws what `judge` throws.
 */
export function judgeColumns(
  columns: HistoryColumns,
  name: string,
  options: JudgeOptions = {},
): NamedVerdict {
  const checker = checkerNamed(name.trim());
  if (checker === undefined || options.model !== undefined) return judge(fromColumns(columns), name, options);
  const { settings = {}, stepBudget, explain } = options;
  checkSettings(checker, settings);
  const model = modelNames.find((each) => each === checker.name);
  if (checker.family === 'object' && model !== undefined && !isSpecialised(model)) {
    return checkLinearizableColumns(columns, modelWith(model, settings), {
      ...(stepBudget === undefined ? {} : { stepBudget }),
      ...(explain === undefined ? {} : { explain }),
    });
  }
  const isTransactional = columns.names.length === 1 && columns.names[0] === 'txn';
  const ofTransactions = TRANSACTION_MODEL_NAMES.find((each) => each === checker.name);
  const workload = options.workload ?? WORKLOADS.find((each) => each === checker.name);
  if (
    !isTransactional ||
    (ofTransactions === undefined && workload === undefined && checker.name !== 'transactions')
  )
    return judge(fromColumns(columns), name, options);
  const kind = workload ?? workloadIn(columns);
  const { initial } = settings;
  const verdict = checkTransactionColumns(transactionColumns(columns, kind, initial), {
    model: ofTransactions ?? strongestModel(columns.order !== 'session'),
    ...(stepBudget === undefined ? {} : { stepLimit: stepBudget }),
    ...(explain === undefined ? {} : { minimal: explain }),
  });
  return workload === undefined ? { ...verdict, assumed: [`taken as ${kind} transactions`] } : verdict;
}

/** What the first transaction that writes says. */
function workloadIn(columns: HistoryColumns): TransactionWorkload {
  for (let id = 0; id < columns.length; id++) {
    const { input } = operationAt(columns, id);
    if (!isMicroOperations(input)) continue;
    if (input.some(([f]) => f === 'append')) return 'list-append';
    if (input.some(([f]) => f === 'w')) return 'rw-register';
  }
  return 'rw-register';
}
