import { AnswerError } from './errors.ts';
import type { Mark } from './marks.ts';

/** What a case of a suite found in submitted code: undefined when it is as it must be. */
export type CaseFinding = { readonly because: string; readonly belief?: string } | undefined;

/** The functions of a submission; throws `AnswerError` for a default export that lacks one. */
export function functionsOf<T extends object>(submitted: unknown, names: readonly (keyof T & string)[]): T {
  if (typeof submitted !== 'object' || submitted === null)
    throw new AnswerError('the default export', `a record with ${names.join(', ')}`, typeof submitted);
  for (const name of names) {
    if (typeof (submitted as Readonly<Record<string, unknown>>)[name] !== 'function')
      throw new AnswerError(
        `'${name}' of the default export`,
        'a function',
        typeof (submitted as Readonly<Record<string, unknown>>)[name],
      );
  }
  return submitted as T;
}

/** What is expected of a case of a suite. */
export const TO_HOLD = 'to hold';

/** Runs one case on submitted code, and marks it: what it throws fails the case, and is told. */
export function markCase(item: string, play: () => CaseFinding): Mark {
  let found: CaseFinding;
  try {
    found = play();
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    found = { because: `it throws: ${says}` };
  }
  if (found === undefined)
    return {
      item,
      right: true,
      given: 'holds',
      expected: TO_HOLD,
      because: 'every run of it is as it must be',
    };
  return { item, right: false, given: 'does not hold', expected: TO_HOLD, ...found };
}
