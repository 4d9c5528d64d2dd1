import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Exercise, isExercise } from '../../learning/index.ts';
import { kindOfFile } from '../../node/files.ts';
import { defaultExport, importModule } from '../../node/importModule.ts';
import { InputError, messageOf } from '../../node/inputError.ts';
import { didYouMean } from '../../node/nearest.ts';
import { casebookFolder } from './casebookFiles.ts';

/** What a file of exercises is called, in whatever folder of the casebook, at most two below it. */
const FILE = 'exercises.ts';
const DEPTH = 2;

/** Every exercise there is, in the order of their folders. Throws `InputError`. */
export async function loadExercises(cwd: string, from: string | undefined): Promise<readonly Exercise[]> {
  const folder = from === undefined ? casebookFolder(cwd, undefined) : resolve(cwd, from);
  const found: Exercise[] = [];
  for (const path of filesIn(folder, DEPTH)) found.push(...(await exercisesIn(path)));
  if (found.length === 0) {
    throw new InputError(
      `Cannot find exercises in ${folder}: no folder in it holds an ${FILE}`,
      'give --from the casebook',
    );
  }
  const twice = found.find(({ name }, i) => found.findIndex((other) => other.name === name) < i);
  if (twice === undefined) return found;
  throw new InputError(
    `Cannot use the exercises in ${folder}: two are called '${twice.name}'`,
    'rename one of them',
  );
}

/** The exercise of a name. Throws `InputError` for a name there is none of. */
export function exerciseNamed(exercises: readonly Exercise[], name: string): Exercise {
  const found = exercises.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new InputError(
    `Cannot find exercise '${name}': there is none of that name`,
    didYouMean(
      name,
      exercises.map((each) => each.name),
    ) ?? "see 'holdfast exercise'",
  );
}

function filesIn(folder: string, depth: number): string[] {
  if (kindOfFile(folder) !== 'folder') return [];
  const own = join(folder, FILE);
  const below =
    depth === 0
      ? []
      : readdirSync(folder)
          .toSorted()
          .flatMap((name) => filesIn(join(folder, name), depth - 1));
  return kindOfFile(own) === 'file' ? [own, ...below] : below;
}

async function exercisesIn(path: string): Promise<readonly Exercise[]> {
  let found: unknown;
  try {
    found = defaultExport(await importModule(path));
  } catch (error) {
    throw new InputError(`Cannot load the exercises in ${path}: ${messageOf(error)}`, 'mend the file', {
      cause: error,
    });
  }
  if (Array.isArray(found) && found.every(isExercise)) return found;
  throw new InputError(
    `Cannot load the exercises in ${path}: its default export is no list of exercises`,
    'write `export default [exercise({ ... })]`',
  );
}
