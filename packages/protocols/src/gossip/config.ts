import type { NodeId } from '../core/core.ts';
import { GOSSIP_DEFECTS, type GossipDefect } from './defects.ts';

/**
 * Who tells whom in a round. `push`: one tells what is hot. `pull`: one asks for what is hot. `push-pull`: both with one partner. `broadcast`: one
 * tells everybody; not gossip, for comparison.
 */
export type GossipStyle = 'push' | 'pull' | 'push-pull' | 'broadcast';

/** What a group that gossips is asked to be. */
export interface GossipOptions {
  readonly nodes: readonly NodeId[];
  /** Default `push-pull`. */
  readonly style?: GossipStyle;
  /** Partners in a round. Default 1. */
  readonly fanout?: number;
  /** Length of a round in milliseconds of the node's own clock. Default 100. */
  readonly roundMs?: number;
  /** A rumour is hot for this many rounds, per doubling of the group. Default 2. */
  readonly hotFactor?: number;
  /** Compares all it knows with somebody every so many rounds; 0 for never. Default 10. */
  readonly reconcileEvery?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: GossipDefect | undefined;
}

/** Options with nothing left open. */
export type GossipConfig = Readonly<Required<GossipOptions>>;

/** All styles, for tables. */
export const GOSSIP_STYLES: readonly GossipStyle[] = ['push', 'pull', 'push-pull', 'broadcast'];

/** Thrown for options no group can run with. */
export class GossipOptionsError extends RangeError {
  readonly code = 'BAD_GOSSIP_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot gossip as ${option} must be ${must}: current value is ${JSON.stringify(value) ?? 'undefined'}; choose another`,
    );
    this.name = 'GossipOptionsError';
    this.option = option;
    this.value = value;
  }
}

/** Validates options once and fills in what is left open. Throws `GossipOptionsError`. */
export function gossipConfig(options: GossipOptions): GossipConfig {
  const nodes = [...options.nodes].sort((a, b) => a - b);
  const fit = nodes.length > 0 && nodes.every((id) => Number.isSafeInteger(id) && id > 0);
  if (!fit || new Set(nodes).size !== nodes.length) {
    throw new GossipOptionsError('nodes', 'distinct positive whole numbers, at least one', nodes);
  }
  const {
    style = 'push-pull',
    fanout = 1,
    roundMs = 100,
    hotFactor = 2,
    reconcileEvery = 10,
    defect,
  } = options;
  if (!GOSSIP_STYLES.includes(style)) {
    throw new GossipOptionsError('style', `one of ${GOSSIP_STYLES.join(', ')}`, style);
  }
  for (const [name, value, least] of [
    ['fanout', fanout, 1],
    ['roundMs', roundMs, 1],
    ['hotFactor', hotFactor, 1],
    ['reconcileEvery', reconcileEvery, 0],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new GossipOptionsError(name, `a whole number of at least ${least}`, value);
    }
  }
  if (defect !== undefined && !GOSSIP_DEFECTS.includes(defect)) {
    throw new GossipOptionsError('defect', `one of ${GOSSIP_DEFECTS.join(', ')}`, defect);
  }
  return { nodes, style, fanout, roundMs, hotFactor, reconcileEvery, defect };
}

/** Rounds in which a node tells a rumour. Doublings of the group are exact, unlike a logarithm. */
export function hotRounds({ nodes, hotFactor }: GossipConfig): number {
  return hotFactor * (32 - Math.clz32(nodes.length));
}
