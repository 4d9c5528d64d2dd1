import type { Plain } from '@holdfast/plain';
import { EdnReader } from './edn.ts';
import { excerpt, HistoryFormatError } from './error.ts';
import { blankEvent, isJepsenType, type JepsenEvent, JepsenPairing } from './jepsen.ts';
import { LineCutter, type LineReader } from './lines.ts';
import type { ReadTarget, StreamReader, TimeShape } from './parsed.ts';

const NAME = 'jepsen-log';
const TAB = 9;
const SPACE = 32;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const COLON = 0x3a;
const USUAL_PREFIX = 'INFO  jepsen.util - ';

// What a logger may write ahead of an operation: `INFO  jepsen.util - `, or a time, level and thread before `jepsen.util: `.
const OPERATION_LOGGER = /^(?:INFO +jepsen\.util - +|[^\t]+\tINFO\t\[[^\]]*\] jepsen\.util: )/;
const OTHER_LOGGER = /^(?:(?:INFO|WARN|ERROR|DEBUG) +[\w.$-]+ - |[^\t]+\t(?:INFO|WARN|ERROR|DEBUG)\t\[)/;

/**
 * Reads the operation lines Jepsen logs and stores as `history.txt`: process, type, f, value and perhaps an error,
 * separated by tabs, with or without the logger's words ahead of them.
 */
export class JepsenLogReader implements StreamReader, LineReader {
  private readonly target: ReadTarget;
  private readonly pairing: JepsenPairing;
  private readonly cutter: LineCutter;
  private readonly event: JepsenEvent = blankEvent();
  private readonly names = new Map<string, string>();
  private operations = 0;
  /** Where the next column of the line begins. */
  private next = 0;

  constructor(target: ReadTarget) {
    this.target = target;
    this.pairing = new JepsenPairing(NAME, target);
    this.cutter = new LineCutter(this);
  }

  push(chunk: string): void {
    this.cutter.push(chunk);
  }

  finish(): TimeShape {
    const { unfinished } = this.cutter;
    if (unfinished.trim() !== '') {
      // `7` may be the beginning of `70`: without its line end the last line cannot be trusted.
      const line = this.cutter.lines + 1;
      throw new HistoryFormatError(
        'TRUNCATED',
        NAME,
        line,
        'a line end after the last line',
        excerpt(unfinished),
      );
    }
    if (this.operations === 0) {
      throw new HistoryFormatError(
        'TRUNCATED',
        NAME,
        this.cutter.lines,
        'an operation',
        'the end of the file',
      );
    }
    return this.pairing.finish();
  }

  line(text: string, number: number): void {
    const start = this.operationStart(text, number);
    if (start === -1) return;
    const { event } = this;
    event.line = number;
    this.readProcess(text, start);
    const typeAt = this.next;
    const typeEnd = this.column(text, typeAt, 'the type');
    const type = text.slice(typeAt + 1, typeEnd);
    if (text.charCodeAt(typeAt) !== COLON || !isJepsenType(type)) {
      this.malformed(':invoke, :ok, :fail or :info', excerpt(text.slice(typeAt, typeEnd)));
    }
    event.type = type;
    const nameAt = this.next;
    event.f = this.nameOf(text, nameAt, this.column(text, nameAt, 'the name of the operation'));
    this.readValue(text, this.next);
    this.operations++;
    this.pairing.accept(event);
  }

  /** Where the operation's columns begin; -1 for lines that carry none. */
  private operationStart(text: string, number: number): number {
    const first = text.charCodeAt(0);
    if (first === COLON || beginsWithNumber(text)) return 0;
    if (text.startsWith(USUAL_PREFIX)) return USUAL_PREFIX.length;
    if (text.trim() === '') return -1;
    const prefix = OPERATION_LOGGER.exec(text);
    if (prefix !== null) return prefix[0].length;
    if (OTHER_LOGGER.test(text)) {
      this.target.warnings.add('a log line without an operation was passed over');
      return -1;
    }
    this.event.line = number;
    return this.malformed('process, :type, :f and value separated by tabs', excerpt(text));
  }

  private readProcess(text: string, start: number): void {
    const end = this.column(text, start, 'the process');
    let process = 0;
    let pos = start;
    for (; pos < end; pos++) {
      const digit = text.charCodeAt(pos) - DIGIT_0;
      if (!(digit >= 0 && digit <= 9)) break;
      process = process * 10 + digit;
    }
    const isKeyword = text.charCodeAt(start) === COLON && end > start + 1;
    if (pos === end && pos > start && process <= Number.MAX_SAFE_INTEGER) this.event.process = process;
    else if (isKeyword) this.event.process = text.slice(start + 1, end);
    else this.malformed('a process: a number or :nemesis', excerpt(text.slice(start, end)));
  }

  /** The end of the column that begins at `start`; the column after it begins at `this.next`. */
  private column(text: string, start: number, what: string): number {
    let end = start;
    while (end < text.length && !isBlank(text.charCodeAt(end))) end++;
    let next = end;
    while (isBlank(text.charCodeAt(next))) next++;
    if (next === end || next >= text.length) {
      return this.malformed(`a tab and another column after ${what}`, excerpt(text.slice(start)));
    }
    this.next = next;
    return end;
  }

  private nameOf(text: string, start: number, end: number): string {
    const isKeyword = text.charCodeAt(start) === COLON;
    const word = text.slice(isKeyword ? start + 1 : start, end);
    if (!isKeyword || word === '')
      return this.malformed('the name of an operation such as :read', excerpt(word));
    let name = this.names.get(word);
    if (name === undefined) {
      name = word;
      this.names.set(word, name);
    }
    return name;
  }

  private readValue(text: string, start: number): void {
    const { event } = this;
    event.error = undefined;
    if (text.length === start + 3 && text.startsWith('nil', start)) {
      event.value = null;
      return;
    }
    const digit = text.charCodeAt(start) - DIGIT_0;
    if (text.length === start + 1 && digit >= 0 && digit <= 9) {
      event.value = digit;
      return;
    }
    const reader = new EdnReader(NAME, text.slice(start), event.line);
    event.value = this.formOnLine(reader);
    if (reader.pos === reader.text.length) return;
    if (!isBlank(reader.text.charCodeAt(reader.pos))) {
      this.malformed('the end of the line, or a tab and an error', excerpt(reader.text.slice(reader.pos)));
    }
    const error = reader.text.slice(reader.pos).trim();
    if (error !== '') event.error = errorOf(error);
  }

  /** In a line-based format a form that ends too early is a malformed line, not a truncated file. */
  private formOnLine(reader: EdnReader): Plain {
    try {
      return reader.form();
    } catch (error) {
      if (!(error instanceof HistoryFormatError) || error.code !== 'TRUNCATED') throw error;
      return this.malformed('a whole value', excerpt(reader.text));
    }
  }

  private malformed(expected: string, found: string): never {
    throw new HistoryFormatError('MALFORMED', NAME, this.event.line, expected, found);
  }
}

/** True for a line whose first column is a number, as opposed to a date. */
function beginsWithNumber(text: string): boolean {
  let end = 0;
  for (let code = text.charCodeAt(0); code >= DIGIT_0 && code <= DIGIT_9; code = text.charCodeAt(end)) end++;
  return end > 0 && isBlank(text.charCodeAt(end));
}

function isBlank(code: number): boolean {
  return code === TAB || code === SPACE;
}

/** The error column: EDN where it is EDN, else the text as it stands. */
function errorOf(text: string): Plain {
  const reader = new EdnReader(NAME, text);
  try {
    const value = reader.form();
    return reader.pos === text.length ? value : text;
  } catch {
    return text;
  }
}
