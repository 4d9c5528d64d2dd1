import { HistoryBuilder } from '../history/builder.ts';
import type { HistoryColumns } from '../history/columns.ts';
import { ColumnsBuilder } from '../history/columns.ts';
import type { History, Operation } from '../history/operation.ts';
import { CobraReader } from './cobra.ts';
import { detectFormat, detectTextFormat, LOOK_LIMIT } from './detect.ts';
import { excerpt, HistoryFormatError } from './error.ts';
import { looksIndependent, splitColumnKeys, splitKeys } from './independent.ts';
import { type FormatOptions, type Parsed, type ReadTarget, type TimeShape, Warnings } from './parsed.ts';
import { type FormatName, formatNames, TEXT_FORMATS } from './registry.ts';
import { decodePieces } from './text.ts';

/** How to read a history. */
export interface ParseOptions extends FormatOptions {
  /** A format's name, or `auto` (the default) to go by the content. */
  readonly format?: 'auto' | FormatName;
  /** Where the content comes from: its ending helps `auto` where the content does not say, and errors may name it. */
  readonly fileName?: string;
}

/** A history read, and the format it was read as. */
export interface ParsedHistory extends Parsed {
  readonly format: FormatName;
}

/** A history read into columns. */
export interface ParsedColumns extends Omit<ParsedHistory, 'history'> {
  readonly columns: HistoryColumns;
}

/** One file of a history that is stored in several. */
export interface HistoryFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/**
 * Reads a history from text, or from bytes: UTF-8, or one of Cobra's logs. Throws `HistoryFormatError` naming line,
 * expectation and finding.
 */
export function parseHistory(content: string | Uint8Array, options: ParseOptions = {}): ParsedHistory {
  const { format = 'auto', fileName } = options;
  if (typeof content === 'string') return parseHistoryChunks([content], options);
  const found = format === 'auto' ? detectFormat(content, fileName) : format;
  if (found === 'cobra') return parseCobra([{ name: fileName ?? 'the log', content }]);
  return parseHistoryChunks(decodePieces(content, found ?? 'auto'), options);
}

/**
 * Reads a history from its files. Several files are the sessions of a Cobra history, in the order given; every other
 * format is one file. Throws `HistoryFormatError`.
 */
export function parseHistoryFiles(files: readonly HistoryFile[], options: ParseOptions = {}): ParsedHistory {
  const [first] = files;
  if (first === undefined)
    throw new HistoryFormatError('TRUNCATED', options.format ?? 'auto', 0, 'a file', 'none');
  if (files.length === 1) return parseHistory(first.content, { ...options, fileName: first.name });
  const { format = 'auto' } = options;
  const other = files.find(({ name, content }) => detectFormat(content, name) !== 'cobra');
  if (format !== 'cobra' && (format !== 'auto' || other !== undefined)) {
    const found = `${files.length} files, among them ${other?.name ?? first.name}`;
    throw new HistoryFormatError('REFUSED', format, 0, "one file, or several logs of Cobra's clients", found);
  }
  return parseCobra(files);
}

/** Reads a history from pieces of text cut anywhere, holding only one piece and the operations in memory. */
export function parseHistoryChunks(chunks: Iterable<string>, options: ParseOptions = {}): ParsedHistory {
  const builder = new HistoryBuilder();
  const target = targetFor(builder);
  const { format, shape } = readChunks(chunks, target, options);
  const history = historyOf(builder.finish(0).operations, shape, options);
  return { history, format, annotations: target.annotations, warnings: target.warnings.list() };
}

/**
 * Reads a history from pieces of text straight into columns, without an object per operation: for histories too large
 * for comfort. The same formats, options and errors as `parseHistoryChunks`.
 */
export function parseHistoryColumns(chunks: Iterable<string>, options: ParseOptions = {}): ParsedColumns {
  const builder = new ColumnsBuilder();
  const target = targetFor(builder);
  const { format, shape } = readChunks(chunks, target, options);
  const columns = splitColumnKeys(builder.finish(shape), options.independent ?? 'auto');
  return { columns, format, annotations: target.annotations, warnings: target.warnings.list() };
}

function targetFor(sink: ReadTarget['sink']): ReadTarget {
  return { sink, annotations: [], warnings: new Warnings() };
}

/** Feeds the chunks to the reader of their format. */
function readChunks(
  chunks: Iterable<string>,
  target: ReadTarget,
  options: ParseOptions,
): { readonly format: FormatName; readonly shape: TimeShape } {
  const { format: wanted = 'auto', fileName } = options;
  const iterator = chunks[Symbol.iterator]();
  let head = '';
  let next = iterator.next();
  while (next.done !== true && head.length < LOOK_LIMIT) {
    head += next.value;
    next = iterator.next();
  }
  // A byte order mark says nothing in UTF-8.
  head = head.replace(/^\ufeff/, '');
  const format = wanted === 'auto' ? detectTextFormat(head, fileName) : wanted;
  if (format === undefined) return unrecognised(head);
  if (format === 'cobra') throw new HistoryFormatError('MALFORMED', format, 0, 'bytes', 'text');
  const reader = TEXT_FORMATS[format].open(target);
  reader.push(head);
  for (; next.done !== true; next = iterator.next()) reader.push(next.value);
  return { format, shape: reader.finish() };
}

function unrecognised(text: string): never {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '');
  const expected = `a history in one of the formats ${formatNames.join(', ')} (name it if you know it)`;
  throw new HistoryFormatError(
    'UNRECOGNISED',
    'auto',
    0,
    expected,
    line === undefined ? 'an empty file' : excerpt(line),
  );
}

function parseCobra(files: readonly HistoryFile[]): ParsedHistory {
  const builder = new HistoryBuilder();
  const target = targetFor(builder);
  const reader = new CobraReader(target);
  for (const { name, content } of files) {
    if (typeof content === 'string')
      throw new HistoryFormatError('MALFORMED', 'cobra', 0, `bytes in ${name}`, 'text');
    reader.log(content, name);
  }
  const history = historyOf(builder.finish(0).operations, reader.finish(), { independent: 'no' });
  return { history, format: 'cobra', annotations: [], warnings: target.warnings.list() };
}

function historyOf(operations: readonly Operation[], shape: TimeShape, options: FormatOptions): History {
  const { independent = 'auto' } = options;
  const split = independent === 'yes' || (independent === 'auto' && looksIndependent(operations));
  const { timeUnit, order, endedAt } = shape;
  return { operations: split ? splitKeys(operations) : operations, timeUnit, order, endedAt };
}
