import { parentPort, workerData } from 'node:worker_threads';
import { exploreShared, type SharedExplorationOptions, type SharedMemory } from '@holdfast/explore';
import { heapIsShort } from './memory.ts';
import { loadModel, type ModelReference } from './resolveModel.ts';

/** What a thread of an exploration is told. */
export interface ExploreOrder {
  readonly reference: ModelReference;
  readonly memory: SharedMemory;
  readonly worker: number;
  readonly options: SharedExplorationOptions;
}

const { reference, memory, worker, options } = workerData as ExploreOrder;
const part = exploreShared(await loadModel(reference), memory, worker, options, heapIsShort);
parentPort?.postMessage(part, [part.parents.buffer as ArrayBuffer, part.vias.buffer as ArrayBuffer]);
