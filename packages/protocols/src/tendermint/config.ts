import {
  type ByzantineGroup,
  byzantineGroup,
  ByzantineOptionsError,
  checkPositive,
} from '../byzantine/group.ts';
import { type Signer, simulatedSigner } from '../byzantine/signer.ts';
import type { NodeId } from '../core/core.ts';
import { TENDERMINT_DEFECTS, type TendermintDefect } from './defects.ts';

/** What a Tendermint group is asked to be. Durations are in milliseconds of the node's own clock. */
export interface TendermintOptions {
  /** All validators, of equal power; the same list everywhere. At least 3f + 1. */
  readonly nodes: readonly NodeId[];
  /** f: how many may do whatever they like. Default: as many as the nodes tolerate. */
  readonly faulty?: number;
  /** Default `simulatedSigner`, which is for simulation only. */
  readonly signer?: Signer;
  /** How long each step of round 0 waits. Default 100. */
  readonly timeoutMs?: number;
  /** How much longer each step waits from round to round. Default 50. */
  readonly timeoutDeltaMs?: number;
  /** Time between reports of what a node has and lacks, after which the others send again. Default 100. */
  readonly statusMs?: number;
  /** Commands of one block. Default 50. */
  readonly maxBlock?: number;
  /** Requests a node holds that are not carried out; beyond it they are refused. Default 1,000. */
  readonly maxPending?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: TendermintDefect | undefined;
}

/** Options with nothing left open. `quorum` is 2f + 1 of 3f + 1. */
export type TendermintConfig = Readonly<Required<TendermintOptions>> & ByzantineGroup;

/** Validates options once and fills in what is left open. Throws `ByzantineOptionsError`. */
export function tendermintConfig(options: TendermintOptions): TendermintConfig {
  const group = byzantineGroup(options.nodes, options.faulty);
  const config: TendermintConfig = {
    ...group,
    // Broken twin: two such sets need not share a correct node.
    quorum: options.defect === 'quorum-2f' ? Math.max(1, 2 * group.faulty) : group.quorum,
    signer: options.signer ?? simulatedSigner,
    timeoutMs: options.timeoutMs ?? 100,
    timeoutDeltaMs: options.timeoutDeltaMs ?? 50,
    statusMs: options.statusMs ?? 100,
    maxBlock: options.maxBlock ?? 50,
    maxPending: options.maxPending ?? 1_000,
    defect: options.defect,
  };
  for (const name of ['timeoutMs', 'timeoutDeltaMs', 'statusMs', 'maxBlock', 'maxPending'] as const) {
    checkPositive(name, config[name]);
  }
  if (config.defect !== undefined && !TENDERMINT_DEFECTS.includes(config.defect)) {
    throw new ByzantineOptionsError('defect', `one of ${TENDERMINT_DEFECTS.join(', ')}`, config.defect);
  }
  return config;
}

/** Whose turn it is: each node's in every n-th round, and in another round at the next height. Heights count from 1, rounds from 0. */
export function proposerOf(
  { nodes }: { readonly nodes: readonly NodeId[] },
  height: number,
  round: number,
): NodeId {
  return nodes[(height - 1 + round) % nodes.length] as NodeId;
}
