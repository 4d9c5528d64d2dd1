import { AnswerError } from './errors.ts';

/** One answer, marked. */
export interface Mark {
  /** What was asked: `Lamport stamp of b2`. */
  readonly item: string;
  readonly right: boolean;
  /** As the learner gave it; empty where nothing was given. */
  readonly given: string;
  /** The answer of the run. */
  readonly expected: string;
  /** Why it is. */
  readonly because: string;
  /** What somebody believes who answers so, and what is wrong with it; absent when the answer is right, missing, or fits no known belief. */
  readonly belief?: string;
}

/** A wrong answer that a known belief leads to. */
export interface BeliefAnswer {
  readonly answer: string;
  /** The belief, and what is wrong with it. */
  readonly belief: string;
}

/** Marks one answer given as text; empty is not answered. The first belief whose answer it is is named. */
export function markText(
  item: string,
  given: string,
  {
    expected,
    because,
    beliefs = [],
  }: { readonly expected: string; readonly because: string; readonly beliefs?: readonly BeliefAnswer[] },
): Mark {
  const right = given === expected;
  const belief = right || given === '' ? undefined : beliefs.find(({ answer }) => answer === given)?.belief;
  return { item, right, given, expected, because, ...(belief === undefined ? {} : { belief }) };
}

/** Answers as a record; throws `AnswerError` for anything else. */
export function recordOf(value: unknown, where: string = 'the answers'): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new AnswerError(where, 'a record of answers', value);
}

/** A text, a number or a yes or no as text; empty for null and what is not there. Throws `AnswerError` for anything else. */
export function textIn(answers: Readonly<Record<string, unknown>>, key: string, where: string = key): string {
  const value = answers[key];
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new AnswerError(where, 'a word or a number', value);
}

/** A finite number; undefined for null and what is not there. Throws `AnswerError` for anything else. */
export function numberIn(
  answers: Readonly<Record<string, unknown>>,
  key: string,
  where: string = key,
): number | undefined {
  const value = answers[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new AnswerError(where, 'a number', value);
}

/** A list; empty for null and what is not there. Throws `AnswerError` for anything else. */
export function listIn(
  answers: Readonly<Record<string, unknown>>,
  key: string,
  where: string = key,
): readonly unknown[] {
  const value = answers[key];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new AnswerError(where, 'a list', value);
}

/** A list of words; entries that are null are left out. Throws `AnswerError`. */
export function wordsIn(
  answers: Readonly<Record<string, unknown>>,
  key: string,
  where: string = key,
): readonly string[] {
  return listIn(answers, key, where).flatMap((value) => {
    if (value === null) return [];
    if (typeof value === 'string' || typeof value === 'number') return [String(value).trim()];
    throw new AnswerError(where, 'a list of words', value);
  });
}
