import type { History } from '../history/operation.ts';
import { printCobra } from './cobraPrint.ts';
import type { HistoryFile } from './parse.ts';
import { HistoryPrintError } from './printError.ts';
import { type FormatName, TEXT_FORMATS } from './registry.ts';

/**
 * A history as text in a format. Throws `HistoryPrintError` naming the first operation for which the format has no words;
 * `jsonl` holds every history. Cobra's logs are bytes in several files: `printHistoryFiles`.
 */
export function printHistory(history: History, format: FormatName): string {
  if (format !== 'cobra') return TEXT_FORMATS[format].print(history);
  throw new HistoryPrintError(format, -1, 'it is bytes in one file for each session (printHistoryFiles)');
}

/** A history as the files of a format: one named `history`, or for `cobra` one log for each session. Throws as `printHistory` does. */
export function printHistoryFiles(history: History, format: FormatName): readonly HistoryFile[] {
  if (format === 'cobra') return printCobra(history);
  return [{ name: 'history', content: printHistory(history, format) }];
}
