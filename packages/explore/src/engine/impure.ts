/** Thrown when a model's own code gave two answers to one question: memoising it would hide behaviours. */
export class ImpureModelError extends Error {
  readonly code = 'IMPURE_MODEL';
  readonly model: string;
  readonly where: string;
  constructor(model: string, what: string, where: string) {
    super(
      `Cannot explore '${model}' as each step must depend on its state and its choices only: ${what} ` +
        `gave another result at ${where} when run again; look for a clock, a random number, or something kept outside the state`,
    );
    this.name = 'ImpureModelError';
    this.model = model;
    this.where = where;
  }
}
