export { type PbftConfig, pbftConfig, type PbftOptions, primaryOf as pbftPrimary } from './config.ts';
export { pbft, pbftView } from './core.ts';
export { PBFT_DEFECTS, type PbftDefect } from './defects.ts';
export { pbftLab } from './lab.ts';
export { PBFT_LIES } from './lies.ts';
export {
  type Checkpoint as PbftCheckpoint,
  type Commit as PbftCommit,
  type CommitCertificate as PbftCommitCertificate,
  type NewView as PbftNewView,
  type PbftMessage,
  pbftMessageName,
  type PreparedCertificate as PbftPreparedCertificate,
  type Prepare as PbftPrepare,
  type PrePrepare as PbftPrePrepare,
  type ViewChange as PbftViewChange,
} from './messages.ts';
export { type Inherited as PbftInherited, inherit as inheritedOrder } from './newView.ts';
export type { PbftState, Slot as PbftSlot } from './state.ts';
