export {
  ACTOR_LENGTH_LIMIT,
  ClockOverflowError,
  MalformedClockError,
  VECTOR_ACTOR_LIMIT,
} from './boundary.ts';
export {
  beginCommit,
  COMMIT_WAIT_LIMIT,
  type CommitWait,
  CommitWaitError,
  releaseCommits,
  startCommitWait,
} from './commitWait.ts';
export { compareDots, type Dot, incarnation, parseDot } from './dot.ts';
export {
  type DottedVersions,
  emptyDotted,
  parseDotted,
  SIBLING_LIMIT,
  syncDotted,
  writeDotted,
} from './dottedVersionVector.ts';
export {
  type CausalEvent,
  CausalTraceError,
  executionOf,
  type HappensBefore,
  happensBefore,
  type RecordedEvent,
} from './happensBefore.ts';
export {
  ClockCeilingError,
  ClockDriftError,
  compareHybrid,
  HYBRID_COUNTER_LIMIT,
  type HybridClock,
  type HybridLimits,
  type HybridStamp,
  hybridAheadMs,
  hybridLimits,
  parseHybrid,
  raiseHybridCeiling,
  readSkew,
  receiveHybrid,
  restartHybrid,
  type SkewReading,
  startHybrid,
  tickHybrid,
} from './hybrid.ts';
export {
  compareLamport,
  type LamportStamp,
  parseLamport,
  receiveLamport,
  startLamport,
  tickLamport,
} from './lamport.ts';
export {
  chooseOrderingTool,
  ORDERING_NEEDS,
  type OrderingAdvice,
  type OrderingNeed,
  type OrderingTool,
} from './orderingTool.ts';
export { parseRecordTimes, type RecordLag, type RecordTimes, recordLag } from './recordTimes.ts';
export { type StampedEvent, stampEvents } from './timestamps.ts';
export {
  MASTER_LIMIT,
  type MasterReading,
  masterUncertaintyUs,
  parseInterval,
  synchroniseTrueTime,
  type TimeInterval,
  type TimeMaster,
  TimeMastersError,
  type TrueTime,
  trueTimeAfter,
  trueTimeBefore,
  trueTimeNow,
  uncertaintyUs,
} from './trueTime.ts';
export {
  advanceVector,
  type CausalRelation,
  compareVectors,
  counterOf,
  descends,
  EMPTY_VECTOR,
  meetVectors,
  mergeVectors,
  parseVector,
  type Vector,
  vectorFrom,
  vectorSum,
  vectorToRecord,
} from './vector.ts';
export { receiveVectorClock, tickVectorClock } from './vectorClock.ts';
export {
  addVersion,
  mergeVersions,
  updateVersion,
  type Version,
  type Versions,
  versionsContext,
} from './versionVector.ts';
