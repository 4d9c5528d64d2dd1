import {
  type ByzantineGroup,
  byzantineGroup,
  ByzantineOptionsError,
  checkPositive,
} from '../byzantine/group.ts';
import { type Signer, simulatedSigner } from '../byzantine/signer.ts';
import type { NodeId } from '../core/core.ts';
import { HOTSTUFF_DEFECTS, type HotStuffDefect } from './defects.ts';

/** Views a leader leads in a row, unless told otherwise. */
export const VIEWS_PER_LEADER = 5;

/** What a HotStuff group is asked to be. Durations are in milliseconds of the node's own clock. */
export interface HotStuffOptions {
  /** All replicas; the same list everywhere. At least 3f + 1. */
  readonly nodes: readonly NodeId[];
  /** f: how many may do whatever they like. Default: as many as the nodes tolerate. */
  readonly faulty?: number;
  /** Default `simulatedSigner`, which is for simulation only. */
  readonly signer?: Signer;
  /**
   * Views a leader leads in a row, unless it is given up on. Default 5. A decision needs four correct leaders in a row: with a new
   * leader every view one silent node of four keeps the group from deciding anything.
   */
  readonly viewsPerLeader?: number;
  /** How long a view waits for its certificate; doubles with each view that comes to nothing. Default 100. */
  readonly timeoutMs?: number;
  /** Time between reports of what a node has and lacks, after which the others send again. Default 100. */
  readonly statusMs?: number;
  /** Commands of one block. Default 50. */
  readonly maxBlock?: number;
  /** Requests a node holds that are not carried out; beyond it they are refused. Default 1,000. */
  readonly maxPending?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: HotStuffDefect | undefined;
}

/** Options with nothing left open. `quorum` is 2f + 1 of 3f + 1. */
export type HotStuffConfig = Readonly<Required<HotStuffOptions>> & ByzantineGroup;

/** Validates options once and fills in what is left open. Throws `ByzantineOptionsError`. */
export function hotStuffConfig(options: HotStuffOptions): HotStuffConfig {
  const group = byzantineGroup(options.nodes, options.faulty);
  const config: HotStuffConfig = {
    ...group,
    // Broken twin: two such sets need not share a correct node.
    quorum: options.defect === 'quorum-2f' ? Math.max(1, 2 * group.faulty) : group.quorum,
    signer: options.signer ?? simulatedSigner,
    viewsPerLeader: options.viewsPerLeader ?? VIEWS_PER_LEADER,
    timeoutMs: options.timeoutMs ?? 100,
    statusMs: options.statusMs ?? 100,
    maxBlock: options.maxBlock ?? 50,
    maxPending: options.maxPending ?? 1_000,
    defect: options.defect,
  };
  for (const name of ['viewsPerLeader', 'timeoutMs', 'statusMs', 'maxBlock', 'maxPending'] as const) {
    checkPositive(name, config[name]);
  }
  if (config.defect !== undefined && !HOTSTUFF_DEFECTS.includes(config.defect)) {
    throw new ByzantineOptionsError('defect', `one of ${HOTSTUFF_DEFECTS.join(', ')}`, config.defect);
  }
  return config;
}

/** Who leads a view; views count from 1. */
export function leaderOf(
  { nodes, viewsPerLeader }: Pick<HotStuffConfig, 'nodes' | 'viewsPerLeader'>,
  view: number,
): NodeId {
  return nodes[Math.floor((view - 1) / viewsPerLeader) % nodes.length] as NodeId;
}

/** The first view of the next leader. */
export function nextLeadersView(
  { viewsPerLeader }: Pick<HotStuffConfig, 'viewsPerLeader'>,
  view: number,
): number {
  return (Math.floor((view - 1) / viewsPerLeader) + 1) * viewsPerLeader + 1;
}
