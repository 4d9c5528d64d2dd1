import {
  checkerNamed,
  checkerNames,
  type FormatName,
  formatNames,
  type History,
  type HistoryColumns,
  type HistoryFile,
  type JudgeOptions,
  judge as judgeByName,
  judgeColumns,
  modelNames,
  type NamedVerdict,
  type ParsedHistory,
  parseHistoryFiles,
  type Settings,
} from '@holdfast/check';
import { InputError } from './inputError.ts';
import { didYouMean } from './nearest.ts';

/** What to judge histories by. */
export interface Judge {
  /** As it was asked for: `cas-register`, `cas-register, sequential`. */
  readonly name: string;
  readonly judge: (history: History, options: JudgeOptions) => NamedVerdict;
  /** The same for a history in columns. */
  readonly judgeColumns: (columns: HistoryColumns, options: JudgeOptions) => NamedVerdict;
}

/** What a person asks histories to be judged by. */
export interface Asked {
  readonly model?: string;
  readonly consistency?: string;
}

/** A history read from its file, or several files of one history, and judged. */
export interface JudgedHistory {
  /** Of a history in columns only the operations that the verdict names. */
  readonly parsed: ParsedHistory;
  /** How many operations there are. */
  readonly size: number;
  readonly verdict: NamedVerdict;
}

/** Models whose consistency can be chosen: of objects, then of transactions. */
const WORKLOADS: readonly string[] = ['list-append', 'rw-register'];

/** The judge of that name; of several names, separated by commas, all of them together. Throws `InputError`. */
export function judgeNamed(name: string): Judge {
  for (const part of name.split(',')) checkerOf(part.trim(), 'model');
  return judgeOf(name, name, {});
}

/** The judge for a model, a consistency, or both; undefined when neither is asked for. Throws `InputError`. */
export function judgeFor({ model, consistency }: Asked): Judge | undefined {
  if (consistency === undefined) return model === undefined ? undefined : judgeNamed(model);
  const checker = checkerOf(consistency, 'consistency');
  if (checker.family !== 'consistency' && checker.family !== 'transactions') {
    throw new InputError(
      `Cannot ask for '${consistency}' as a consistency: it is a checker of its own`,
      `say --model ${consistency}`,
    );
  }
  if (model === undefined) {
    return judgeOf(consistency, checker.name, {});
  }
  const found = checkerOf(model, 'model').name;
  const objectModel = modelNames.find((each) => each === found);
  if (objectModel !== undefined && checker.family === 'consistency') {
    return judgeOf(`${found}, ${consistency}`, checker.name, { model: objectModel });
  }
  const workload = (['list-append', 'rw-register'] as const).find((each) => each === found);
  if (workload !== undefined && (checker.family === 'transactions' || checker.name === 'causal')) {
    return judgeOf(`${found}, ${consistency}`, checker.name, { workload });
  }
  const takes =
    objectModel !== undefined
      ? 'it goes with models of transactions; say --model list-append or --model rw-register, or leave --model out'
      : workload !== undefined
        ? `name a model of transactions, such as serializable, or leave --consistency out`
        : `leave --consistency out; it goes with ${[...modelNames, ...WORKLOADS].join(', ')}`;
  throw new InputError(
    `Cannot judge model '${model}' for consistency '${consistency}': they do not go together`,
    takes,
  );
}

/** What is asked for as `name` is judged by `checker`, told `more`. */
function judgeOf(name: string, checker: string, more: JudgeOptions): Judge {
  return {
    name,
    judge: (history, options) => judgeByName(history, checker, { ...options, ...more }),
    judgeColumns: (columns, options) => judgeColumns(columns, checker, { ...options, ...more }),
  };
}

function checkerOf(name: string, option: string): NonNullable<ReturnType<typeof checkerNamed>> {
  const found = checkerNamed(name);
  if (found !== undefined) return found;
  throw new InputError(
    `Cannot judge by ${option} '${name}': there is none of that name`,
    `${didYouMean(name, checkerNames) ?? `use one of ${modelNames.join(', ')}, or another`} ('holdfast check --list' names them all)`,
  );
}

/** Settings given as `name=value`, the value as JSON or as it stands. Throws `InputError`. */
export function settingsFrom(words: readonly string[]): Settings {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at < 1) {
        throw new InputError(
          `Cannot use '${word}' as a setting: it has no name and value`,
          "write it as in '--with versions=2'",
        );
      }
      return [word.slice(0, at), valueOf(word.slice(at + 1))] as const;
    }),
  );
}

function valueOf(text: string): Settings[string] {
  try {
    return JSON.parse(text) as Settings[string];
  } catch {
    return text;
  }
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

/** How to read and judge. */
export interface JudgeHistoryOptions extends JudgeOptions {
  readonly format: FormatName | 'auto';
}

/**
 * Reads and judges one history. Throws the readers' and judges' own errors, each with a `code`: `HistoryFormatError`,
 * `HistoryError`, `UnsupportedOperationError`, `TransactionInputError`, `CheckerSettingError`.
 */
export function judgeHistory(
  files: readonly HistoryFile[],
  judge: Judge,
  options: JudgeHistoryOptions,
): JudgedHistory {
  const { format, ...rest } = options;
  const parsed = parseHistoryFiles(files, { format });
  const size = parsed.history.operations.length;
  return { parsed, size, verdict: judge.judge(parsed.history, rest) };
}
