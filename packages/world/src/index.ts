export {
  type ChoiceEdits,
  type ChoiceRecord,
  BadSeedError,
  Choices,
  type ChoicesOptions,
} from './choices/choices.ts';
export { Stream } from './choices/stream.ts';
export { HostClock, type HostClockOptions } from './clock/hostClock.ts';
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
export type { WorldOptions } from './world/options.ts';
export { type Observer, World } from './world/world.ts';
