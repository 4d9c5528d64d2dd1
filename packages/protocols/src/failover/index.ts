export { type SplitBrainAnswer, splitBrainAnswers, type SplitBrainFacts } from './checklist.ts';
export {
  type FailoverConfig,
  failoverConfig,
  type FailoverOptions,
  FailoverOptionsError,
  type FailoverPolicy,
} from './config.ts';
export { failover, failoverView } from './core.ts';
export { FAILOVER_DEFECTS, type FailoverDefect } from './defects.ts';
export { failoverLab } from './lab.ts';
export { AuthorityMonitor, FAILOVER_PROMISES } from './monitor.ts';
export type { FailoverCommand, FailoverMessage, FailoverResult, FailoverState } from './state.ts';
export {
  AUTHORITY_SYSTEMS,
  type AuthoritySystem,
  sharedPartChecks,
  SPLIT_BRAIN_PREVENTIONS,
  type SplitBrainPrevention,
  type SystemFacts,
} from './systems.ts';
