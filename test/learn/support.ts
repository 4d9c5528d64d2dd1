import type { Exercise, Grade } from 'holdfast';

/** An exercise of a list, by its name. */
export function named(exercises: readonly Exercise[], name: string): Exercise {
  const found = exercises.find((each) => each.name === name);
  if (found === undefined)
    throw new Error(`Cannot find exercise '${name}': the list has none; mend the test`);
  return found;
}

/** The items that were marked wrong. */
export function wrongItems({ marks }: Grade): string[] {
  return marks.filter(({ right }) => !right).map(({ item }) => item);
}

/** The beliefs that a grade names, each once. */
export function beliefsOf({ marks }: Grade): string[] {
  return [...new Set(marks.flatMap(({ belief }) => belief ?? []))];
}

/** Answers to a task as an expert gives them: what a grade of empty answers says is expected, by item. */
export function expectedOf({ marks }: Grade): Readonly<Record<string, string>> {
  return Object.fromEntries(marks.map(({ item, expected }) => [item, expected]));
}
