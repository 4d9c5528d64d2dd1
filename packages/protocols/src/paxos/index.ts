export { type Ballot, ballotOf, roundOf } from './ballot.ts';
export { type PaxosConfig, type PaxosOptions, PaxosOptionsError, paxosConfig } from './config.ts';
export { paxos, paxosView } from './core.ts';
export { PAXOS_DEFECTS, type PaxosDefect } from './defects.ts';
export { paxosLab } from './lab.ts';
export { type PaxosMessage, paxosMessageName } from './messages.ts';
export { PaxosMonitor, type PaxosViolation } from './monitor.ts';
export type { PaxosCommand, PaxosProposal, PaxosResult, PaxosState } from './state.ts';
