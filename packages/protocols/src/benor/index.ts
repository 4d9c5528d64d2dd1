export { type BenOrConfig, benOrConfig, type BenOrOptions, BenOrOptionsError } from './config.ts';
export { benOr, benOrView } from './core.ts';
export { BEN_OR_DEFECTS, type BenOrDefect } from './defects.ts';
export { benOrLab } from './lab.ts';
export { type BenOrMessage, benOrMessageName, type Bit } from './messages.ts';
export { BEN_OR_PROMISES, BenOrMonitor } from './monitor.ts';
export type { BenOrCommand, BenOrResult, BenOrState, Heard, Said } from './state.ts';
