export { countVoters, type Vote as SignedVote } from './certificate.ts';
export {
  type ByzantineResult,
  commandKey,
  digestOf,
  isGenuine,
  signCommand,
  type SignedCommand,
} from './command.ts';
export type { Execution as ByzantineExecution } from './execution.ts';
export { type ByzantineGroup, byzantineGroup, ByzantineOptionsError } from './group.ts';
export {
  hearsSecondStory,
  type Liar,
  type Lie as ByzantineLie,
  replaying as replayingLie,
  type Rewriting,
  silent as silentLie,
  withholding as withholdingLie,
} from './lies.ts';
export {
  ByzantineMonitor,
  type ByzantineMonitorOptions,
  type ByzantineViolation,
  type Committed as ByzantineDecision,
  type ExecutedNote as ByzantineExecutionNote,
} from './monitor.ts';
export {
  clientPrincipal,
  isSignedBy,
  nodePrincipal,
  type Principal,
  signAs,
  type Signed,
  type Signer,
  simulatedSigner,
  type Unsigned,
} from './signer.ts';
