export {
  type ViewstampedConfig,
  viewstampedConfig,
  type ViewstampedOptions,
  ViewstampedOptionsError,
} from './config.ts';
export { viewstamped, viewstampedView } from './core.ts';
export { VIEWSTAMPED_DEFECTS, type ViewstampedDefect } from './defects.ts';
export { viewstampedLab } from './lab.ts';
export {
  type CrashVector,
  type DoViewChange,
  type RecoveryResponse,
  type ViewstampedMessage,
  viewstampedMessageName,
} from './messages.ts';
export { VIEWSTAMPED_PROMISES, ViewstampedMonitor } from './monitor.ts';
export type { ViewstampedResult, ViewstampedState, ViewstampedStatus } from './state.ts';
