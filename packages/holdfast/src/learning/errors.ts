/** Thrown for an exercise that is put together wrongly: by whoever writes exercises, not by a learner. */
export class ExerciseError extends Error {
  readonly code = 'BAD_EXERCISE';
  readonly exercise: string;
  constructor(exercise: string, action: string, mend: string) {
    super(`Cannot use exercise '${exercise}' as it is: ${action}; ${mend}`);
    this.name = 'ExerciseError';
    this.exercise = exercise;
  }
}

/** Thrown for answers that cannot be marked, as they are of another kind than what was asked. Nothing of them was marked. */
export class AnswerError extends Error {
  readonly code = 'BAD_ANSWER';
  /** Which answer. */
  readonly where: string;
  constructor(where: string, expected: string, found: unknown) {
    super(
      `Cannot mark ${where} as ${expected}: it is ${shown(found)}; write it as the empty answers have it, or leave null`,
    );
    this.name = 'AnswerError';
    this.where = where;
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'not there' : (JSON.stringify(value) ?? typeof value);
}
