export { proposerOf, type TendermintConfig, tendermintConfig, type TendermintOptions } from './config.ts';
export { tendermint, tendermintView } from './core.ts';
export { TENDERMINT_DEFECTS, type TendermintDefect } from './defects.ts';
export { tendermintLab } from './lab.ts';
export { TENDERMINT_LIES } from './lies.ts';
export {
  type Decision as TendermintDecision,
  type Precommit,
  type Prevote,
  type Proposal as TendermintProposal,
  type TendermintMessage,
  tendermintMessageName,
} from './messages.ts';
export type { Polled, RoundVotes, TendermintState } from './state.ts';
