export { type MultiPaxosConfig, multiPaxosConfig, type MultiPaxosOptions } from './config.ts';
export { multiPaxos, multiPaxosView } from './core.ts';
export { MULTI_PAXOS_DEFECTS, type MultiPaxosDefect } from './defects.ts';
export {
  type MultiPaxosMessage,
  multiPaxosMessageName,
  type ReportedSlot,
  type SlotCommand,
  type SlotEntry,
} from './messages.ts';
export { MultiPaxosMonitor, type MultiPaxosViolation } from './monitor.ts';
export type { MultiPaxosCommand, MultiPaxosResult, MultiPaxosState, OpenSlot } from './state.ts';
