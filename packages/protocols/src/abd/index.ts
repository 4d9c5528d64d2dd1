export { abd, abdView } from './core.ts';
export { ABD_DEFECTS, type AbdDefect } from './defects.ts';
export { abdLab } from './lab.ts';
export { AbdMonitor, type AbdViolation, tagText } from './monitor.ts';
export {
  type AbdCommand,
  type AbdConfig,
  abdConfig,
  type AbdMessage,
  type AbdOperation,
  type AbdOptions,
  type AbdResult,
  type AbdState,
  compareTags,
  type PhaseName,
  type Tag,
  type Tagged,
} from './state.ts';
