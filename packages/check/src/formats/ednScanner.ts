import { excerpt, type HistoryFormatCode, HistoryFormatError } from './error.ts';

const NEWLINE = 10;

/** 1 for the characters EDN treats as blank; commas are among them. */
export const SPACE: Uint8Array = tableOf(' \t\n\r\f\v,');
const TERMINATOR: Uint8Array = tableOf(' \t\n\r\f\v,()[]{}";');

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let i = 0; i < characters.length; i++) table[characters.charCodeAt(i)] = 1;
  return table;
}

/** True for the characters that end a number, keyword or symbol. */
export function isTerminator(code: number): boolean {
  return code < 128 && TERMINATOR[code] === 1;
}

const CACHE_SIZE = 1024;

/** A position in EDN text: keywords, line numbers and errors. */
export class EdnScanner {
  readonly format: string;
  readonly text: string;
  /** The next character to read. */
  pos = 0;
  private linePos = 0;
  private lineNumber: number;
  private readonly keywords: (string | undefined)[];

  constructor(format: string, text: string, firstLine: number) {
    this.format = format;
    this.text = text;
    this.lineNumber = firstLine;
    this.keywords = sharedKeywords;
  }

  /** Line number of a position. Cheap when asked in ascending order. */
  lineAt(pos: number): number {
    let line = this.lineNumber;
    let from = this.linePos;
    if (pos < from) {
      for (let i = pos; i < from; i++) if (this.text.charCodeAt(i) === NEWLINE) line--;
      return line;
    }
    for (;;) {
      const end = this.text.indexOf('\n', from);
      if (end === -1 || end >= pos) break;
      line++;
      from = end + 1;
    }
    this.lineNumber = line;
    this.linePos = from;
    return line;
  }

  /** Reads a keyword whose `:` is next; returns it without the colon. The same keyword is the same string. */
  keyword(): string {
    const { text } = this;
    const start = this.pos + 1;
    let end = start;
    let hash = 0;
    for (;;) {
      const code = text.charCodeAt(end);
      if (end >= text.length || isTerminator(code)) break;
      hash = (Math.imul(hash, 31) + code) | 0;
      end++;
    }
    if (end === start) return this.malformed("a keyword after ':'", this.nextThing(start));
    if (text.charCodeAt(start) === 0x3a) {
      return this.malformed('a keyword with one colon', excerpt(text.slice(this.pos, end)));
    }
    const slot = (hash ^ (hash >>> 10)) & (CACHE_SIZE - 1);
    const known = this.keywords[slot];
    this.pos = end;
    if (known !== undefined && known.length === end - start && text.startsWith(known, start)) return known;
    const name = text.slice(start, end);
    this.keywords[slot] = name;
    return name;
  }

  /** What stands at a position, for an error. */
  nextThing(pos: number = this.pos): string {
    if (pos >= this.text.length) return 'the end of the file';
    const end = this.text.indexOf('\n', pos);
    return excerpt(this.text.slice(pos, end === -1 ? this.text.length : Math.max(end, pos + 1)));
  }

  malformed(expected: string, found: string): never {
    return this.fail('MALFORMED', expected, found);
  }

  refused(expected: string, found: string): never {
    return this.fail('REFUSED', expected, found);
  }

  truncated(expected: string): never {
    return this.fail('TRUNCATED', expected, 'the end of the file');
  }

  fail(code: HistoryFormatCode, expected: string, found: string): never {
    throw new HistoryFormatError(code, this.format, this.lineAt(this.pos), expected, found);
  }
}

// Keywords are few and repeat for every operation; one table serves all readers and holds only immutable text.
const sharedKeywords: (string | undefined)[] = new Array<string | undefined>(CACHE_SIZE).fill(undefined);
