import { appendLogModel } from './appendLog.ts';
import { casRegisterModel } from './casRegister.ts';
import { counterModel } from './counter.ts';
import { fencedLockModel } from './fencedLock.ts';
import { fifoQueueModel } from './fifoQueue.ts';
import { kvModel } from './kv.ts';
import type { Model } from './model.ts';
import { multiRegisterModel } from './multiRegister.ts';
import { mutexModel } from './mutex.ts';
import { priorityQueueModel } from './priorityQueue.ts';
import { registerModel } from './register.ts';
import { setModel } from './set.ts';
import { stackModel } from './stack.ts';
import { uniqueIdsModel } from './uniqueIds.ts';

/** The name of a built-in model. */
export type ModelName =
  | 'register'
  | 'cas-register'
  | 'kv'
  | 'multi-register'
  | 'counter'
  | 'set'
  | 'fifo-queue'
  | 'stack'
  | 'priority-queue'
  | 'mutex'
  | 'fenced-lock'
  | 'unique-ids'
  | 'append-log';

const MODELS: Readonly<Record<ModelName, () => Model>> = {
  register: registerModel,
  'cas-register': casRegisterModel,
  kv: kvModel,
  'multi-register': multiRegisterModel,
  counter: counterModel,
  set: setModel,
  'fifo-queue': fifoQueueModel,
  stack: stackModel,
  'priority-queue': priorityQueueModel,
  mutex: mutexModel,
  'fenced-lock': fencedLockModel,
  'unique-ids': uniqueIdsModel,
  'append-log': appendLogModel,
};

/** The names of the built-in models, for the command line. */
export const modelNames: readonly ModelName[] = Object.keys(MODELS) as ModelName[];

/** The built-in model of that name, in its usual form; undefined when there is none. */
export function modelNamed(name: string): Model | undefined {
  return Object.hasOwn(MODELS, name) ? MODELS[name as ModelName]() : undefined;
}
