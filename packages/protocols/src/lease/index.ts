export { type LeaseAnswer, leaseAnswers, type LeaseFacts } from './checklist.ts';
export {
  type FencedLeaseConfig,
  fencedLeaseConfig,
  type FencedLeaseOptions,
  grantLengthMs,
  LeaseOptionsError,
} from './config.ts';
export { fencedLease, leaseView } from './core.ts';
export { LEASE_DEFECTS, type LeaseDefect } from './defects.ts';
export { leaseLab } from './lab.ts';
export { type LeaseMessage, leaseMessageName } from './messages.ts';
export { LEASE_PROMISES, LeaseMonitor } from './monitor.ts';
export {
  type GranterState,
  type HolderState,
  isServing,
  type LeaseCommand,
  type LeaseResult,
  type LeaseState,
  type ResourceState,
} from './state.ts';
export { type FencingDesign, type FencingGrade, gradeFencing } from './fencingTask.ts';
