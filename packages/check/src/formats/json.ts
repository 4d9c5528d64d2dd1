import type { Plain } from '@holdfast/plain';
import { excerpt } from './error.ts';
import { TextScanner } from './scanner.ts';

const DEPTH_LIMIT = 256;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORDS: readonly (readonly [string, Plain])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];

/**
 * Reads JSON and says where it breaks: JSON.parse does not name lines, nor tell text that ends too early from text that
 * is wrong. Integers beyond 2^53 are refused instead of silently rounded, and keys may not repeat.
 */
export class JsonReader extends TextScanner {
  private depth = 0;

  constructor(format: string, text: string, firstLine = 1) {
    super(format, text, firstLine);
  }

  /** Passes over blanks; false when the text ends there. */
  skipBlankOrEnd(): boolean {
    for (;;) {
      const code = this.text.charCodeAt(this.pos);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
      this.pos++;
    }
    return this.pos < this.text.length;
  }

  /** Reads the next value. */
  value(): Plain {
    if (!this.skipBlankOrEnd()) return this.truncated('a value');
    switch (this.text.charCodeAt(this.pos)) {
      case QUOTE:
        return this.string();
      case OPEN_ARRAY:
        return this.array();
      case OPEN_OBJECT:
        return this.object();
      default:
        return this.atom();
    }
  }

  /** Reads an object whose `{` is next, handing each key to `field`, which reads the value. */
  fields(what: string, field: (key: string, keyAt: number) => void): void {
    const openedAt = this.open(OPEN_OBJECT, what);
    if (this.closes(CLOSE_OBJECT, what, openedAt)) return;
    do {
      this.blank(what, openedAt);
      const keyAt = this.pos;
      if (this.text.charCodeAt(keyAt) !== QUOTE) this.malformed('a key in double quotes', this.nextThing());
      const key = this.string();
      this.blank(what, openedAt);
      if (this.text.charCodeAt(this.pos) !== COLON) {
        this.malformed(`':' after the key ${excerpt(key)}`, this.nextThing());
      }
      this.pos++;
      field(key, keyAt);
    } while (this.separator(CLOSE_OBJECT, what, openedAt));
  }

  /** Reads an array whose `[` is next, calling `item` to read each element. */
  items(what: string, item: () => void): void {
    const openedAt = this.open(OPEN_ARRAY, what);
    if (this.closes(CLOSE_ARRAY, what, openedAt)) return;
    do {
      this.blank(what, openedAt);
      item();
    } while (this.separator(CLOSE_ARRAY, what, openedAt));
  }

  /** The digits of the integer that is next, however long; undefined when something else is. */
  integerText(): string | undefined {
    this.skipBlankOrEnd();
    const match = /-?\d+(?![\d.eE])/y;
    match.lastIndex = this.pos;
    const found = match.exec(this.text);
    if (found === null) return undefined;
    this.pos += found[0].length;
    return found[0];
  }

  private open(bracket: number, what: string): number {
    if (!this.skipBlankOrEnd()) this.truncated(what);
    if (this.text.charCodeAt(this.pos) !== bracket) {
      this.malformed(`'${String.fromCharCode(bracket)}', ${what}`, this.nextThing());
    }
    return this.pos++;
  }

  private blank(what: string, openedAt: number): void {
    if (!this.skipBlankOrEnd()) {
      this.truncated(`the end of ${what} that begins on line ${this.lineAt(openedAt)}`);
    }
  }

  private closes(bracket: number, what: string, openedAt: number): boolean {
    this.blank(what, openedAt);
    if (this.text.charCodeAt(this.pos) !== bracket) return false;
    this.pos++;
    return true;
  }

  /** True after a comma; false, having consumed it, at the closing bracket. */
  private separator(bracket: number, what: string, openedAt: number): boolean {
    if (this.closes(bracket, what, openedAt)) return false;
    if (this.text.charCodeAt(this.pos) !== COMMA) {
      this.malformed(`',' or '${String.fromCharCode(bracket)}'`, this.nextThing());
    }
    this.pos++;
    return true;
  }

  private array(): Plain[] {
    const values: Plain[] = [];
    this.enter();
    this.items('an array', () => {
      values.push(this.value());
    });
    this.depth--;
    return values;
  }

  private object(): Plain {
    const result: { [key: string]: Plain } = {};
    this.enter();
    this.fields('an object', (key, keyAt) => {
      if (Object.hasOwn(result, key)) {
        this.pos = keyAt;
        this.refused('each key once in an object', `the key ${excerpt(key)} twice`);
      }
      const value = this.value();
      if (key === '__proto__') {
        Object.defineProperty(result, key, { value, enumerable: true, writable: true, configurable: true });
      } else {
        result[key] = value;
      }
    });
    this.depth--;
    return result;
  }

  private atom(): Plain {
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, this.pos)) continue;
      this.pos += word.length;
      return value;
    }
    NUMBER.lastIndex = this.pos;
    const digits = NUMBER.exec(this.text)?.[0];
    if (digits === undefined) return this.malformed('a value', this.nextThing());
    const value = Number(digits);
    if (!Number.isFinite(value)) return this.refused('a finite number', digits);
    if (!Number.isSafeInteger(value) && /^-?\d+$/.test(digits) && !this.roundsIntegers) {
      const largest = Number.MAX_SAFE_INTEGER;
      return this.refused(`an integer from -${largest} to ${largest}, or text`, digits);
    }
    this.pos += digits.length;
    return value === 0 ? 0 : value;
  }

  private string(): string {
    const start = this.pos;
    let end = start + 1;
    for (;;) {
      const code = this.text.charCodeAt(end);
      if (code === QUOTE) break;
      if (Number.isNaN(code)) {
        return this.truncated(`the closing quote of the text that begins on line ${this.lineAt(start)}`);
      }
      if (code < 0x20) return this.malformed('the closing quote on the same line', this.nextThing());
      end += code === BACKSLASH ? 2 : 1;
    }
    const quoted = this.text.slice(start, end + 1);
    this.pos = end + 1;
    if (!quoted.includes('\\')) return quoted.slice(1, -1);
    try {
      return JSON.parse(quoted) as string;
    } catch {
      this.pos = start;
      return this.malformed('text with the escapes of JSON', excerpt(quoted));
    }
  }

  private enter(): void {
    if (++this.depth > DEPTH_LIMIT) {
      this.refused(`at most ${DEPTH_LIMIT} values inside one another`, 'a deeper one');
    }
  }
}
