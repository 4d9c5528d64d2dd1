import type { History } from '../history/operation.ts';
import { isMicroOperations } from '../history/transaction.ts';
import { checkTransactions, type TransactionVerdict } from '../transactions/check.ts';
import type { TransactionWorkload } from '../transactions/columns.ts';
import {
  strongestModel,
  TRANSACTION_MODEL_NAMES,
  TRANSACTION_MODELS,
  type TransactionModel,
} from '../transactions/models.ts';
import { SCAN } from '../transactions/scans.ts';
import type { JudgeOptions, NamedChecker, NamedVerdict } from './entry.ts';
import { type HistoryShape, isOfTransactions } from './shape.ts';

const OPERATIONS =
  "txn with ['r', key, null], ['scan', prefix, null], and either ['append', key, value] or ['w', key, value]";
const INITIAL = {
  name: 'initial',
  kind: 'value',
  about: 'what registers read as before anyone writes them, beside null',
} as const;

/** The kind of transactions a history holds: lists that are appended to, or registers. */
export function workloadOf(history: Pick<History, 'operations'>): TransactionWorkload {
  const appends = history.operations.some(
    ({ input }) => isMicroOperations(input) && input.some(([f]) => f === 'append'),
  );
  return appends ? 'list-append' : 'rw-register';
}

/** Judges a history of transactions by a model of that name. */
export function judgeTransactions(
  history: History,
  model: TransactionModel,
  options: JudgeOptions,
): TransactionVerdict & NamedVerdict {
  const { stepBudget, settings = {}, workload, explain } = options;
  const kind = workload ?? workloadOf(history);
  const { initial } = settings;
  const verdict = checkTransactions(history, {
    workload: kind,
    model,
    ...(initial === undefined ? {} : { initial }),
    ...(stepBudget === undefined ? {} : { stepLimit: stepBudget }),
    ...(explain === undefined ? {} : { minimal: explain }),
  });
  return workload === undefined ? { ...verdict, assumed: [`taken as ${kind} transactions`] } : verdict;
}

const fits = (shape: HistoryShape): boolean =>
  isOfTransactions(shape) &&
  shape.sample.every(({ input }) => (input as readonly (readonly unknown[])[]).every(isReadOrWrite));

function isReadOrWrite(step: readonly unknown[]): boolean {
  return step[0] === 'r' || step[0] === 'w' || step[0] === 'append' || step[0] === SCAN;
}

function doesSome(shape: HistoryShape, kind: 'w' | 'append'): boolean {
  return shape.sample.some(({ input }) =>
    (input as readonly (readonly unknown[])[]).some(([f]) => f === kind),
  );
}

const modelCheckers = TRANSACTION_MODEL_NAMES.map(
  (name): NamedChecker => ({
    name,
    family: 'transactions',
    about: TRANSACTION_MODELS[name].source,
    operations: OPERATIONS,
    settings: [INITIAL],
    fits: (shape) => fits(shape) && !(shape.isOfSessions && TRANSACTION_MODELS[name].order === 'realtime'),
    judge: (history, options) => judgeTransactions(history, name, options),
  }),
);

const wholeCheckers = (['transactions', 'list-append', 'rw-register'] as const).map(
  (name): NamedChecker => ({
    name,
    family: 'transactions',
    about:
      name === 'transactions'
        ? 'no anomaly at all, and which models those there are rule out'
        : `the same for ${name === 'list-append' ? 'lists that are appended to' : 'registers that are overwritten'}`,
    operations: OPERATIONS,
    settings: [INITIAL],
    fits: (shape) =>
      fits(shape) && (name === 'transactions' || !doesSome(shape, name === 'list-append' ? 'w' : 'append')),
    judge: (history, options) =>
      judgeTransactions(
        history,
        strongestModel(history.order !== 'session'),
        name === 'transactions' ? options : { ...options, workload: name },
      ),
  }),
);

/** Models of transactions; `transactions` asks for the strongest and tells which are ruled out. */
export const transactionCheckers: readonly NamedChecker[] = [...wholeCheckers, ...modelCheckers];
