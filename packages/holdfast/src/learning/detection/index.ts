export { type HeartbeatLink, heartbeats } from './heartbeats.ts';
export {
  asymmetricTask,
  markTuned,
  tradeOffCurves,
  tuningText,
  type TuningTask,
  type WatchedLink,
  workloadTask,
} from './tasks.ts';
export {
  type ChosenDetector,
  chosenDetector,
  DETECTOR_KINDS,
  type DetectorKind,
  gapsText,
  recordedRuns,
  type TunedQuality,
  tunedQuality,
} from './tuning.ts';
