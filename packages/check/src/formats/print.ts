import type { History } from '../history/operation.ts';
import { HistoryPrintError } from './printError.ts';
import { type FormatName, TEXT_FORMATS } from './registry.ts';

/**
 * A history as text in a format. Throws `HistoryPrintError` naming the first operation for which the format has no words;
 * `jsonl` holds every history. LiMo and Cobra are only read.
 */
export function printHistory(history: History, format: FormatName): string {
  const text = format === 'cobra' ? undefined : TEXT_FORMATS[format].print?.(history);
  if (text === undefined) throw new HistoryPrintError(format, -1, 'the format is only read here');
  return text;
}
