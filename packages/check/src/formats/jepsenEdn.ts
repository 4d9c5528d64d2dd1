import { encodePlain, type Plain } from '@holdfast/plain';
import { EdnReader } from './edn.ts';
import { HistoryFormatError } from './error.ts';
import { blankEvent, isJepsenType, type JepsenEvent, JepsenPairing } from './jepsen.ts';
import type { ReadTarget, StreamReader, TimeShape } from './parsed.ts';

const HASH = 0x23;
const OPEN_LIST = 0x28;
const CLOSE_LIST = 0x29;
const COLON = 0x3a;
const OPEN_VECTOR = 0x5b;
const CLOSE_VECTOR = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/** The history's closing bracket has been read. */
const CLOSED = -1;

const TYPE = 1;
const PROCESS = 2;
const F = 4;
const VALUE = 8;
const TIME = 16;
const INDEX = 32;
const ERROR = 64;
const KEY = 128;
const NODE = 256;
const REQUIRED = TYPE | PROCESS | F;

const FIELDS: Readonly<Record<string, number>> = {
  __proto__: null as never,
  type: TYPE,
  process: PROCESS,
  f: F,
  value: VALUE,
  time: TIME,
  index: INDEX,
  error: ERROR,
  key: KEY,
  node: NODE,
};

/**
 * Reads Jepsen's `history.edn`: operation maps, one after the other or in one vector or list, with or without a record tag.
 * Text is read up to the last line end that has arrived, so pieces may be cut anywhere.
 */
export class JepsenEdnReader implements StreamReader {
  private readonly format: string;
  private readonly target: ReadTarget;
  private readonly pairing: JepsenPairing;
  private readonly event: JepsenEvent = blankEvent();
  private readonly onTag: (tag: string) => void;
  private waiting: string[] = [];
  private line = 1;
  private started = false;
  /** The bracket that ends the history; 0 when operations stand alone. */
  private closing = 0;
  /** Line of the history's opening bracket. */
  private opened = 0;

  constructor(target: ReadTarget, format = 'jepsen-edn') {
    this.format = format;
    this.target = target;
    this.pairing = new JepsenPairing(format, target);
    this.onTag = (tag: string): void => {
      if (!tag.startsWith('jepsen.')) target.warnings.add(`the tag #${tag} was read as its plain value`);
    };
  }

  push(chunk: string): void {
    const end = chunk.lastIndexOf('\n');
    if (end === -1) {
      this.waiting.push(chunk);
      return;
    }
    this.waiting.push(chunk.slice(0, end + 1));
    const text = this.waiting.join('');
    this.waiting = [];
    const rest = this.read(text, false);
    if (rest !== '') this.waiting.push(rest);
    if (end + 1 < chunk.length) this.waiting.push(chunk.slice(end + 1));
  }

  finish(): TimeShape {
    this.read(this.waiting.join(''), true);
    return this.pairing.finish();
  }

  /** Reads what is complete; returns the text of a form that is not complete yet. */
  private read(text: string, isLast: boolean): string {
    const reader = new EdnReader(this.format, text, this.line, this.onTag);
    let start = 0;
    try {
      while (reader.skipBlankOrEnd()) {
        this.topLevel(reader);
        start = reader.pos;
      }
    } catch (error) {
      if (isLast || !(error instanceof HistoryFormatError) || error.code !== 'TRUNCATED') throw error;
      this.line = reader.lineAt(start);
      return text.slice(start);
    }
    this.line = reader.lineAt(text.length);
    if (isLast) this.checkEnd(reader);
    return '';
  }

  private checkEnd(reader: EdnReader): void {
    if (!this.started) reader.truncated('an operation map, or a vector of them');
    if (this.closing > 0) {
      reader.truncated(
        `'${String.fromCharCode(this.closing)}', the end of what begins on line ${this.opened}`,
      );
    }
  }

  private topLevel(reader: EdnReader): void {
    const code = reader.text.charCodeAt(reader.pos);
    if (this.closing === CLOSED)
      reader.malformed('the end of the file after the history', reader.nextThing());
    if (this.closing !== 0 && code === this.closing) {
      reader.pos++;
      this.closing = CLOSED;
    } else if (!this.started && (code === OPEN_VECTOR || code === OPEN_LIST)) {
      this.opened = reader.lineAt(reader.pos);
      this.closing = code === OPEN_VECTOR ? CLOSE_VECTOR : CLOSE_LIST;
      reader.pos++;
    } else {
      this.operation(reader);
    }
    this.started = true;
  }

  private operation(reader: EdnReader): void {
    if (reader.text.charCodeAt(reader.pos) === HASH) this.recordTag(reader);
    if (reader.text.charCodeAt(reader.pos) !== OPEN_MAP) {
      reader.malformed('an operation map {:type ... :process ... :f ... :value ...}', reader.nextThing());
    }
    const { event } = this;
    const openedAt = reader.pos++;
    event.line = reader.lineAt(openedAt);
    event.f = '';
    event.value = null;
    event.key = undefined;
    event.node = undefined;
    event.error = undefined;
    event.nanoseconds = undefined;
    event.index = undefined;
    let found = 0;
    while (!reader.closes(CLOSE_MAP, 'operation map', openedAt)) found = this.field(reader, openedAt, found);
    if ((found & REQUIRED) !== REQUIRED) this.failMissing(reader, found);
    this.pairing.accept(event);
  }

  private recordTag(reader: EdnReader): void {
    reader.pos++;
    const tag = reader.token("a record's tag such as #jepsen.history.Op");
    this.onTag(tag);
    reader.skipBlank();
  }

  /** Reads one key and its value; returns the set of fields found so far. */
  private field(reader: EdnReader, openedAt: number, found: number): number {
    if (reader.text.charCodeAt(reader.pos) !== COLON)
      reader.malformed("a keyword or '}'", reader.nextThing());
    const name = reader.keyword();
    if (reader.closes(CLOSE_MAP, 'operation map', openedAt)) reader.malformed(`a value for :${name}`, "'}'");
    const valueAt = reader.pos;
    const value = reader.form();
    const bit = FIELDS[name] ?? 0;
    if (bit === 0) {
      this.target.warnings.add(`the field :${name} of operations was not kept`);
      return found;
    }
    if ((found & bit) !== 0) reader.refused('each key once in an operation', `:${name} twice`);
    const wrong = this.assign(bit, value);
    if (wrong !== '') {
      reader.pos = valueAt;
      reader.malformed(`${wrong} as the :${name} of the operation`, reader.nextThing());
    }
    return found | bit;
  }

  /** Takes over one field; returns what should have stood there, or '' when all is well. */
  private assign(bit: number, value: Plain): string {
    const { event } = this;
    switch (bit) {
      case TYPE:
        if (!isJepsenType(value)) return ':invoke, :ok, :fail or :info';
        event.type = value;
        return '';
      case PROCESS:
        if (!Number.isSafeInteger(value) && typeof value !== 'string') return 'an integer or a keyword';
        event.process = value as number | string;
        return '';
      case F:
        if (typeof value !== 'string' || value === '') return 'a keyword';
        event.f = value;
        return '';
      case VALUE:
        event.value = value;
        return '';
      case TIME:
        if (value !== null && !isCount(value)) return 'whole nanoseconds';
        event.nanoseconds = value ?? undefined;
        return '';
      case INDEX:
        if (value !== null && !isCount(value)) return 'a whole number';
        event.index = value ?? undefined;
        return '';
      default:
        return this.assignPlace(bit, value);
    }
  }

  private assignPlace(bit: number, value: Plain): string {
    const { event } = this;
    if (bit === ERROR) {
      event.error = value ?? undefined;
    } else if (bit === KEY) {
      if (value !== null) event.key = typeof value === 'string' ? value : encodePlain(value);
    } else if (typeof value === 'number') {
      event.node = value;
    } else if (value !== null) {
      this.target.warnings.add('the field :node of operations was not kept, as it is not a number');
    }
    return '';
  }

  private failMissing(reader: EdnReader, found: number): never {
    const missing = Object.keys(FIELDS).find((name) => ((FIELDS[name] ?? 0) & REQUIRED & ~found) !== 0);
    reader.malformed(`:${missing ?? ''} in the operation map that begins on line ${this.event.line}`, 'none');
  }
}

function isCount(value: Plain): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
