/** Thrown for an experiment that cannot be run as written: `where` names the field, the text says how to mend it. */
export class ExperimentError extends Error {
  readonly code = 'BAD_EXPERIMENT';
  readonly where: string;
  constructor(where: string, problem: string, mend: string) {
    super(`Cannot use the experiment as written: ${where} ${problem}; ${mend}`);
    this.name = 'ExperimentError';
    this.where = where;
  }
}
