import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { detectFormat, HistoryFormatError, operationAt, parseHistoryColumns } from '@holdfast/check';
import { messageOf } from './inputError.ts';
import type { Judge, JudgedHistory, JudgeHistoryOptions } from './judgeHistory.ts';

/** A file of this size or more is read in pieces, into columns. */
export const LARGE_FILE_BYTES: number = 64 * 2 ** 20;

const PIECE_BYTES = 2 ** 20;
const LOOK_BYTES = 4096;
/** Operations of an order that is printed; a longer one is cut, and that is said. */
const MOST_KEPT = 100_000;

/** True for a text that does not go into memory as it is; Cobra's logs, which are no text, do. */
export function isLargeFile(path: string, limitBytes: number = LARGE_FILE_BYTES): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size >= limitBytes && detectFormat(beginningOf(path)) !== 'cobra';
}

function beginningOf(path: string): Uint8Array {
  const bytes = new Uint8Array(LOOK_BYTES);
  const file = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

/**
 * Reads a file in pieces into columns and judges it there: fifty bytes an operation, whatever its text. Of the operations only those that the
 * verdict names are kept. Throws what `judgeHistory` throws.
 */
export function judgeLargeHistory(
  file: { readonly name: string; readonly path: string },
  judge: Judge,
  { format, ...options }: JudgeHistoryOptions,
): JudgedHistory {
  const { columns, ...parsed } = parseHistoryColumns(piecesOf(file.path, format), {
    format,
    fileName: file.name,
  });
  const verdict = judge.judgeColumns(columns, options);
  const { timeUnit, order, endedAt } = columns;
  const named = verdict.evidence.order ?? verdict.evidence.prefixes?.[0] ?? [];
  const operations = named.slice(0, MOST_KEPT).map((id) => operationAt(columns, id));
  return {
    parsed: { ...parsed, history: { operations, timeUnit, order, endedAt } },
    size: columns.length,
    verdict,
  };
}

/** The text of a file, a piece at a time. */
function* piecesOf(path: string, format: string): Generator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const bytes = new Uint8Array(PIECE_BYTES);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, bytes); read > 0; read = readSync(file, bytes))
      yield decoder.decode(bytes.subarray(0, read), { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new HistoryFormatError('MALFORMED', format, 0, 'UTF-8 text', messageOf(error));
  } finally {
    closeSync(file);
  }
}
