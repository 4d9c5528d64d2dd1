import { HistoryFormatError } from './error.ts';
import type { StreamReader, TimeShape } from './parsed.ts';
import type { TextScanner } from './scanner.ts';

/** The history's closing bracket has been read. */
const CLOSED = -1;

/** A scanner that knows what to pass over between forms. */
export interface FormScanner extends TextScanner {
  skipBlankOrEnd(): boolean;
}

/**
 * Reads a history of bracketed forms (EDN maps, JSON objects), standing one after the other or inside one outer
 * bracket. Text is read up to the last line end that has arrived, so that pieces may be cut anywhere.
 */
export abstract class FormsReader<S extends FormScanner> implements StreamReader {
  private waiting: string[] = [];
  private line = 1;
  private started = false;
  private elements = 0;
  /** The bracket that ends the history; 0 when the forms stand alone. */
  private closing = 0;
  /** Line of the history's opening bracket. */
  private opened = 0;

  push(chunk: string): void {
    const end = chunk.lastIndexOf('\n');
    if (end === -1) {
      this.waiting.push(chunk);
      return;
    }
    this.waiting.push(chunk.slice(0, end + 1));
    const text = this.waiting.join('');
    const rest = this.read(text, false);
    this.waiting = rest === '' ? [] : [rest];
    if (end + 1 < chunk.length) this.waiting.push(chunk.slice(end + 1));
  }

  finish(): TimeShape {
    this.read(this.waiting.join(''), true);
    return this.shape();
  }

  /** A scanner over `text`, whose first line has the given number. */
  protected abstract scan(text: string, line: number): S;

  /** Reads one operation, which begins at the scanner's position. */
  protected abstract operation(scanner: S): void;

  /** Passes over what must stand before a form that is not the first inside the outer bracket. */
  protected abstract separator(scanner: S): void;

  /** The closing bracket for an opening one that may enclose a history, or 0. */
  protected abstract closingOf(opening: number): number;

  protected abstract shape(): TimeShape;

  /** Reads what is complete; returns the text of a form that is not complete yet. */
  private read(text: string, isLast: boolean): string {
    const scanner = this.scan(text, this.line);
    let start = 0;
    try {
      while (scanner.skipBlankOrEnd()) {
        this.topLevel(scanner);
        start = scanner.pos;
      }
    } catch (error) {
      if (isLast || !(error instanceof HistoryFormatError) || error.code !== 'TRUNCATED') throw error;
      this.line = scanner.lineAt(start);
      return text.slice(start);
    }
    this.line = scanner.lineAt(text.length);
    if (isLast) this.checkEnd(scanner);
    return '';
  }

  private checkEnd(scanner: S): void {
    if (!this.started) scanner.truncated('an operation, or a list of them');
    if (this.closing > 0) {
      scanner.truncated(
        `'${String.fromCharCode(this.closing)}', the end of the list that begins on line ${this.opened}`,
      );
    }
  }

  private topLevel(scanner: S): void {
    const code = scanner.text.charCodeAt(scanner.pos);
    if (this.closing === CLOSED)
      scanner.malformed('the end of the file after the history', scanner.nextThing());
    if (!this.started) {
      this.started = true;
      this.closing = this.closingOf(code);
      if (this.closing !== 0) {
        this.opened = scanner.lineAt(scanner.pos);
        scanner.pos++;
        return;
      }
    }
    if (this.closing !== 0 && code === this.closing) {
      scanner.pos++;
      this.closing = CLOSED;
      return;
    }
    if (this.closing !== 0 && this.elements > 0) this.separator(scanner);
    this.operation(scanner);
    this.elements++;
  }
}
