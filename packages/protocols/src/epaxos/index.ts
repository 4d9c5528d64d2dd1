export { type CommandId, compareIds, conflict, coordinatorOf, type Payload } from './commandId.ts';
export { type EPaxosConfig, epaxosConfig, type EPaxosOptions, EPaxosOptionsError } from './config.ts';
export { epaxos, epaxosView } from './core.ts';
export { EPAXOS_DEFECTS, type EPaxosDefect } from './defects.ts';
export { epaxosLab } from './lab.ts';
export { type EPaxosMessage, epaxosMessageName, type EPaxosPhase, type Invalidating } from './messages.ts';
export { EPAXOS_PROMISES, EPaxosMonitor } from './monitor.ts';
export type { Attempt, EPaxosResult, EPaxosState, Instance } from './state.ts';
