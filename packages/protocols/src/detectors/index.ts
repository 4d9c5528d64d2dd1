export { type AdaptiveOptions, type AdaptiveState, adaptiveTimeout } from './adaptive.ts';
export {
  type Accuracy,
  classifyDetectors,
  type Completeness,
  type DetectorClass,
  type DetectorReport,
  type WatchedPair,
} from './classes.ts';
export { DetectorOptionsError, DetectorTimeError, type FailureDetector } from './detector.ts';
export { fixedTimeout, type LastHeard } from './fixedTimeout.ts';
export { leaseDetector, leaseHolderMayAct, type LeaseOptions } from './lease.ts';
export {
  type DetectorQuality,
  detectorTradeOff,
  type DetectorTruth,
  measureDetector,
  measureSuspicions,
  type RecordedRun,
  type Suspicion,
  type TradeOff,
} from './measure.ts';
export { log10NormalTail } from './normalTail.ts';
export {
  PHI_WINDOW_LIMIT,
  phiAccrual,
  type PhiModel,
  phiOf,
  type PhiOptions,
  type PhiState,
} from './phi.ts';
