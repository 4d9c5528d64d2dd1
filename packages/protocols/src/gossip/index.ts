export {
  GOSSIP_STYLES,
  type GossipConfig,
  gossipConfig,
  type GossipOptions,
  GossipOptionsError,
  type GossipStyle,
  hotRounds,
} from './config.ts';
export { gossip, gossipView } from './core.ts';
export { GOSSIP_DEFECTS, type GossipDefect } from './defects.ts';
export { type Epidemic, epidemicCurve } from './epidemic.ts';
export { gossipLab } from './lab.ts';
export { type GossipMessage, gossipMessageName, type Rumour, rumourName } from './messages.ts';
export { GOSSIP_PROMISES, GossipMonitor } from './monitor.ts';
export type { GossipCommand, GossipResult, GossipState } from './state.ts';
