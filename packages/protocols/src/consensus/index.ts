export {
  CONSENSUS_USES,
  type ConsensusUse,
  gradeConsensusUses,
  type GradedUse,
  type NeededRun,
} from './needed.ts';
export {
  type ConsensusCommand,
  type ConsensusMessage,
  consensusModule,
  type ConsensusState,
  consensusView,
  decidedOf,
  type InstanceName,
} from './module.ts';
export { appendTo, electedIn, logOf, outcomeOf, standFor, vote } from './problems.ts';
