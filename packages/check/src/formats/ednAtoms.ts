import type { EdnScanner } from './ednScanner.ts';
import { isTerminator } from './ednScanner.ts';
import { excerpt } from './error.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Reads a number whose first digit or sign is next; refuses what a double cannot hold exactly as written. */
export function readNumber(at: EdnScanner): number {
  const { text } = at;
  const start = at.pos;
  let end = start;
  let value = 0;
  const sign = text.charCodeAt(start);
  if (sign === 0x2d || sign === 0x2b) end++;
  const firstDigit = end;
  for (;;) {
    const digit = text.charCodeAt(end) - 0x30;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
    end++;
  }
  if (end >= text.length || isTerminator(text.charCodeAt(end))) {
    // An octal of Clojure (`017`) is not EDN, and reading it as decimal would be silently wrong.
    if (end - firstDigit > 1 && text.charCodeAt(firstDigit) === 0x30) return otherNumber(at, start);
    if (value > Number.MAX_SAFE_INTEGER) return otherNumber(at, start);
    at.pos = end;
    return sign === 0x2d && value !== 0 ? -value : value;
  }
  return otherNumber(at, start);
}

function otherNumber(at: EdnScanner, start: number): number {
  let end = start;
  while (end < at.text.length && !isTerminator(at.text.charCodeAt(end))) end++;
  const word = at.text.slice(start, end);
  if (/^[-+]?(0|[1-9]\d*)(\.\d*)?([eE][-+]?\d+)?$/.test(word) && !/^[-+]?\d+$/.test(word)) {
    const value = Number(word);
    if (!Number.isFinite(value)) return at.refused('a finite number', excerpt(word));
    at.pos = end;
    return value === 0 ? 0 : value;
  }
  if (/^[-+]?\d+\/\d+$/.test(word)) return at.refused('an integer or a decimal', `the ratio ${word}`);
  if (/^[-+]?\d+N$/.test(word)) return at.refused('an integer without N', `the big integer ${word}`);
  if (/^[-+]?\d+(\.\d*)?([eE][-+]?\d+)?M$/.test(word)) {
    return at.refused('a decimal without M', `the exact decimal ${word}`);
  }
  if (/^[-+]?[1-9]\d*$/.test(word)) {
    if (at.roundsIntegers) {
      at.pos = end;
      return Number(word);
    }
    return at.refused(`an integer from -${Number.MAX_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}`, word);
  }
  return at.malformed('a number', excerpt(word));
}

const ESCAPES: Readonly<Record<string, string>> = {
  t: '\t',
  r: '\r',
  n: '\n',
  b: '\b',
  f: '\f',
  '\\': '\\',
  '"': '"',
};

/** Reads a string whose opening quote is next. */
export function readString(at: EdnScanner): string {
  const { text } = at;
  const start = at.pos + 1;
  let close = text.indexOf('"', start);
  let escape = text.indexOf('\\', start);
  if (close !== -1 && (escape === -1 || escape > close)) {
    at.pos = close + 1;
    return text.slice(start, close);
  }
  let result = '';
  let from = start;
  let pos = start;
  for (;;) {
    close = text.indexOf('"', pos);
    escape = text.indexOf('\\', pos);
    if (close === -1)
      return at.truncated(`the closing quote of the string that begins on line ${at.lineAt(at.pos)}`);
    if (escape === -1 || escape > close) break;
    result += text.slice(from, escape);
    const opened = at.pos;
    at.pos = escape + 1;
    result += readEscape(at);
    pos = at.pos;
    from = pos;
    at.pos = opened;
  }
  at.pos = close + 1;
  return result + text.slice(from, close);
}

function readEscape(at: EdnScanner): string {
  const letter = at.text.charAt(at.pos);
  const simple = ESCAPES[letter];
  if (simple !== undefined) {
    at.pos++;
    return simple;
  }
  if (letter === 'u') {
    const digits = at.text.slice(at.pos + 1, at.pos + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) at.malformed('four hexadecimal digits after \\u', excerpt(digits));
    at.pos += 5;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }
  const octal = /^[0-3]?[0-7]{1,2}/.exec(at.text.slice(at.pos, at.pos + 3));
  if (octal !== null) {
    at.pos += octal[0].length;
    return String.fromCharCode(Number.parseInt(octal[0], 8));
  }
  return at.malformed('an escape: \\t \\r \\n \\b \\f \\\\ \\" \\u', excerpt(`\\${letter}`));
}

const CHARACTERS: Readonly<Record<string, string>> = {
  newline: '\n',
  return: '\r',
  space: ' ',
  tab: '\t',
  formfeed: '\f',
  backspace: '\b',
};

/** Reads a character whose backslash is next; it becomes a string of one character. */
export function readCharacter(at: EdnScanner): string {
  const { text } = at;
  const start = at.pos + 1;
  if (start >= text.length) return at.truncated('a character after \\');
  // The first character counts whatever it is: `\(` and `\"` are characters.
  let end = start + 1;
  while (end < text.length && !isTerminator(text.charCodeAt(end)) && text.charCodeAt(end) !== BACKSLASH)
    end++;
  const name = text.slice(start, end);
  const value = characterOf(name);
  if (value === undefined) return at.malformed('a character', excerpt(`\\${name}`));
  at.pos = end;
  return value;
}

function characterOf(name: string): string | undefined {
  if ([...name].length === 1) return name.trim() === '' && name.charCodeAt(0) !== QUOTE ? undefined : name;
  if (/^u[0-9a-fA-F]{4}$/.test(name)) return String.fromCharCode(Number.parseInt(name.slice(1), 16));
  if (/^o[0-3]?[0-7]{1,2}$/.test(name)) return String.fromCharCode(Number.parseInt(name.slice(1), 8));
  return Object.hasOwn(CHARACTERS, name) ? CHARACTERS[name] : undefined;
}
