export {
  doublings,
  retransmitLimit,
  type SwimConfig,
  swimConfig,
  type SwimOptions,
  SwimOptionsError,
  WORST_HEALTH,
} from './config.ts';
export { swim, swimView } from './core.ts';
export { SWIM_DEFECTS, type SwimDefect } from './defects.ts';
export { swimLab } from './lab.ts';
export { type SwimMessage, swimMessageName, type SwimUpdate } from './messages.ts';
export { SWIM_PROMISES, SwimMonitor } from './monitor.ts';
export { isPresent, type MemberStatus, type Opinion, opinionText, overrides } from './opinion.ts';
export type { SwimSuspicion, SwimCommand, SwimProbe, SwimResult, SwimState } from './state.ts';
