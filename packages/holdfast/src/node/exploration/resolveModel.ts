import { basename, resolve } from 'node:path';
import { type Explorable, explorable, isExplorable, isExploreModel, NAMED_MODELS } from '@holdfast/explore';
import { kindOfFile } from '../files.ts';
import { defaultExport, importModule } from '../importModule.ts';
import { InputError, messageOf } from '../inputError.ts';
import { didYouMean } from '../nearest.ts';

/** Where a model can be loaded from again, in any thread or process: plain data. */
export type ModelReference =
  | { readonly kind: 'built-in'; readonly name: string }
  /** `path` is absolute; `name` says which of the file's models. */
  | { readonly kind: 'file'; readonly path: string; readonly name: string };

/** A model and where it came from. */
export interface LoadedModel {
  readonly model: Explorable;
  readonly reference: ModelReference;
}

const FILE = /[\\/]|\.[cm]?[jt]sx?(#|$)/;

/** Loads what a person named: a built-in model, a file, or `file#name`. Paths are relative to `cwd`. Throws `InputError`. */
export async function resolveModel(text: string, cwd: string): Promise<LoadedModel> {
  if (!FILE.test(text)) return { model: namedModel(text), reference: { kind: 'built-in', name: text } };
  const [, path = text, name] = /^(.+)#([^\\/#]*)$/.exec(text) ?? [];
  const absolute = resolve(cwd, path);
  const models = await modelsIn(absolute, path);
  const [chosen, model] = pick(models, name, path);
  return { model, reference: { kind: 'file', path: absolute, name: chosen } };
}

/** Loads a reference again, as a thread does. Throws `InputError`. */
export async function loadModel(reference: ModelReference): Promise<Explorable> {
  if (reference.kind === 'built-in') return namedModel(reference.name);
  const models = await modelsIn(reference.path, reference.path);
  return pick(models, reference.name, reference.path)[1];
}

function namedModel(name: string): Explorable {
  const found = NAMED_MODELS.find((candidate) => candidate.name === name);
  if (found !== undefined) return found.load();
  const near = didYouMean(
    name,
    NAMED_MODELS.map((candidate) => candidate.name),
  );
  throw new InputError(
    `Cannot explore '${name}' as a model: there is no built-in model of that name`,
    near ?? "see 'holdfast explore', which lists them, or give the path of a file",
  );
}

async function modelsIn(path: string, shown: string): Promise<ReadonlyMap<string, Explorable>> {
  if (kindOfFile(path) !== 'file') {
    throw new InputError(
      `Cannot load models from ${shown}: there is no such file`,
      'check the path; it is relative to the current folder',
    );
  }
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await importModule(path);
  } catch (error) {
    throw new InputError(
      `Cannot load models from ${shown}: ${messageOf(error)}`,
      'mend the file; it must load without error',
      { cause: error },
    );
  }
  const found = collect(defaultExport(module));
  if (found !== undefined && found.size > 0) return found;
  throw new InputError(
    `Cannot load models from ${shown}: its default export is no model`,
    'write `export default explorable(model, bounds)`, or export a model, or a record of them, as default',
  );
}

function collect(value: unknown): ReadonlyMap<string, Explorable> | undefined {
  if (isExplorable(value)) return new Map([[value.name, value]]);
  if (isExploreModel(value)) return new Map([[value.name, explorable(value)]]);
  if (typeof value !== 'object' || value === null) return undefined;
  const models = new Map<string, Explorable>();
  for (const [key, item] of Object.entries(value)) {
    const [only] = collectOne(item);
    if (only === undefined) return undefined;
    models.set(Array.isArray(value) ? only.name : key, only);
  }
  return models;
}

function collectOne(value: unknown): Explorable[] {
  if (isExplorable(value)) return [value];
  return isExploreModel(value) ? [explorable(value)] : [];
}

function pick(
  models: ReadonlyMap<string, Explorable>,
  name: string | undefined,
  shown: string,
): [string, Explorable] {
  const entries = [...models];
  const only = entries.length === 1 ? entries[0] : undefined;
  const found =
    name === undefined ? only : entries.find(([key, model]) => key === name || model.name === name);
  if (found !== undefined) return found;
  const names = entries.map(([key]) => key);
  const near = name === undefined ? undefined : didYouMean(name, names);
  throw new InputError(
    `Cannot choose ${name === undefined ? 'a model' : `'${name}'`} from ${shown}: it holds ${names.join(', ')}`,
    near ?? `pick one, as in ${basename(shown)}#${names[0] ?? 'name'}`,
  );
}
