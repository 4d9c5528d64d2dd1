export { type Cell, type CellEntry, mergeCells } from './cell.ts';
export {
  homesOf,
  type LeaderlessConfig,
  leaderlessConfig,
  type LeaderlessOptions,
  rangeOf,
  readsMeetWrites,
} from './config.ts';
export { leaderless, leaderlessView } from './core.ts';
export { LEADERLESS_DEFECTS, type LeaderlessDefect } from './defects.ts';
export { leaderlessLab } from './lab.ts';
export {
  type LeaderlessCommand,
  type LeaderlessMessage,
  leaderlessMessageName,
  type LeaderlessResult,
  type LeaderlessWrite,
  type OperationName,
} from './messages.ts';
export { LeaderlessMonitor, type LeaderlessPromise, type LeaderlessViolation } from './monitor.ts';
export type { LeaderlessState, OpenOperation, Waiter } from './state.ts';
