import type { Exercise, Grade } from './exercise.ts';
import { passes } from './exercise.ts';

/** One graded attempt, as it is kept. */
export interface Attempt {
  /** When, for people: an ISO date and time. */
  readonly at: string;
  readonly exercise: string;
  readonly seed: number;
  readonly passed: boolean;
  readonly right: number;
  readonly of: number;
}

/** One wrong prediction, as the mistake log keeps it. */
export interface Mistake {
  readonly at: string;
  readonly exercise: string;
  readonly seed: number;
  readonly topic: string;
  readonly item: string;
  readonly given: string;
  readonly expected: string;
  readonly because: string;
  /** What was believed; absent where the answer fits no known belief. */
  readonly belief?: string;
}

/** Entries a mistake log must have at the end of the course: who makes no mistakes has asked too little. */
export const MISTAKES_WANTED = 8;

/** The attempt that a grade is. */
export function attemptOf(exercise: Exercise, seed: number, grade: Grade, at: string): Attempt {
  return {
    at,
    exercise: exercise.name,
    seed,
    passed: passes(exercise, grade),
    right: grade.marks.filter(({ right }) => right).length,
    of: grade.marks.length,
  };
}

/** The wrong answers of a grade that are not in the log yet. What was not answered is no mistake. */
export function newMistakes(
  { name, topic }: Exercise,
  seed: number,
  { marks }: Grade,
  { at, log }: { readonly at: string; readonly log: readonly Mistake[] },
): readonly Mistake[] {
  const key = (of: Pick<Mistake, 'exercise' | 'seed' | 'item' | 'given'>): string =>
    JSON.stringify([of.exercise, of.seed, of.item, of.given]);
  const known = new Set(log.map(key));
  return marks.flatMap(({ item, right, given, expected, because, belief }): Mistake[] => {
    if (right || given === '' || known.has(key({ exercise: name, seed, item, given }))) return [];
    const what = { at, exercise: name, seed, topic, item, given, expected, because };
    return [belief === undefined ? what : { ...what, belief }];
  });
}

/** A belief that the log shows, and how it stands now. */
export interface ReviewedBelief {
  /** The belief, or that there is none known. */
  readonly belief: string;
  readonly times: number;
  readonly exercises: readonly string[];
  readonly last: Mistake;
  /** Whether each of its exercises was passed after the last mistake of this kind. */
  readonly settled: boolean;
}

/** What a mistake that fits no known belief is filed under. */
export const NO_BELIEF = 'no known belief: read the reason';

/** The mistake log by what was believed, the open ones first and the commonest first among them. */
export function reviewMistakes(
  log: readonly Mistake[],
  attempts: readonly Attempt[],
): readonly ReviewedBelief[] {
  const groups = new Map<string, Mistake[]>();
  for (const mistake of log) {
    const belief = mistake.belief ?? NO_BELIEF;
    groups.set(belief, [...(groups.get(belief) ?? []), mistake]);
  }
  return [...groups]
    .map(([belief, mistakes]): ReviewedBelief => {
      const last = mistakes.at(-1) as Mistake;
      const exercises = [...new Set(mistakes.map(({ exercise }) => exercise))];
      const settled = exercises.every((name) =>
        attempts.some(({ exercise, passed, at }) => exercise === name && passed && at > last.at),
      );
      return { belief, times: mistakes.length, exercises, last, settled };
    })
    .toSorted((a, b) => Number(a.settled) - Number(b.settled) || b.times - a.times);
}

/** How one exercise stands. */
export interface ExerciseStanding {
  readonly attempts: number;
  readonly passed: boolean;
  /** Seeds that were passed. */
  readonly seeds: readonly number[];
}

/** How an exercise stands by the attempts at it. */
export function standingOf(name: string, attempts: readonly Attempt[]): ExerciseStanding {
  const own = attempts.filter(({ exercise }) => exercise === name);
  const seeds = [...new Set(own.filter(({ passed }) => passed).map(({ seed }) => seed))];
  return { attempts: own.length, passed: seeds.length > 0, seeds };
}
