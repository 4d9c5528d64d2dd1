/** A reader that wants whole lines, without their line ends. */
export interface LineReader {
  /** One line, numbered from 1; blank lines are handed over too. */
  line(text: string, number: number): void;
}

const RETURN = 13;

/** Cuts pushed text into lines (LF or CRLF), whatever the cuts between pieces. */
export class LineCutter {
  /** Lines handed over so far. */
  lines = 0;
  private readonly reader: LineReader;
  private rest = '';

  constructor(reader: LineReader) {
    this.reader = reader;
  }

  push(chunk: string): void {
    let start = 0;
    let end = chunk.indexOf('\n', start);
    if (end !== -1 && this.rest !== '') {
      this.emit(this.rest + chunk.slice(start, end));
      this.rest = '';
      start = end + 1;
      end = chunk.indexOf('\n', start);
    }
    while (end !== -1) {
      this.emit(chunk.slice(start, end));
      start = end + 1;
      end = chunk.indexOf('\n', start);
    }
    if (start < chunk.length) this.rest += chunk.slice(start);
  }

  /** What has come since the last line end: a line that may be cut short. */
  get unfinished(): string {
    return this.rest;
  }

  /** Hands over a last line that has no line end. */
  finish(): void {
    if (this.rest === '') return;
    const last = this.rest;
    this.rest = '';
    this.emit(last);
  }

  private emit(text: string): void {
    this.lines++;
    const end = text.length - 1;
    this.reader.line(text.charCodeAt(end) === RETURN ? text.slice(0, end) : text, this.lines);
  }
}
