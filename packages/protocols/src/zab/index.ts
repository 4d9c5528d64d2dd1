export { type ZabConfig, zabConfig, type ZabOptions, ZabOptionsError } from './config.ts';
export { zab, zabView } from './core.ts';
export { ZAB_DEFECTS, type ZabDefect } from './defects.ts';
export { zabLab } from './lab.ts';
export { type ZabMessage, zabMessageName, type ZabTransaction, type ZabVote, type Zxid } from './messages.ts';
export { ZAB_PROMISES, ZabMonitor } from './monitor.ts';
export { compareZxids, type ZabPhase, type ZabReport, type ZabResult, type ZabState } from './state.ts';
