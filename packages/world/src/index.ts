export {
  type ChoiceEdits,
  type ChoiceRecord,
  BadSeedError,
  Choices,
  type ChoicesOptions,
} from './choices/choices.ts';
export type { Shift } from './choices/moment.ts';
export { exponentialQuantile } from './network/quantile.ts';
export { Stream } from './choices/stream.ts';
export { HostClock, type HostClockOptions, MAX_DRIFT_PPM } from './clock/hostClock.ts';
export { Disk, type DiskOptions, type DiskWrite, type Recovery } from './disk/disk.ts';
export { FaultBudget } from './disk/faultBudget.ts';
export { describeFault, type Fault } from './faults/fault.ts';
export {
  FaultInjector,
  FaultWithoutEffectError,
  type InjectorOptions,
  UnknownFaultTargetError,
} from './faults/inject.ts';
export { Digest } from './loop/digest.ts';
export { EventQueue, MAX_PENDING_EVENTS, TooManyEventsError } from './loop/eventQueue.ts';
export {
  assertAdmitted,
  type FailureModel,
  FaultOutsideModelError,
} from './models/failureModel.ts';
export { FAULT_KINDS, type FaultKind } from './models/faultKinds.ts';
export { type LatencyModel } from './network/latency.ts';
export { type LinkPolicy, linkPolicy } from './network/link.ts';
export { type Divergence, firstDivergence } from './record/divergence.ts';
export { MAX_TRACE_EVENTS, Recorder } from './record/recorder.ts';
export { Host, type TimerHandle } from './world/host.ts';
export type { BootProgram, HostId, Program, Rewrite } from './world/program.ts';
export type { MessageEdit, MessageEdits } from './network/messageEdit.ts';
export type { WorldOptions } from './world/options.ts';
export { type Observer, World } from './world/world.ts';
export { DEFAULT_EPOCH_US } from './clock/hostClock.ts';
export type { LeapSecond } from './clock/leap.ts';
export {
  type ClockCorrection,
  disciplineClock,
  drawNtpErrorUs,
  NTP_PRESETS,
  NTPD,
  type NtpConfig,
  ntpOffsetUs,
  type NtpPreset,
} from './clock/ntp.ts';
export { type NtpDaemonOptions, startNtpDaemon } from './clock/ntpDaemon.ts';
export { QUARTZ_DRIFT_PPM, SKEWED_MACHINES } from './clock/presets.ts';
export { readSkew, type SkewReading } from './clock/skewGauge.ts';
export { type CrashReport, DEFAULT_SYNC_LATENCY, type DiskFullError, type DiskTicket } from './disk/disk.ts';
export type { DiskFault as DiskDefect, DiskFaultKind as DiskDefectKind } from './disk/diskFault.ts';
export { admits, admittedFaults, FAILURE_MODELS, isWithin, narrowestModels } from './models/failureModel.ts';
export { ALL_FAULT_KINDS, isFaultKind } from './models/faultKinds.ts';
export { BadOptionError } from './models/optionError.ts';
export { BadCutError, type Cut, describeCut } from './network/cut.ts';
export { type FlappingOptions, flappingSchedule, type FlapStep } from './network/flapping.ts';
export { assertLatencyModel, drawLatencyUs, MAX_LATENCY_US, shortestLatencyUs } from './network/latency.ts';
export { egressCost, type PriceTier, sequentialCallsMs, transferSeconds } from './network/arithmetic.ts';
export { NETWORK_PRESETS, type NetworkPreset } from './network/latencyPresets.ts';
export {
  decideLink,
  type DropReason,
  type LinkDecision,
  type LinkState,
  newLinkDecision,
  newLinkState,
  transmissionUs,
} from './network/link.ts';
export { PartialSynchrony, type PartialSynchronyOptions } from './network/partialSynchrony.ts';
export {
  type CutId,
  type QuorumSide,
  type QuorumSides,
  Reachability,
  type ReachabilityOptions,
} from './network/reachability.ts';
export {
  expectedAttempts,
  type ReliableSend,
  type RetransmissionPolicy,
  retransmissionPolicy,
  sendUntilDelivered,
} from './network/retransmission.ts';
export { NetworkSimulator, type NetworkSimulatorOptions, type SendResult } from './network/simulator.ts';
export * from './transport/index.ts';
export * from './rpc/index.ts';
export * from './path/index.ts';
