import { excerpt, type HistoryFormatCode, HistoryFormatError } from './error.ts';

const NEWLINE = 10;

/** A position in a text, its line number, and the errors that name them. */
export class TextScanner {
  readonly format: string;
  readonly text: string;
  /** The next character to read. */
  pos = 0;
  /** When set, integers beyond 2^53 are rounded instead of refused: for times, where the order of the file counts. */
  roundsIntegers = false;
  /** The line last asked for: its number, where it begins, and where its line end stands. */
  private lineNumber: number;
  private lineStart = 0;
  private lineEnd: number;

  constructor(format: string, text: string, firstLine: number) {
    this.format = format;
    this.text = text;
    this.lineNumber = firstLine;
    this.lineEnd = this.endOfLine();
  }

  /** Line number of a position. Cheap when asked in ascending order. */
  lineAt(pos: number): number {
    if (pos < this.lineStart) {
      let line = this.lineNumber;
      for (let i = pos; i < this.lineStart; i++) if (this.text.charCodeAt(i) === NEWLINE) line--;
      return line;
    }
    while (this.lineEnd < pos) {
      this.lineNumber++;
      this.lineStart = this.lineEnd + 1;
      this.lineEnd = this.endOfLine();
    }
    return this.lineNumber;
  }

  private endOfLine(): number {
    const end = this.text.indexOf('\n', this.lineStart);
    return end === -1 ? this.text.length : end;
  }

  /** What stands at a position up to the end of its line, for an error. */
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

  private fail(code: HistoryFormatCode, expected: string, found: string): never {
    throw new HistoryFormatError(code, this.format, this.lineAt(this.pos), expected, found);
  }
}
