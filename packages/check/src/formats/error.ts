/**
 * Why a history could not be read. `MALFORMED`: the text breaks the format. `TRUNCATED`: it ends too early. `REFUSED`: legal in
 * the format, but not something a history can hold exactly. `INCONSISTENT`: each line is fine, together they are not (a
 * completion without an invocation). `UNRECOGNISED`: no format fits.
 */
export type HistoryFormatCode = 'MALFORMED' | 'TRUNCATED' | 'REFUSED' | 'INCONSISTENT' | 'UNRECOGNISED';

/** Thrown by every reader of a history format; says where, what was expected and what was found. */
export class HistoryFormatError extends Error {
  readonly code: HistoryFormatCode;
  /** The format's name, as in `formatNames`, or `auto`. */
  readonly format: string;
  /** Line number from 1; for binary formats the number of the record; 0 when it concerns the whole file. */
  readonly line: number;
  readonly expected: string;
  readonly found: string;

  constructor(code: HistoryFormatCode, format: string, line: number, expected: string, found: string) {
    super(messageOf(code, format, line, expected, found));
    this.name = 'HistoryFormatError';
    this.code = code;
    this.format = format;
    this.line = line;
    this.expected = expected;
    this.found = found;
  }
}

/** The one format without lines. */
const BINARY = 'cobra';

function messageOf(code: string, format: string, line: number, expected: string, found: string): string {
  const place = line === 0 ? 'the file' : `${format === BINARY ? 'record' : 'line'} ${line}`;
  const why = code === 'TRUNCATED' ? 'the file is truncated: ' : '';
  return `Cannot read ${place} as ${format}: ${why}expected ${expected}, found ${found}`;
}

const EXCERPT_LIMIT = 60;

/** A piece of the offending text, quoted, shortened, safe to print on one line. */
export function excerpt(text: string): string {
  if (text === '') return 'nothing';
  const short = text.length > EXCERPT_LIMIT ? `${text.slice(0, EXCERPT_LIMIT)}...` : text;
  return JSON.stringify(short);
}
