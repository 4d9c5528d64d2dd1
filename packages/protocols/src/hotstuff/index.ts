export {
  type HotStuffConfig,
  hotStuffConfig,
  type HotStuffOptions,
  leaderOf,
  VIEWS_PER_LEADER,
} from './config.ts';
export { hotStuff, hotStuffView } from './core.ts';
export { HOTSTUFF_DEFECTS, type HotStuffDefect } from './defects.ts';
export { hotStuffLab } from './lab.ts';
export { HOTSTUFF_LIES } from './lies.ts';
export {
  type Block as HotStuffBlock,
  type HotStuffMessage,
  hotStuffMessageName,
  type QuorumCertificate,
} from './messages.ts';
export type { HotStuffState } from './state.ts';
