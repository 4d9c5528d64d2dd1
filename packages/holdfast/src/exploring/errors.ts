/** Thrown for an experiment that exploration cannot take: `mend` says what can be done instead. */
export class NotExplorableError extends Error {
  readonly code = 'NOT_EXPLORABLE';
  readonly experiment: string;
  readonly mend: string;
  constructor(experiment: string, why: string, mend: string) {
    super(`Cannot explore experiment '${experiment}' as ${why}`);
    this.name = 'NotExplorableError';
    this.experiment = experiment;
    this.mend = mend;
  }
}
