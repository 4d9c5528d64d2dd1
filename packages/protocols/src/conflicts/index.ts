export { type ConflictAnswer, conflictAnswers, type ConflictFacts } from './checklist.ts';
export { ConflictMeter, type ConflictPair, METER_LIMIT, type MeteredWrite } from './meter.ts';
export {
  startVersioned,
  type VersionedAnswer,
  versionedConflictRate,
  type VersionedValue,
  type VersionedWrite,
  writeVersioned,
} from './versioned.ts';
