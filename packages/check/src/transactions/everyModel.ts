import type { History } from '../history/operation.ts';
import type { TransactionWorkload } from './columns.ts';
import { transactionColumns } from './input.ts';
import { ListJudge } from './listJudge.ts';
import { TRANSACTION_MODEL_NAMES, type TransactionModel } from './models.ts';
import { type Decision, RegisterJudge } from './registerJudge.ts';

/** What each model makes of a small history; every one is decided by itself, without the lattice. */
export function judgeEveryModel(
  history: History,
  workload: TransactionWorkload,
  stepLimit = 1_000_000,
): ReadonlyMap<TransactionModel, Decision['status']> {
  const columns = transactionColumns(history, workload);
  const judge =
    workload === 'list-append' ? new ListJudge(columns, stepLimit) : new RegisterJudge(columns, stepLimit);
  return new Map(TRANSACTION_MODEL_NAMES.map((model) => [model, judge.decide(model).status]));
}
