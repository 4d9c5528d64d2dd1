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
