import {
  type FormatName,
  type HistoryFile,
  type ParsedHistory,
  parseHistoryFiles,
  suggestCheckers,
} from '@holdfast/check';
import { InputError, messageOf, systemCode } from '../../node/inputError.ts';
import { columns, counted, grouped } from '../text.ts';

/** Kinds of operations named at most. */
const MOST_NAMES = 8;

/** What to say when nobody said what to judge a history by: what it holds and what fits, or why it cannot be read. */
export function askForModel(files: readonly HistoryFile[], format: FormatName | 'auto'): InputError {
  const name = files.map((file) => file.name).join(' ');
  const parsed = read(files, name, format);
  if (parsed instanceof InputError) return parsed;
  const suggestions = suggestCheckers(parsed.history);
  const problem = `Cannot check ${name} without a model to judge it by: it holds ${contents(parsed)}, read as ${parsed.format}`;
  if (suggestions.length === 0) {
    return new InputError(
      `${problem}, and no one checker knows them all`,
      "choose with --model what they act on; 'holdfast check --list' names everything there is",
    );
  }
  const option = (family: string): string => (family === 'consistency' ? '--consistency' : '--model');
  const rows = suggestions.map((each) => [`  ${option(each.family)} ${each.name}`, each.about]);
  return new InputError(
    problem,
    `these fit, what people reach for first ahead ('holdfast check --list' names all):\n${columns(rows).join('\n')}`,
  );
}

function read(
  files: readonly HistoryFile[],
  name: string,
  format: FormatName | 'auto',
): ParsedHistory | InputError {
  try {
    return parseHistoryFiles(files, { format });
  } catch (error) {
    // What readers throw has a code; anything else is a defect of ours.
    if (systemCode(error) === undefined) throw error;
    return new InputError(`${name}: ${messageOf(error)}`, 'mend the file, or name its format with --format', {
      cause: error,
    });
  }
}

function contents({ history }: ParsedHistory): string {
  const counts = new Map<string, number>();
  for (const { f } of history.operations) counts.set(f, (counts.get(f) ?? 0) + 1);
  const all = [...counts].sort((a, b) => b[1] - a[1]);
  const told = all.slice(0, MOST_NAMES).map(([f, n]) => `${grouped(n)} ${f}`);
  if (all.length > MOST_NAMES) told.push('others');
  const total = counted(history.operations.length, 'operation');
  return told.length === 0 ? total : `${total} (${told.join(', ')})`;
}
