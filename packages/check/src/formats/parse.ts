import { HistoryBuilder } from '../history/builder.ts';
import type { History, Operation } from '../history/operation.ts';
import { detectFormat } from './detect.ts';
import { excerpt, HistoryFormatError } from './error.ts';
import { looksIndependent, splitKeys } from './independent.ts';
import { type FormatOptions, type Parsed, type ReadTarget, type TimeShape, Warnings } from './parsed.ts';
import { formatNames, type FormatName, TEXT_FORMATS } from './registry.ts';
import { decodeText } from './text.ts';

/** How to read a history. */
export interface ParseOptions extends FormatOptions {
  /** A format's name, or `auto` (the default) to go by the content. */
  readonly format?: 'auto' | FormatName;
  /** Where the text comes from; helps `auto` and nothing else. */
  readonly fileName?: string;
}

/** A history read, and the format it was read as. */
export interface ParsedHistory extends Parsed {
  readonly format: FormatName;
}

/** Reads a history from text, or from UTF-8 bytes. Throws `HistoryFormatError` naming line, expectation and finding. */
export function parseHistory(content: string | Uint8Array, options: ParseOptions = {}): ParsedHistory {
  const { format = 'auto' } = options;
  const text = typeof content === 'string' ? content : decodeText(content, format);
  return parseHistoryChunks([text], options);
}

/** Reads a history from pieces of text cut anywhere, holding only one piece and the operations in memory. */
export function parseHistoryChunks(chunks: Iterable<string>, options: ParseOptions = {}): ParsedHistory {
  const builder = new HistoryBuilder();
  const target: ReadTarget = { sink: builder, annotations: [], warnings: new Warnings() };
  const { format, shape } = readChunks(chunks, target, options);
  const history = historyOf(builder.finish(0).operations, shape, options);
  return { history, format, annotations: target.annotations, warnings: target.warnings.list() };
}

/** Feeds the chunks to the reader of their format. */
export function readChunks(
  chunks: Iterable<string>,
  target: ReadTarget,
  options: ParseOptions,
): { format: FormatName; shape: TimeShape } {
  const iterator = chunks[Symbol.iterator]();
  let head = '';
  let next = iterator.next();
  // Recognition wants a line with content.
  while (next.done !== true && !/\S[^\n]*\n/.test(head)) {
    head += next.value;
    next = iterator.next();
  }
  const { format: wanted = 'auto' } = options;
  const format = wanted === 'auto' ? recognise(head) : wanted;
  const reader = TEXT_FORMATS[format].open(target);
  reader.push(head);
  for (; next.done !== true; next = iterator.next()) reader.push(next.value);
  return { format, shape: reader.finish() };
}

function recognise(text: string): FormatName {
  const format = detectFormat(text);
  if (format !== undefined) return format;
  const line = text.trimStart().split('\n', 1)[0] ?? '';
  const expected = `a history in one of the formats ${formatNames.join(', ')}; name one if you know it`;
  throw new HistoryFormatError('UNRECOGNISED', 'auto', 1, expected, excerpt(line));
}

function historyOf(operations: readonly Operation[], shape: TimeShape, options: FormatOptions): History {
  const { independent = 'auto' } = options;
  const split = independent === 'yes' || (independent === 'auto' && looksIndependent(operations));
  const { timeUnit, order, endedAt } = shape;
  return { operations: split ? splitKeys(operations) : operations, timeUnit, order, endedAt };
}
