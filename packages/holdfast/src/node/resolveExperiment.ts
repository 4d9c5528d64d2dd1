import { basename, resolve } from 'node:path';
import { type Experiment, isExperiment } from '../experiment/experiment.ts';
import { BUILT_IN } from './builtIn.ts';
import { kindOfFile } from './files.ts';
import { defaultExport, importModule } from './importModule.ts';
import { InputError, messageOf, systemCode } from './inputError.ts';
import { didYouMean } from './nearest.ts';

/** Where an experiment can be loaded from again, in any thread or process: plain data. */
export type ExperimentReference =
  | { readonly kind: 'built-in'; readonly name: string }
  | {
      readonly kind: 'file';
      /** Absolute. */
      readonly path: string;
      /** Which of the file's experiments. */
      readonly name: string;
    };

/** An experiment and where it came from. */
export interface LoadedExperiment {
  readonly experiment: Experiment;
  readonly reference: ExperimentReference;
}

const FILE_ENDING = /\.[cm]?[jt]sx?$/;
const MEND_EXPORT =
  'write `export default experiment({ ... })`, or export a list or a record of experiments as default';

/** Whether a reference speaks of a file (`./a.ts`, `a.ts#name`) rather than of a built-in experiment. */
export function isFileReference(text: string): boolean {
  const path = splitName(text).path;
  return /[\\/]/.test(path) || FILE_ENDING.test(path);
}

/**
 * Loads what a person named: a built-in experiment, a file, or `file#name` when the file holds several. Paths are relative to `cwd`.
 * Throws `InputError`.
 */
export async function resolveExperiment(text: string, cwd: string): Promise<LoadedExperiment> {
  if (!isFileReference(text)) return builtIn(text, cwd);
  const { path, name } = splitName(text);
  const absolute = resolve(cwd, path);
  const experiments = await experimentsIn(absolute, path);
  const [experiment, chosen] = pick(experiments, name, path);
  return { experiment, reference: { kind: 'file', path: absolute, name: chosen } };
}

/** Loads a reference again, as a worker does. Throws `InputError`. */
export async function loadReference(reference: ExperimentReference): Promise<Experiment> {
  if (reference.kind === 'built-in') return builtIn(reference.name, '.').experiment;
  const experiments = await experimentsIn(reference.path, reference.path);
  return pick(experiments, reference.name, reference.path)[0];
}

function splitName(text: string): { readonly path: string; readonly name: string | undefined } {
  const [, path, name] = /^(.+)#([^\\/#]*)$/.exec(text) ?? [];
  return path === undefined ? { path: text, name: undefined } : { path, name };
}

function builtIn(name: string, cwd: string): LoadedExperiment {
  const found = BUILT_IN.find((candidate) => candidate.name === name);
  if (found !== undefined) return { experiment: found.load(), reference: { kind: 'built-in', name } };
  const near = didYouMean(
    name,
    BUILT_IN.map((candidate) => candidate.name),
  );
  const file =
    kindOfFile(resolve(cwd, `${name}.ts`)) === 'file' ? ` (for the file here say ./${name}.ts)` : '';
  throw new InputError(
    `Cannot run '${name}' as an experiment: there is no built-in experiment of that name${file}`,
    near ?? "see 'holdfast list', or give the path of a file",
  );
}

type Named = ReadonlyMap<string, Experiment>;

/** The experiments a file holds, by the names they can be picked by. */
async function experimentsIn(path: string, shown: string): Promise<Named> {
  assertFile(path, shown);
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await importModule(path);
  } catch (error) {
    throw new InputError(`Cannot load experiments from ${shown}: ${messageOf(error)}`, mendImport(error), {
      cause: error,
    });
  }
  const found = collect(defaultExport(module));
  if (found !== undefined && found.size > 0) return found;
  const has = found === undefined ? 'its default export is no experiment' : 'its default export is empty';
  throw new InputError(
    `Cannot load experiments from ${shown}: ${'default' in module ? has : 'it has no default export'}`,
    MEND_EXPORT,
  );
}

function assertFile(path: string, shown: string): void {
  const found = kindOfFile(path);
  if (found === 'file') return;
  throw new InputError(
    `Cannot load experiments from ${shown}: ${found === 'none' ? 'there is no such file' : 'it is not a file'}`,
    'check the path; it is relative to the current folder',
  );
}

function mendImport(error: unknown): string {
  const missing = systemCode(error) === 'ERR_MODULE_NOT_FOUND' || systemCode(error) === 'MODULE_NOT_FOUND';
  if (missing && /'holdfast'/.test(messageOf(error))) {
    return "install Holdfast where the file is, so that it can import 'holdfast'";
  }
  if (systemCode(error) === 'ERR_UNKNOWN_FILE_EXTENSION')
    return 'give it the ending .ts: on this Node no JavaScript file may import TypeScript';
  return missing ? 'check the import' : 'mend the file; it must load without error';
}

/** An experiment, or the items of a list or record of them; undefined for anything else. */
function collect(value: unknown): Named | undefined {
  if (isExperiment(value)) return new Map([[value.name, value]]);
  if (typeof value !== 'object' || value === null) return undefined;
  const named = new Map<string, Experiment>();
  for (const [key, item] of Object.entries(value)) {
    if (!isExperiment(item)) return undefined;
    named.set(Array.isArray(value) ? item.name : key, item);
  }
  return named;
}

function pick(experiments: Named, name: string | undefined, shown: string): [Experiment, string] {
  const entries = [...experiments];
  const found =
    name === undefined
      ? entries.length === 1
        ? entries[0]
        : undefined
      : (entries.find(([key]) => key === name) ?? entries.find(([, item]) => item.name === name));
  if (found !== undefined) return [found[1], found[0]];
  const names = entries.map(([key]) => key);
  if (name === undefined) {
    throw new InputError(
      `Cannot choose among the ${names.length} experiments in ${shown}: ${names.join(', ')}`,
      `pick one, as in ${basename(shown)}#${names[0] ?? 'name'}`,
    );
  }
  throw new InputError(
    `Cannot pick '${name}' from ${shown}: it holds ${names.join(', ')}`,
    didYouMean(name, names) ?? 'pick one of these',
  );
}
