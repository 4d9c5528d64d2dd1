/** Thrown for a log or trace of another tool that cannot be read. */
export class TraceFormatError extends Error {
  readonly code = 'BAD_TRACE';
  readonly format: string;
  /** From 1; 0 where no line is at fault. */
  readonly line: number;
  constructor(format: string, line: number, wanted: string, found: string) {
    const place = line > 0 ? `line ${line}` : 'the file';
    super(`Cannot read ${place} as ${format}: wanted ${wanted}, found ${found}; mend it there`);
    this.name = 'TraceFormatError';
    this.format = format;
    this.line = line;
  }
}
