/** Thrown for a case that cannot be run as written: `where` names the field, the text says how to mend it. */
export class CaseError extends Error {
  readonly code = 'BAD_CASE';
  readonly where: string;
  constructor(where: string, problem: string, mend: string) {
    super(`Cannot use the case as written: ${where} ${problem}; ${mend}`);
    this.name = 'CaseError';
    this.where = where;
  }
}
