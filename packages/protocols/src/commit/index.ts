export {
  COMMIT_DEFECTS,
  CONSENSUS_COMMIT_DEFECTS,
  THREE_PHASE_DEFECTS,
  type CommitConfig,
  commitConfig,
  type CommitDefect,
  type CommitOptions,
  CommitOptionsError,
} from './config.ts';
export { consensusCommit, type ConsensusCommitMessage, type ConsensusCommitState } from './consensus.ts';
export { consensusCommitLab, threePhaseLab, twoPhaseLab } from './lab.ts';
export { CommitMonitor, type CommitViolation } from './monitor.ts';
export {
  type CommitCommand,
  type CommitDecision,
  type CommitMessage,
  type CommitPhase,
  type CommitResult,
  type CommitState,
  commitView,
} from './state.ts';
export { threePhaseCommit } from './threePhase.ts';
export { twoPhaseCommit } from './twoPhase.ts';
