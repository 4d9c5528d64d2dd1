import { casRegisterModel } from './casRegister.ts';
import { kvModel } from './kv.ts';
import type { Model } from './model.ts';
import { registerModel } from './register.ts';

/** The name of a built-in model. */
export type ModelName = 'register' | 'cas-register' | 'kv';

const MODELS: Readonly<Record<ModelName, () => Model>> = {
  register: registerModel,
  'cas-register': casRegisterModel,
  kv: kvModel,
};

/** The names of the built-in models, for the command line. */
export const modelNames: readonly ModelName[] = Object.keys(MODELS) as ModelName[];

/** The built-in model of that name, in its usual form; undefined when there is none. */
export function modelNamed(name: string): Model | undefined {
  return Object.hasOwn(MODELS, name) ? MODELS[name as ModelName]() : undefined;
}
