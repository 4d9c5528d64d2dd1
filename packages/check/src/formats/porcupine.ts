import { encodePlain, type Plain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import { encodeValue } from './encode.ts';
import { excerpt, HistoryFormatError } from './error.ts';
import { JsonReader } from './json.ts';
import { LineCutter, type LineReader } from './lines.ts';
import type { ReadTarget, StreamReader, TimeShape } from './parsed.ts';
import { HistoryPrintError } from './printError.ts';

const NAME = 'porcupine';
const NANOSECONDS_PER_US = 1000;

interface Call {
  readonly line: number;
  readonly client: number;
  readonly f: string;
  readonly key: string | undefined;
  readonly input: Plain;
  readonly output: Plain;
  /** Nanoseconds since the reader's base. */
  readonly call: number;
  /** undefined when it never returned. */
  readonly end: number | undefined;
}

interface Fields {
  client: Plain | undefined;
  f: Plain | undefined;
  key: Plain | undefined;
  input: Plain;
  output: Plain;
  call: number | undefined;
  end: number | undefined;
}

/** Porcupine's own field names are those of its Go struct `Operation`; the lower-case ones are ours. */
const FIELDS: ReadonlyMap<string, keyof Fields> = new Map([
  ['client', 'client'],
  ['ClientId', 'client'],
  ['f', 'f'],
  ['key', 'key'],
  ['input', 'input'],
  ['Input', 'input'],
  ['output', 'output'],
  ['Output', 'output'],
  ['call', 'call'],
  ['Call', 'call'],
  ['return', 'end'],
  ['Return', 'end'],
]);

/**
 * Reads operations as Porcupine takes them, one JSON object per line in any order: client, input, output, and the times
 * of call and return in nanoseconds. Equal times are concurrent. The operation's name is `f`, or `op` or `f` in the input.
 */
export class PorcupineReader implements StreamReader, LineReader {
  private readonly target: ReadTarget;
  private readonly cutter: LineCutter;
  private readonly calls: Call[] = [];
  /** Subtracted from all times: 0, or the first time where a double could not hold it exactly. */
  private base: bigint | undefined;
  private isLastLine = false;

  constructor(target: ReadTarget) {
    this.target = target;
    this.cutter = new LineCutter(this);
  }

  push(chunk: string): void {
    this.cutter.push(chunk);
  }

  finish(): TimeShape {
    this.isLastLine = true;
    this.cutter.finish();
    if (this.calls.length === 0) {
      const expected = 'an operation {"client":..,"f":..,"input":..,"call":..,"output":..,"return":..}';
      throw new HistoryFormatError('TRUNCATED', NAME, this.cutter.lines, expected, 'the end of the file');
    }
    this.calls.sort(byCall);
    checkClients(this.calls);
    const timeOf = microsecondsOf(this.calls, this.target);
    for (const { client, f, key, input, output, call, end } of this.calls) {
      const id = this.target.sink.invoke(client, f, input, timeOf(call), { key });
      if (end !== undefined) this.target.sink.complete(id, 'ok', output, timeOf(end));
    }
    return { timeUnit: 'us', order: 'real-time' };
  }

  line(text: string, number: number): void {
    if (text.trim() === '') return;
    const reader = new JsonReader(NAME, text, number);
    const fields = this.fields(reader, number);
    const { client, call, end } = fields;
    if (reader.skipBlankOrEnd()) reader.malformed('the end of the line', reader.nextThing());
    if (typeof client !== 'number' || !Number.isSafeInteger(client)) {
      return malformed(number, 'an integer as client', show(client));
    }
    if (call === undefined) return malformed(number, 'whole nanoseconds as call', 'none');
    if (end !== undefined && end < call) malformed(number, `a return at ${call} or later`, `${end}`);
    const { f, key, input } = nameOf(fields, number);
    this.calls.push({ line: number, client, f, key, input, output: valueAlone(fields.output), call, end });
  }

  private fields(reader: JsonReader, number: number): Fields {
    const fields: Fields = {
      client: undefined,
      f: undefined,
      key: undefined,
      input: null,
      output: null,
      call: undefined,
      end: undefined,
    };
    try {
      reader.fields('an operation object', (name) => this.field(reader, name, fields));
    } catch (error) {
      if (!(error instanceof HistoryFormatError) || error.code !== 'TRUNCATED') throw error;
      if (this.isLastLine) throw error;
      return malformed(number, error.expected, 'the end of the line');
    }
    return fields;
  }

  private field(reader: JsonReader, name: string, fields: Fields): void {
    const field = FIELDS.get(name);
    if (field === undefined) {
      reader.value();
      this.target.warnings.add(`the field ${name} of operations was not kept`);
    } else if (field === 'call' || field === 'end') {
      const digits = reader.integerText();
      if (digits !== undefined) fields[field] = this.sinceBase(BigInt(digits), reader);
      else if (field === 'call' || reader.value() !== null)
        reader.malformed('whole nanoseconds', reader.nextThing());
    } else {
      fields[field] = reader.value();
    }
  }

  private sinceBase(time: bigint, reader: JsonReader): number {
    if (this.base === undefined) {
      const isExact = time >= BigInt(Number.MIN_SAFE_INTEGER) && time <= BigInt(Number.MAX_SAFE_INTEGER);
      this.base = isExact ? 0n : time;
    }
    const since = Number(time - this.base);
    if (Number.isSafeInteger(since)) return since;
    return reader.refused('times within 104 days of one another', `${time}`);
  }
}

function byCall(a: Call, b: Call): number {
  return a.call - b.call || a.line - b.line;
}

function checkClients(calls: readonly Call[]): void {
  const last = new Map<number, Call>();
  for (const call of calls) {
    const before = last.get(call.client);
    if (before !== undefined && (before.end === undefined || before.end > call.call)) {
      const until = before.end === undefined ? 'never returns' : `returns at ${before.end}`;
      const expected = `a call by another client than ${call.client}, whose operation of line ${before.line} ${until}`;
      throw new HistoryFormatError('INCONSISTENT', NAME, call.line, expected, `a call at ${call.call}`);
    }
    last.set(call.client, call);
  }
}

/** Whole microseconds for all times, moved later where needed so that distinct times stay distinct. */
function microsecondsOf(calls: readonly Call[], target: ReadTarget): (nanoseconds: number) => number {
  const times = new Set<number>();
  for (const { call, end } of calls) {
    times.add(call);
    if (end !== undefined) times.add(end);
  }
  const sorted = Float64Array.from(times).sort();
  const start = Math.min(0, sorted[0] ?? 0);
  const byTime = new Map<number, number>();
  let last = -1;
  let shift = 0;
  for (const time of sorted) {
    const exact = Math.floor((time - start) / NANOSECONDS_PER_US);
    const at = Math.max(exact, last + 1);
    shift = Math.max(shift, at - exact);
    byTime.set(time, at);
    last = at;
  }
  if (shift > NANOSECONDS_PER_US) {
    target.warnings.add(
      `times less than a microsecond apart were moved later to keep their order, by up to ${shift} us`,
    );
  }
  return (nanoseconds) => byTime.get(nanoseconds) ?? 0;
}

/** The name, key and argument of an operation, from its fields or from within its input. */
function nameOf(fields: Fields, number: number): { f: string; key: string | undefined; input: Plain } {
  let { f, key } = fields;
  let { input } = fields;
  if (f === undefined && typeof input === 'object' && input !== null && !Array.isArray(input)) {
    const { op, f: name, key: inner, ...rest } = input as { readonly [field: string]: Plain | undefined };
    f = name ?? op;
    key ??= inner;
    input = argumentOf(rest);
  }
  if (typeof f !== 'string' || f === '')
    return malformed(number, 'a name as f, or as op in the input', show(f));
  if (key === undefined || key === null) return { f, key: undefined, input };
  return { f, key: typeof key === 'string' ? key : encodePlain(key), input };
}

/** What is left of an input without name and key: nothing, a value alone, `from` and `to` of a compare-and-set, or all. */
function argumentOf(rest: { readonly [field: string]: Plain | undefined }): Plain {
  const names = Object.keys(rest);
  if (names.length === 0) return null;
  const { from, to } = rest;
  if (names.length === 2 && from !== undefined && to !== undefined) return [from, to];
  return valueAlone(rest);
}

/** An object whose only field is `value` stands for that value, an empty one for nothing. */
function valueAlone(output: Plain): Plain {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return output;
  const entries = Object.entries(output);
  const [name, value] = entries[0] ?? [];
  if (entries.length === 0) return null;
  return entries.length === 1 && name === 'value' ? (value ?? null) : output;
}

const SHOWN_LIMIT = 60;

function show(value: Plain | undefined): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? excerpt(value) : encodePlain(value).slice(0, SHOWN_LIMIT);
}

function malformed(line: number, expected: string, found: string): never {
  throw new HistoryFormatError('MALFORMED', NAME, line, expected, found);
}

/**
 * A history as Porcupine-style JSON lines. Operations that failed are left out, as Porcupine's input has no
 * outcome and they had no effect; a history whose times are not comparable cannot be printed (`HistoryPrintError`).
 */
export function printPorcupine(history: History): string {
  if (history.order === 'session')
    throw new HistoryPrintError(NAME, -1, 'its order is only known per session');
  const lines: string[] = [];
  for (const operation of history.operations) if (operation.outcome !== 'fail') lines.push(lineOf(operation));
  lines.push('');
  return lines.join('\n');
}

function lineOf({ process, f, key, input, outcome, output, invokedAt, completedAt }: Operation): string {
  let line = `{"client":${process},"f":${JSON.stringify(f)}`;
  if (key !== undefined) line += `,"key":${JSON.stringify(key)}`;
  line += `,"input":${encodeValue(input)},"call":${nanoseconds(invokedAt)}`;
  if (outcome === 'unknown') return `${line},"output":null,"return":null}`;
  return `${line},"output":${encodeValue(output)},"return":${nanoseconds(completedAt)}}`;
}

/** All digits, also where a double would round. */
function nanoseconds(microseconds: number): string {
  return (BigInt(microseconds) * BigInt(NANOSECONDS_PER_US)).toString();
}
