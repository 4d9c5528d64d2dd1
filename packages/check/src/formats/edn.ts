import type { Plain } from '@holdfast/plain';
import { EdnScanner, isTerminator, SPACE } from './ednScanner.ts';
import { readCharacter, readNumber, readString } from './ednAtoms.ts';
import { excerpt } from './error.ts';

const DEPTH_LIMIT = 256;

const QUOTE = 0x22;
const HASH = 0x23;
const OPEN_LIST = 0x28;
const CLOSE_LIST = 0x29;
const COLON = 0x3a;
const OPEN_VECTOR = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_VECTOR = 0x5d;
const UNDERSCORE = 0x5f;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/**
 * Reads EDN (the extensible data notation of Clojure) into plain data. Keywords and symbols become strings (without the
 * colon), nil null, lists, vectors and sets arrays, maps objects, characters strings; a tagged literal is
 * its value, and the tag is reported to `onTag`. Integers beyond 2^53, ratios and exact decimals are refused.
 */
export class EdnReader extends EdnScanner {
  private readonly onTag: ((tag: string) => void) | undefined;
  private depth = 0;

  constructor(format: string, text: string, firstLine = 1, onTag?: (tag: string) => void) {
    super(format, text, firstLine);
    this.onTag = onTag;
  }

  /** Reads the next form; throws `HistoryFormatError` when there is none. */
  form(): Plain {
    this.skipBlank();
    const code = this.text.charCodeAt(this.pos);
    if (code === COLON) return this.keyword();
    if ((code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b) return this.numberOrSymbol(code);
    switch (code) {
      case QUOTE:
        return readString(this);
      case OPEN_VECTOR:
        return this.sequence(CLOSE_VECTOR, 'vector');
      case OPEN_LIST:
        return this.sequence(CLOSE_LIST, 'list');
      case OPEN_MAP:
        return this.map('');
      case HASH:
        return this.dispatch();
      case BACKSLASH:
        return readCharacter(this);
      default:
        if (isClosing(code)) return this.malformed('a value', this.nextThing());
        return this.symbol();
    }
  }

  /** True, having consumed it, when the next thing is the given closing bracket. */
  closes(bracket: number, what: string, openedAt: number): boolean {
    if (!this.skipBlankOrEnd()) {
      this.truncated(`the end of the ${what} that begins on line ${this.lineAt(openedAt)}`);
    }
    if (this.text.charCodeAt(this.pos) !== bracket) return false;
    this.pos++;
    return true;
  }

  /** Passes over blanks, comments and discarded forms; throws at the end of the text. */
  skipBlank(): void {
    if (!this.skipBlankOrEnd()) this.truncated('a value');
  }

  /** Passes over blanks, comments and discarded forms; false when the text ends there. */
  skipBlankOrEnd(): boolean {
    const { text } = this;
    for (;;) {
      const code = text.charCodeAt(this.pos);
      if (code < 128 && SPACE[code] === 1) {
        this.pos++;
      } else if (code === 0x3b) {
        const end = text.indexOf('\n', this.pos);
        this.pos = end === -1 ? text.length : end + 1;
      } else if (code === HASH && text.charCodeAt(this.pos + 1) === UNDERSCORE) {
        this.pos += 2;
        this.enter();
        this.form();
        this.depth--;
      } else {
        return this.pos < text.length;
      }
    }
  }

  /** Reads a map whose `{` is next. `prefix` goes before keyword keys without a namespace of their own. */
  map(prefix: string): Plain {
    const openedAt = this.pos++;
    const result: { [key: string]: Plain } = {};
    this.enter();
    while (!this.closes(CLOSE_MAP, 'map', openedAt)) {
      const key = this.mapKey(prefix);
      if (this.closes(CLOSE_MAP, 'map', openedAt)) {
        this.malformed(`a value for the key ${excerpt(key)}`, "'}'");
      }
      const value = this.form();
      if (Object.hasOwn(result, key)) {
        this.refused('each key once in a map', `the key ${excerpt(key)} twice, or two keys with this text`);
      }
      if (key === '__proto__') {
        Object.defineProperty(result, key, { value, enumerable: true, writable: true, configurable: true });
      } else {
        result[key] = value;
      }
    }
    this.depth--;
    return result;
  }

  private mapKey(prefix: string): string {
    const isKeyword = this.text.charCodeAt(this.pos) === COLON;
    const key = this.form();
    if (prefix !== '' && isKeyword && typeof key === 'string') {
      if (key.startsWith('_/')) return key.slice(2);
      return key.includes('/') ? key : `${prefix}/${key}`;
    }
    return typeof key === 'string' ? key : JSON.stringify(key);
  }

  private sequence(bracket: number, what: string): Plain[] {
    const openedAt = this.pos++;
    const items: Plain[] = [];
    this.enter();
    while (!this.closes(bracket, what, openedAt)) {
      if (isClosing(this.text.charCodeAt(this.pos))) {
        this.malformed(`'${String.fromCharCode(bracket)}' or a value`, this.nextThing());
      }
      items.push(this.form());
    }
    this.depth--;
    return items;
  }

  private dispatch(): Plain {
    const next = this.text.charCodeAt(this.pos + 1);
    if (Number.isNaN(next)) return this.truncated("what follows '#'");
    if (next === OPEN_MAP) {
      this.pos++;
      return this.set();
    }
    if (next === COLON) return this.namespacedMap();
    if (next === HASH) {
      return this.refused('a finite number', excerpt(this.text.slice(this.pos, this.tokenEnd(this.pos + 2))));
    }
    if (next === OPEN_LIST || next === QUOTE || next === 0x27) {
      return this.malformed(
        'a set, a tag or a discard after #',
        excerpt(this.text.slice(this.pos, this.pos + 2)),
      );
    }
    this.pos++;
    const tag = this.token('a tag');
    this.onTag?.(tag);
    this.enter();
    const value = this.form();
    this.depth--;
    return value;
  }

  private set(): Plain[] {
    const start = this.pos;
    const items = this.sequence(CLOSE_MAP, 'set');
    const texts = new Set<string>();
    for (const item of items) {
      const text = JSON.stringify(item);
      if (texts.has(text)) {
        this.pos = start;
        this.malformed('each element once in a set', `${text} twice`);
      }
      texts.add(text);
    }
    return items;
  }

  private namespacedMap(): Plain {
    this.pos++;
    const prefix = this.keyword();
    this.skipBlank();
    if (this.text.charCodeAt(this.pos) !== OPEN_MAP) {
      return this.malformed(`'{' after the namespace #:${prefix}`, this.nextThing());
    }
    return this.map(prefix);
  }

  private numberOrSymbol(code: number): Plain {
    if (code < 0x30) {
      const next = this.text.charCodeAt(this.pos + 1);
      if (!(next >= 0x30 && next <= 0x39)) return this.symbol();
    }
    return readNumber(this);
  }

  private symbol(): Plain {
    const code = this.text.charCodeAt(this.pos);
    if (code === 0x40 || code === 0x5e || code === 0x60 || code === 0x7e || code === 0x27) {
      return this.malformed('a value', this.nextThing());
    }
    const name = this.token('a value');
    if (name === 'nil') return null;
    if (name === 'true') return true;
    return name === 'false' ? false : name;
  }

  /** Reads a non-empty run of characters up to the next blank, bracket or quote. */
  token(expected: string): string {
    const end = this.tokenEnd(this.pos);
    if (end === this.pos) return this.malformed(expected, this.nextThing());
    const token = this.text.slice(this.pos, end);
    this.pos = end;
    return token;
  }

  private tokenEnd(from: number): number {
    let end = from;
    while (end < this.text.length && !isTerminator(this.text.charCodeAt(end))) end++;
    return end;
  }

  private enter(): void {
    if (++this.depth > DEPTH_LIMIT) {
      this.refused(`at most ${DEPTH_LIMIT} forms inside one another`, 'a deeper one');
    }
  }
}

function isClosing(code: number): boolean {
  return code === CLOSE_VECTOR || code === CLOSE_LIST || code === CLOSE_MAP;
}
