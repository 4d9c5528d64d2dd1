export { type PbftConfig, pbftConfig, type PbftOptions, primaryOf } from './config.ts';
export { pbft, pbftView } from './core.ts';
export { PBFT_DEFECTS, type PbftDefect } from './defects.ts';
export { PBFT_LIES } from './lies.ts';
export {
  type Checkpoint,
  type Commit,
  type CommitCertificate,
  type NewView,
  type PbftMessage,
  pbftMessageName,
  type PreparedCertificate,
  type Prepare,
  type PrePrepare,
  type ViewChange,
} from './messages.ts';
export { type Inherited, inherit } from './newView.ts';
export type { PbftState, Pending, Slot } from './state.ts';
