import { basename, resolve } from 'node:path';
import { type Explorable, explorable, isExplorable, isExploreModel, NAMED_MODELS } from '@holdfast/explore';
import { NotExplorableError } from '../../exploring/errors.ts';
import {
  type ExploredExperiment,
  exploredExperiment,
  type ExploredSize,
} from '../../exploring/experimentModel.ts';
import { type Experiment, isExperiment } from '../../experiment/experiment.ts';
import { BUILT_IN } from '../builtIn.ts';
import { kindOfFile } from '../files.ts';
import { defaultExport, importModule } from '../importModule.ts';
import { InputError, messageOf } from '../inputError.ts';
import { didYouMean } from '../nearest.ts';
import {
  type ExperimentReference,
  isFileReference,
  loadReference,
  resolveExperiment,
} from '../resolveExperiment.ts';

/** Where a model can be loaded from again, in any thread or process: plain data. */
export type ModelReference =
  | { readonly kind: 'built-in'; readonly name: string }
  /** `path` is absolute; `name` says which of the file's models. */
  | { readonly kind: 'file'; readonly path: string; readonly name: string }
  | {
      readonly kind: 'experiment';
      readonly name: string;
      readonly experiment: ExperimentReference;
      readonly size: ExploredSize;
    };

/** A model and where it came from. */
export interface LoadedModel {
  readonly model: Explorable;
  readonly reference: ModelReference;
  /** What was made of an experiment, when it is one. */
  readonly explored?: ExploredExperiment;
}

/**
 * Loads what a person named: a built-in model, a built-in experiment, a file of models or experiments, or `file#name`. A name that both a
 * model and an experiment have is the model's, unless a size is given: only experiments have one. Paths are relative to `cwd`. Throws `InputError`.
 */
export async function resolveModel(text: string, cwd: string, size?: ExploredSize): Promise<LoadedModel> {
  if (!isFileReference(text)) {
    const model = size === undefined ? NAMED_MODELS.find((candidate) => candidate.name === text) : undefined;
    if (model !== undefined) return { model: model.load(), reference: { kind: 'built-in', name: text } };
    if (!BUILT_IN.some(({ name }) => name === text)) throw unknownName(text);
    return fromExperiment(text, cwd, size);
  }
  const [, path = text, name] = /^(.+)#([^\\/#]*)$/.exec(text) ?? [];
  const absolute = resolve(cwd, path);
  const models = size === undefined ? await modelsIn(absolute, path) : undefined;
  if (models === undefined) return fromExperiment(text, cwd, size);
  const [chosen, model] = pick(models, name, path);
  return { model, reference: { kind: 'file', path: absolute, name: chosen } };
}

/** Loads a reference again, as a thread does. Throws `InputError`. */
export async function loadModel(reference: ModelReference): Promise<Explorable> {
  if (reference.kind === 'experiment')
    return exploredFrom(await loadReference(reference.experiment), reference.size).model;
  if (reference.kind === 'built-in') {
    const found = NAMED_MODELS.find(({ name }) => name === reference.name);
    if (found === undefined) throw unknownName(reference.name);
    return found.load();
  }
  const models = (await modelsIn(reference.path, reference.path)) ?? new Map<string, Explorable>();
  return pick(models, reference.name, reference.path)[1];
}

async function fromExperiment(text: string, cwd: string, size: ExploredSize = {}): Promise<LoadedModel> {
  const { experiment, reference } = await resolveExperiment(text, cwd);
  const explored = exploredFrom(experiment, size);
  const { name } = experiment;
  return {
    model: explored.model,
    reference: { kind: 'experiment', name, experiment: reference, size },
    explored,
  };
}

function exploredFrom(experiment: Experiment, size: ExploredSize): ExploredExperiment {
  try {
    return exploredExperiment(experiment, size);
  } catch (error) {
    if (error instanceof NotExplorableError)
      throw new InputError(error.message, error.mend, { cause: error });
    throw error;
  }
}

function unknownName(name: string): InputError {
  const names = [...NAMED_MODELS, ...BUILT_IN].map((candidate) => candidate.name);
  return new InputError(
    `Cannot explore '${name}': there is no built-in model or experiment of that name`,
    didYouMean(name, names) ??
      "see 'holdfast explore' and 'holdfast list', which list them, or give the path of a file",
  );
}

/** The models of a file; undefined when it holds something else, which may be experiments. */
async function modelsIn(path: string, shown: string): Promise<ReadonlyMap<string, Explorable> | undefined> {
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
  if (found === undefined && holdsExperiments(defaultExport(module))) return undefined;
  if (found !== undefined && found.size > 0) return found;
  throw new InputError(
    `Cannot load models from ${shown}: its default export is neither a model nor an experiment`,
    'write `export default explorable(model, bounds)`, or export a model, an experiment, or a record of either, as default',
  );
}

function holdsExperiments(value: unknown): boolean {
  if (isExperiment(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const items = Object.values(value);
  return items.length > 0 && items.every((item) => isExperiment(item));
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
