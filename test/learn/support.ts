import type { Exercise, ExerciseTask, Grade } from 'holdfast';

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

/** The letters of choices, by question: each choice is named by its beginning. */
export function lettersOf(
  { text }: ExerciseTask,
  choices: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(choices).map(([id, choice]) => {
      const asked = text.slice(text.indexOf(`${id}: `));
      const line = asked
        .split('\n')
        .find((each) => /^ {2}[a-h]\) /.test(each) && each.slice(5).startsWith(choice));
      if (line === undefined)
        throw new Error(`Cannot find a choice '${choice}' of ${id}: none begins so; mend the test`);
      return [id, line.slice(2, 3)];
    }),
  );
}
