import type { Plain } from '@holdfast/plain';
import { ExerciseError } from './errors.ts';
import type { Mark } from './marks.ts';

/** The five clusters of what is to be learned, in their order, and what takes from all of them. */
export const TOPICS = ['reality', 'clocks', 'detection', 'consensus', 'patterns', 'whole'] as const;
/** One of them. */
export type Topic = (typeof TOPICS)[number];

/** An exercise as its file states it. */
export interface ExerciseDefinition {
  /** Unique; what a person types. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what can be done by whoever passes. */
  readonly about: string;
  readonly topic: Topic;
  /** `file`: answers in JSON or YAML. `code`: a TypeScript file whose default export is run. */
  readonly answers: 'file' | 'code';
  /** The least share of right answers that passes: above 0, at most 1. Default 1. */
  readonly passShare?: number;
  /** Makes the task of a seed, always the same one. */
  readonly task: (seed: number) => ExerciseTask;
}

/** One task: what is asked, what is to be filled in, and how it is marked. */
export interface ExerciseTask {
  /** What the learner reads. */
  readonly text: string;
  /** SVG files to look at, by name. */
  readonly pictures?: Readonly<Record<string, string>>;
  /** The answers with nothing filled in, or the TypeScript file to begin with. */
  readonly blank: Readonly<Record<string, Plain>> | string;
  /**
   * Marks answers, item by item: of a file the record of answers, of code its default export. Throws `AnswerError` for what is of
   * another kind than what was asked.
   */
  readonly grade: (answers: unknown) => Grade;
}

/** How answers were marked. */
export interface Grade {
  readonly marks: readonly Mark[];
  /** Files worth keeping, by name: a picture of what was found, a drawing that verifies. */
  readonly artefacts?: Readonly<Record<string, string>>;
  /** Lines to tell beside the marks: a table that was measured. */
  readonly told?: readonly string[];
}

const IS_EXERCISE: unique symbol = Symbol.for('holdfast/exercise');

/** An exercise, as `exercise` made it. */
export interface Exercise extends ExerciseDefinition {
  readonly passShare: number;
  readonly [IS_EXERCISE]: true;
}

/** Checks an exercise and makes it one. Throws `ExerciseError`. */
export function exercise(definition: ExerciseDefinition): Exercise {
  const { name, passShare = 1, about, title } = definition;
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new ExerciseError(
      name,
      'its name is not of small letters, digits and hyphens',
      'name it like lamport-by-hand',
    );
  }
  if (about.trim() === '' || title.trim() === '')
    throw new ExerciseError(name, 'its title or what it is about is empty', 'say both');
  if (!(passShare > 0 && passShare <= 1))
    throw new ExerciseError(name, `it passes at a share of ${passShare}`, 'give one above 0, at most 1');
  return { ...definition, passShare, [IS_EXERCISE]: true };
}

/** Whether something is an exercise, whichever copy of this module made it. */
export function isExercise(value: unknown): value is Exercise {
  return typeof value === 'object' && value !== null && IS_EXERCISE in value;
}

/** Whether a grade passes an exercise: enough marks, of at least one, are right. */
export function passes({ passShare }: Pick<Exercise, 'passShare'>, { marks }: Grade): boolean {
  const right = marks.filter((mark) => mark.right).length;
  return marks.length > 0 && right >= passShare * marks.length;
}
