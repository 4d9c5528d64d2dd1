import type { Plain } from '@holdfast/plain';
import { excerpt, type HistoryFormatCode, HistoryFormatError } from './error.ts';
import { LineCutter, type LineReader } from './lines.ts';
import type { ReadTarget, StreamReader, TimeShape } from './parsed.ts';

const NAME = 'limo';
const OBJECT = /^#\s*@object\s+([\w-]+)\s*$/;
const CALL = /^\[(\d+)\]\s+call\s+(\w+)\s*(?:\((.*)\)|(\S.*))?\s*$/;
const RETURN = /^\[(\d+)\]\s+return(?:\s+(.*))?\s*$/;

/** After a crash an identifier begins anew, as a process of its own: this much further up. */
const CRASH_STRIDE = 1_000_000;

const EVERYWHERE: readonly (readonly [string, string])[] = [
  ['enq', 'enqueue'],
  ['deq', 'dequeue'],
  ['rmv', 'remove'],
  ['ctn', 'contains'],
];
const PUTS = ['add', 'put'] as const;
const TAKES = ['rem', 'rmv', 'remove', 'get'] as const;

/** The names LiMo and Violin use for the methods of an object, and ours. */
function namesOf(object: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>(EVERYWHERE);
  const isQueue = object.endsWith('queue');
  if (!isQueue && !object.endsWith('stack')) return names;
  for (const name of PUTS) names.set(name, isQueue ? 'enqueue' : 'push');
  for (const name of TAKES) names.set(name, isQueue ? 'dequeue' : 'pop');
  return names;
}

interface Call {
  readonly operation: number;
  readonly line: number;
}

/**
 * Reads the histories of LiMo (and of Violin before it): `# @object atomic-queue`, then `[1] call enq(1)` and `[1] return`
 * lines. The number is a thread, or an operation, with at most one call open; `crash` ends all open calls unknown.
 */
export class LimoReader implements StreamReader, LineReader {
  private readonly target: ReadTarget;
  private readonly cutter: LineCutter;
  private names: ReadonlyMap<string, string> | undefined;
  private readonly open = new Map<number, Call>();
  private crashes = 0;

  constructor(target: ReadTarget) {
    this.target = target;
    this.cutter = new LineCutter(this);
  }

  push(chunk: string): void {
    this.cutter.push(chunk);
  }

  finish(): TimeShape {
    const { unfinished, lines } = this.cutter;
    if (unfinished.trim() !== '' && !unfinished.trimEnd().endsWith(')')) {
      fail('TRUNCATED', lines + 1, 'a line end after the last line', excerpt(unfinished));
    }
    this.cutter.finish();
    if (this.names === undefined)
      fail('TRUNCATED', lines + 1, '# @object atomic-queue', 'the end of the file');
    if (this.open.size > 0) {
      const were = this.open.size === 1 ? '1 operation was' : `${this.open.size} operations were`;
      this.target.warnings.add(`${were} still open at the end of the file and count as unknown`);
    }
    return { timeUnit: 'index', order: 'real-time' };
  }

  line(text: string, number: number): void {
    if (text.trim() === '') return;
    if (text.startsWith('#')) {
      this.comment(text, number);
      return;
    }
    if (this.names === undefined) return fail('MALFORMED', number, '# @object atomic-queue', excerpt(text));
    const call = CALL.exec(text);
    if (call !== null) {
      const [, id = '', name = '', inside, bare] = call;
      this.call(
        this.identify(id, number),
        this.names.get(name) ?? name,
        valueOf(inside ?? bare ?? ''),
        number,
      );
      return;
    }
    const result = RETURN.exec(text);
    if (result !== null) {
      this.return(this.identify(result[1] ?? '', number), valueOf(result[2] ?? ''), number);
    } else if (text.trim() === 'crash') {
      this.crash(number);
    } else {
      fail('MALFORMED', number, '[1] call enq(1), [1] return, [1] return 1 or crash', excerpt(text));
    }
  }

  private comment(text: string, number: number): void {
    const object = OBJECT.exec(text)?.[1];
    if (object === undefined) return;
    if (this.names !== undefined) fail('INCONSISTENT', number, 'one @object line', excerpt(text));
    this.names = namesOf(object);
    this.target.annotations.push({
      at: number,
      process: 'header',
      f: '@object',
      type: 'info',
      value: object,
      line: number,
    });
  }

  private identify(digits: string, number: number): number {
    const id = Number(digits);
    if (id >= CRASH_STRIDE) fail('REFUSED', number, `a number below ${CRASH_STRIDE} in the brackets`, digits);
    return id;
  }

  private call(id: number, f: string, input: Plain, number: number): void {
    const open = this.open.get(id);
    if (open !== undefined) {
      fail(
        'INCONSISTENT',
        number,
        `a return of [${id}], whose call on line ${open.line} is open`,
        `call ${f}`,
      );
    }
    const operation = this.target.sink.invoke(id + this.crashes * CRASH_STRIDE, f, input, number);
    this.open.set(id, { operation, line: number });
  }

  private return(id: number, output: Plain, number: number): void {
    const open = this.open.get(id);
    if (open === undefined)
      return fail('INCONSISTENT', number, `a call of [${id}] before its return`, 'none open');
    this.open.delete(id);
    this.target.sink.complete(open.operation, 'ok', output, number);
  }

  private crash(number: number): void {
    this.open.clear();
    this.crashes++;
    const at = number;
    this.target.annotations.push({
      at,
      process: 'nemesis',
      f: 'crash',
      type: 'info',
      value: null,
      line: number,
    });
  }
}

/** The values between brackets: null when there are none or the word is `empty`, one alone, several as a list. */
function valueOf(text: string): Plain {
  const trimmed = text.trim().replace(/^\((.*)\)$/, '$1');
  if (trimmed === '' || /^empty$/i.test(trimmed)) return null;
  const values = trimmed.split(',').map((word) => wordOf(word.trim()));
  return values.length === 1 ? (values[0] ?? null) : values;
}

function wordOf(word: string): Plain {
  if (word === 'true') return true;
  if (word === 'false') return false;
  return /^-?\d+$/.test(word) && Number.isSafeInteger(Number(word)) ? Number(word) : word;
}

function fail(code: HistoryFormatCode, line: number, expected: string, found: string): never {
  throw new HistoryFormatError(code, NAME, line, expected, found);
}
