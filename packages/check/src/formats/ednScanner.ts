import { excerpt } from './error.ts';
import { TextScanner } from './scanner.ts';

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

// Keywords are few and repeat for every operation; one table serves all readers and holds only immutable text.
const keywords: (string | undefined)[] = new Array<string | undefined>(CACHE_SIZE).fill(undefined);

/** A position in EDN text, and its keywords. */
export class EdnScanner extends TextScanner {
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
    const known = keywords[slot];
    this.pos = end;
    if (known !== undefined && known.length === end - start && text.startsWith(known, start)) return known;
    const name = text.slice(start, end);
    keywords[slot] = name;
    return name;
  }
}
