import { parentPort, workerData } from 'node:worker_threads';
import {
  type Explorable,
  exploreShared,
  NAMED_MODELS,
  type SharedExplorationOptions,
  type SharedMemory,
} from '@holdfast/explore';
import { heapIsShort } from './memory.ts';
import type { ModelReference } from './resolveModel.ts';

/** What a thread of an exploration is told. */
export interface ExploreOrder {
  readonly reference: ModelReference;
  readonly memory: SharedMemory;
  readonly worker: number;
  readonly options: SharedExplorationOptions;
}

/** A model that comes with the explorer needs nothing of what experiments bring with them, and the others wait for this thread. */
async function loaded(reference: ModelReference): Promise<Explorable> {
  const builtIn = reference.kind === 'built-in' ? reference.name : undefined;
  const named = NAMED_MODELS.find(({ name }) => name === builtIn);
  return named?.load() ?? (await import('./resolveModel.ts')).loadModel(reference);
}

const { reference, memory, worker, options } = workerData as ExploreOrder;
const part = exploreShared(await loaded(reference), memory, worker, options, heapIsShort);
const columns = part === undefined ? [] : [...part.parents, ...part.vias];
parentPort?.postMessage(
  part,
  columns.map(({ buffer }) => buffer as ArrayBuffer),
);
