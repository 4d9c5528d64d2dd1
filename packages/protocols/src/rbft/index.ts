export { instanceSigner, type RbftConfig, rbftConfig, type RbftOptions } from './config.ts';
export { rbft, rbftView } from './core.ts';
export { RBFT_DEFECTS, type RbftDefect } from './defects.ts';
export { rbftLab } from './lab.ts';
export { RBFT_LIES } from './lies.ts';
export { type InstanceChange, type RbftMessage, rbftMessageName } from './messages.ts';
export { RBFT_PROMISES, rbftMonitor } from './monitor.ts';
export type { Propagated, RbftState } from './state.ts';
