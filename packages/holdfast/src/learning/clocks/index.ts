export {
  type CodedClocks,
  CODED_CLOCKS_BLANK,
  type CodedLamport,
  type CodedVector,
  gradeClocks,
} from './codedClocks.ts';
export { type CallClocks, DURATION_BLANK, gradeDurations, type TimedCall } from './durations.ts';
export { type EditStore, type EditVersion, gradeLastWrite, LAST_WRITE_BLANK } from './lastWrite.ts';
export {
  markConcurrent,
  markConverse,
  markRelation,
  type Relation,
  relationOf,
  RELATIONS,
} from './pairMarks.ts';
export { SIZE_ACTORS, sizeCurveSvg, stampSizes, type StampSize } from './sizes.ts';
export { markLamports, markVectors } from './stampMarks.ts';
export { bareTrace, generatedTrace, lamportOf, TRACE_EVENTS, traceText } from './trace.ts';
