import type { Plain } from '@holdfast/plain';
import type { History, Operation, Outcome } from '../history/operation.ts';
import { encodeValue, LONG_DIGITS } from './encode.ts';
import { excerpt, HistoryFormatError } from './error.ts';
import { JsonReader } from './json.ts';
import { LineCutter, type LineReader } from './lines.ts';
import type { ReadTarget, StreamReader, TimeShape } from './parsed.ts';

const NAME = 'jsonl';
const VERSION = 1;

/** The first line of a Holdfast history file. */
export interface JsonlHeader {
  readonly holdfast: 'history';
  readonly version: 1;
  readonly timeUnit: History['timeUnit'];
  readonly order?: 'real-time' | 'session';
  /** How many operation lines follow; a file with fewer is truncated. */
  readonly operations?: number;
  readonly endedAt?: number;
}

const HEADER_FIELDS: ReadonlySet<string> = new Set([
  'holdfast',
  'version',
  'timeUnit',
  'order',
  'operations',
  'endedAt',
]);

const OPERATION_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'process',
  'f',
  'key',
  'input',
  'outcome',
  'output',
  'invokedAt',
  'completedAt',
  'node',
]);

interface Line {
  readonly [name: string]: Plain | undefined;
}

/** Reads Holdfast's own format: a header line, then one operation per line in order of invocation. */
export class JsonlReader implements StreamReader, LineReader {
  private readonly target: ReadTarget;
  private readonly cutter: LineCutter;
  private header: JsonlHeader | undefined;
  private operations = 0;
  private lastInvokedAt = Number.NEGATIVE_INFINITY;
  private readonly place: { key: string | undefined; node: number | undefined } = {
    key: undefined,
    node: undefined,
  };
  private readonly busyUntil = new Map<number, number>();

  constructor(target: ReadTarget) {
    this.target = target;
    this.cutter = new LineCutter(this);
  }

  push(chunk: string): void {
    this.cutter.push(chunk);
  }

  finish(): TimeShape {
    const { unfinished } = this.cutter;
    if (unfinished !== '' && !isJson(unfinished)) {
      throw new HistoryFormatError(
        'TRUNCATED',
        NAME,
        this.cutter.lines + 1,
        'a whole line',
        excerpt(unfinished),
      );
    }
    this.cutter.finish();
    const { header } = this;
    if (header === undefined) {
      throw new HistoryFormatError('TRUNCATED', NAME, 1, HEADER_EXAMPLE, 'the end of the file');
    }
    if (header.operations !== undefined && this.operations < header.operations) {
      const found = `the end of the file after ${this.operations}`;
      throw new HistoryFormatError(
        'TRUNCATED',
        NAME,
        this.cutter.lines,
        `${header.operations} operations`,
        found,
      );
    }
    const { timeUnit, order = 'real-time', endedAt } = header;
    return endedAt === undefined ? { timeUnit, order } : { timeUnit, order, endedAt };
  }

  line(text: string, number: number): void {
    const value = parseObject(text, number);
    if (this.header === undefined) this.header = headerOf(value, number);
    else this.operation(value, number, this.header);
  }

  private operation(line: Line, number: number, header: JsonlHeader): void {
    const { process, f, input = null, output = null, outcome, invokedAt, completedAt } = line;
    for (const name in line) {
      if (!OPERATION_FIELDS.has(name)) malformed(number, 'a field of an operation', excerpt(name));
    }
    if (!isInteger(process)) return malformed(number, 'an integer as process', show(process));
    if (typeof f !== 'string' || f === '') return malformed(number, 'a name as f', show(f));
    if (!isOutcome(outcome)) return malformed(number, "'ok', 'fail' or 'unknown' as outcome", show(outcome));
    if (!isInteger(invokedAt)) return malformed(number, 'an integer as invokedAt', show(invokedAt));
    const end = this.endOf(outcome, invokedAt, completedAt, number);
    this.checkPlace(line, number);
    this.checkOrder(process, invokedAt, end, number);
    if (header.operations === this.operations) {
      inconsistent(number, `the end of the file after ${header.operations} operations`, 'one more');
    }
    const id = this.target.sink.invoke(process, f, input, invokedAt, this.place);
    this.operations++;
    this.target.sink.complete(id, outcome, output, end);
  }

  private endOf(outcome: Outcome, invokedAt: number, completedAt: Plain | undefined, number: number): number {
    if (outcome === 'unknown') {
      if (completedAt === undefined || completedAt === null) return Number.POSITIVE_INFINITY;
      return malformed(number, 'no completedAt, as the outcome is unknown', show(completedAt));
    }
    if (!isInteger(completedAt)) return malformed(number, 'an integer as completedAt', show(completedAt));
    if (completedAt < invokedAt) {
      return inconsistent(number, `a completion at ${invokedAt} or later`, `completedAt ${completedAt}`);
    }
    return completedAt;
  }

  private checkPlace(line: Line, number: number): void {
    const { id, key, node } = line;
    if (id !== undefined && id !== this.operations)
      malformed(number, `id ${this.operations}`, `id ${show(id)}`);
    if (key !== undefined && key !== null && typeof key !== 'string')
      malformed(number, 'text as key', show(key));
    if (node !== undefined && node !== null && !isInteger(node))
      malformed(number, 'an integer as node', show(node));
    this.place.key = typeof key === 'string' ? key : undefined;
    this.place.node = typeof node === 'number' ? node : undefined;
  }

  private checkOrder(process: number, invokedAt: number, end: number, number: number): void {
    if (invokedAt < this.lastInvokedAt) {
      inconsistent(
        number,
        `an operation invoked at ${this.lastInvokedAt} or later`,
        `invokedAt ${invokedAt}`,
      );
    }
    this.lastInvokedAt = invokedAt;
    const busyUntil = this.busyUntil.get(process);
    if (busyUntil !== undefined && busyUntil > invokedAt) {
      const until = busyUntil === Number.POSITIVE_INFINITY ? 'for ever, as unknown' : `until ${busyUntil}`;
      inconsistent(
        number,
        `another process than ${process}, whose operation is open ${until}`,
        `invokedAt ${invokedAt}`,
      );
    }
    this.busyUntil.set(process, end);
  }
}

const HEADER_EXAMPLE = `a header line {"holdfast":"history","version":${VERSION},"timeUnit":"us"}`;

function parseObject(text: string, number: number): Line {
  let value: unknown;
  try {
    // JSON.parse rounds long integers in silence; the strict reader refuses them.
    value = LONG_DIGITS.test(text) ? readStrictly(text, number) : JSON.parse(text);
  } catch (error) {
    if (error instanceof HistoryFormatError) throw error;
    readStrictly(text, number);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return malformed(number, 'a JSON object', excerpt(text));
  }
  return value as Line;
}

/** Slower than JSON.parse, but says where the line breaks and what should have stood there. */
function readStrictly(text: string, number: number): Plain {
  const reader = new JsonReader(NAME, text, number);
  let value: Plain;
  try {
    value = reader.value();
  } catch (error) {
    if (!(error instanceof HistoryFormatError) || error.code !== 'TRUNCATED') throw error;
    return malformed(number, error.expected, 'the end of the line');
  }
  if (!reader.skipBlankOrEnd()) return value;
  return malformed(number, 'the end of the line after the object', reader.nextThing());
}

function headerOf(line: Line, number: number): JsonlHeader {
  if (line['holdfast'] !== 'history') return malformed(number, HEADER_EXAMPLE, excerpt(JSON.stringify(line)));
  if (line['version'] !== VERSION)
    return malformed(number, `version ${VERSION}`, `version ${show(line['version'])}`);
  const { timeUnit, order, operations, endedAt } = line;
  if (timeUnit !== 'us' && timeUnit !== 'index') {
    return malformed(number, "'us' or 'index' as timeUnit", show(timeUnit));
  }
  if (order !== undefined && order !== 'real-time' && order !== 'session') {
    return malformed(number, "'real-time' or 'session' as order", show(order));
  }
  if (operations !== undefined && (!isInteger(operations) || operations < 0)) {
    return malformed(number, 'a whole number as operations', show(operations));
  }
  if (endedAt !== undefined && !isInteger(endedAt))
    return malformed(number, 'an integer as endedAt', show(endedAt));
  for (const name in line) {
    if (!HEADER_FIELDS.has(name)) malformed(number, 'a field of the header', excerpt(name));
  }
  return line as unknown as JsonlHeader;
}

function isInteger(value: Plain | undefined): value is number {
  return Number.isSafeInteger(value);
}

function isOutcome(value: Plain | undefined): value is Outcome {
  return value === 'ok' || value === 'fail' || value === 'unknown';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const SHOWN_LIMIT = 60;

function show(value: Plain | undefined): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? excerpt(value) : JSON.stringify(value).slice(0, SHOWN_LIMIT);
}

function malformed(line: number, expected: string, found: string): never {
  throw new HistoryFormatError('MALFORMED', NAME, line, expected, found);
}

function inconsistent(line: number, expected: string, found: string): never {
  throw new HistoryFormatError('INCONSISTENT', NAME, line, expected, found);
}

/** A history as Holdfast's own JSON lines, ending in a line end. `parseHistory` reads back an equal history. */
export function printJsonl(history: History): string {
  const { timeUnit, order, endedAt, operations } = history;
  const header = {
    holdfast: 'history',
    version: VERSION,
    timeUnit,
    order,
    operations: operations.length,
    endedAt,
  };
  const lines = [JSON.stringify(header)];
  for (const operation of operations) lines.push(lineOf(operation));
  lines.push('');
  return lines.join('\n');
}

function lineOf(operation: Operation): string {
  const { id, process, f, key, input, outcome, output, invokedAt, completedAt, node } = operation;
  let line = `{"id":${id},"process":${process},"f":${JSON.stringify(f)}`;
  if (key !== undefined) line += `,"key":${JSON.stringify(key)}`;
  if (input !== null) line += `,"input":${encodeValue(input)}`;
  line += `,"outcome":"${outcome}"`;
  if (output !== null) line += `,"output":${encodeValue(output)}`;
  line += `,"invokedAt":${invokedAt}`;
  if (outcome !== 'unknown') line += `,"completedAt":${completedAt}`;
  if (node !== undefined) line += `,"node":${node}`;
  return `${line}}`;
}
