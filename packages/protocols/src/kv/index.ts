export {
  answerFromTable,
  type ClientCommand,
  type ClientSession,
  type ClientTable,
  clientTable,
  type Executed,
  executeOnce,
} from './clientTable.ts';
export {
  type Divergence,
  DivergenceDetector,
  type ReplayReport,
  replayVersions,
} from './divergence.ts';
export { kv, type KvOperation, type KvState } from './kv.ts';
export type { Machine } from './machine.ts';
