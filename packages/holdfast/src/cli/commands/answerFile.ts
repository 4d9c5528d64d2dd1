import { extname } from 'node:path';
import type { Plain } from '@holdfast/plain';
import { BadFileError, readChecked, type Schema } from '@holdfast/live';
import type { Exercise } from '../../learning/index.ts';
import { readGiven } from '../../node/files.ts';
import { defaultExport, importModule } from '../../node/importModule.ts';
import { InputError, messageOf } from '../../node/inputError.ts';

/** A file of answers, read. */
export interface AnswerFile {
  readonly exercise: string;
  readonly seed: number;
  /** The record of answers, or the default export of code. */
  readonly answers: unknown;
}

const SCHEMA: Schema = {
  type: 'object',
  required: ['exercise', 'seed', 'answers'],
  properties: {
    exercise: { type: 'string' },
    seed: { type: 'integer', minimum: 0 },
    answers: { type: 'object' },
  },
};

/** Reads a file of answers: JSON, YAML, or TypeScript. Throws `InputError`. */
export async function readAnswerFile(path: string, shown: string): Promise<AnswerFile> {
  const text = new TextDecoder().decode(readGiven(path, 'answers'));
  if (/\.[cm]?[jt]s$/.test(extname(path))) return await codeIn(path, shown);
  try {
    return readChecked(text, shown, SCHEMA) as AnswerFile;
  } catch (error) {
    if (!(error instanceof BadFileError)) throw error;
    const all = error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
    throw new InputError(`Cannot read ${shown} as answers: ${all.join('; ')}`, 'mend the file', {
      cause: error,
    });
  }
}

async function codeIn(path: string, shown: string): Promise<AnswerFile> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await importModule(path);
  } catch (error) {
    throw new InputError(`Cannot load ${shown}: ${messageOf(error)}`, 'mend the file', { cause: error });
  }
  // A file that was compiled to CommonJS has its names within the default.
  const inner = module['default'];
  const named =
    typeof inner === 'object' && inner !== null && '__esModule' in inner
      ? (inner as Readonly<Record<string, unknown>>)
      : module;
  const { exercise, seed = 1 } = named;
  if (typeof exercise !== 'string' || typeof seed !== 'number') {
    throw new InputError(
      `Cannot grade ${shown}: it does not say which exercise it answers`,
      "write `export const exercise = '...'`",
    );
  }
  return { exercise, seed, answers: defaultExport(module) };
}

/** The file a learner begins with: the empty answers of a task, one a line, or the code to change. */
export function blankFile(
  { name, answers }: Exercise,
  seed: number,
  blank: Readonly<Record<string, Plain>> | string,
): { readonly ending: string; readonly text: string } {
  if (typeof blank === 'string') {
    const head = `export const exercise = '${name}';\nexport const seed = ${seed};\n`;
    return { ending: '.ts', text: `${head}\n${blank}` };
  }
  const lines = Object.entries(blank).map(([key, value]) => `    ${JSON.stringify(key)}: ${spaced(value)}`);
  const head = `{\n  "exercise": ${JSON.stringify(name)},\n  "seed": ${seed},\n`;
  return {
    ending: answers === 'code' ? '.ts' : '.json',
    text: `${head}  "answers": {\n${lines.join(',\n')}\n  }\n}\n`,
  };
}

/** JSON on one line, with room to write. */
function spaced(value: Plain): string {
  return JSON.stringify(value).replaceAll(',', ', ').replaceAll(':', ': ');
}
