export { countVoters, type Vote } from './certificate.ts';
export {
  byzantineClient,
  type ByzantineClientOptions,
  type ByzantineClientResult,
  type ByzantineClientState,
} from './client.ts';
export {
  type ByzantineResult,
  commandKey,
  digestOf,
  isGenuine,
  signCommand,
  type SignedCommand,
} from './command.ts';
export type { Execution } from './execution.ts';
export { type ByzantineGroup, byzantineGroup, ByzantineOptionsError } from './group.ts';
export {
  hearsSecondStory,
  type Liar,
  type Lie,
  replaying,
  type Rewriting,
  silent,
  withholding,
} from './lies.ts';
export {
  ByzantineMonitor,
  type ByzantineMonitorOptions,
  type ByzantineViolation,
  type Committed,
  type ExecutedNote,
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
