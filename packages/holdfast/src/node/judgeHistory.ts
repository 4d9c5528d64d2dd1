import {
  checkLinearizable,
  checkTransactions,
  type FormatName,
  formatNames,
  type HistoryFile,
  isMicroOperations,
  type Model,
  modelNamed,
  modelNames,
  type ParsedHistory,
  parseHistoryFiles,
  TRANSACTION_MODEL_NAMES,
  type TransactionModel,
  type Verdict,
} from '@holdfast/check';
import { InputError } from './inputError.ts';
import { didYouMean } from './nearest.ts';

/** What to judge histories by. */
export type Judge =
  | { readonly kind: 'object'; readonly name: string; readonly model: Model }
  | { readonly kind: 'transactions'; readonly name: TransactionModel };

/** A history read from its file, or several files of one history, and judged. */
export interface JudgedHistory {
  readonly parsed: ParsedHistory;
  readonly verdict: Verdict;
}

/** All models by name: of objects (judged for linearizability), then of transactions. */
export const judgeNames: readonly string[] = [...modelNames, ...TRANSACTION_MODEL_NAMES];

/** The judge of that name. Throws `InputError`. */
export function judgeNamed(name: string): Judge {
  const model = modelNamed(name);
  if (model !== undefined) return { kind: 'object', name, model };
  const transactions = TRANSACTION_MODEL_NAMES.find((candidate) => candidate === name);
  if (transactions !== undefined) return { kind: 'transactions', name: transactions };
  throw new InputError(
    `Cannot judge by model '${name}': there is none of that name`,
    didYouMean(name, judgeNames) ?? `use one of ${judgeNames.join(', ')}`,
  );
}

/** The history format of that name. Throws `InputError`. */
export function formatNamed(name: string): FormatName | 'auto' {
  const found = (['auto', ...formatNames] as const).find((candidate) => candidate === name);
  if (found !== undefined) return found;
  throw new InputError(
    `Cannot read histories as format '${name}': there is none of that name`,
    didYouMean(name, formatNames) ?? `use one of auto, ${formatNames.join(', ')}`,
  );
}

/**
 * Reads and judges one history. Throws the readers' and judges' own errors, each with a `code`: `HistoryFormatError`,
 * `HistoryError`, `UnsupportedOperationError`, `TransactionInputError`.
 */
export function judgeHistory(
  files: readonly HistoryFile[],
  judge: Judge,
  options: { readonly format: FormatName | 'auto'; readonly stepBudget?: number },
): JudgedHistory {
  const parsed = parseHistoryFiles(files, { format: options.format });
  return { parsed, verdict: verdictOn(parsed, judge, options.stepBudget) };
}

function verdictOn({ history }: ParsedHistory, judge: Judge, steps: number | undefined): Verdict {
  if (judge.kind === 'object') {
    return checkLinearizable(history, judge.model, steps === undefined ? {} : { stepBudget: steps });
  }
  const appends = history.operations.some(
    ({ input }) => isMicroOperations(input) && input.some(([f]) => f === 'append'),
  );
  return checkTransactions(history, {
    workload: appends ? 'list-append' : 'rw-register',
    model: judge.name,
    ...(steps === undefined ? {} : { stepLimit: steps }),
  });
}
