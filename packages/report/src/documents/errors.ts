/** Thrown for a document that cannot be read, or facts that do not fill its form. */
export class DocumentError extends Error {
  readonly code = 'BAD_DOCUMENT';
  constructor(problem: string, mend: string) {
    super(`${problem}; ${mend}`);
    this.name = 'DocumentError';
  }
}
