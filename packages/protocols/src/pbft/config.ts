import {
  ByzantineOptionsError,
  type ByzantineGroup,
  byzantineGroup,
  checkPositive,
} from '../byzantine/group.ts';
import { type Signer, simulatedSigner } from '../byzantine/signer.ts';
import type { NodeId } from '../core/core.ts';
import { PBFT_DEFECTS, type PbftDefect } from './defects.ts';

/** What a PBFT group is asked to be. Durations are in milliseconds of the node's own clock. */
export interface PbftOptions {
  /** All replicas; the same list everywhere. At least 3f + 1. */
  readonly nodes: readonly NodeId[];
  /** f: how many may do whatever they like. Default: as many as the nodes tolerate. */
  readonly faulty?: number;
  /** Default `simulatedSigner`, which is for simulation only. */
  readonly signer?: Signer;
  /** A checkpoint after each so many sequence numbers (K of the paper). Default 100. */
  readonly checkpointEvery?: number;
  /** Sequence numbers beyond the stable checkpoint that may be in use (L); at least `checkpointEvery`. Default twice that. */
  readonly logSize?: number;
  /** A replica waits so long for a request to be carried out before it calls for a new view; doubles from view to view. Default 500. */
  readonly viewChangeTimeoutMs?: number;
  /** Time between reports of what a replica has and lacks, after which the others send again. Default 100. */
  readonly statusMs?: number;
  /** Requests a replica holds that are not carried out; beyond it they are refused. Default 1,000. */
  readonly maxPending?: number;
  /** The primary of a view is so many nodes further on: instances side by side have different primaries (RBFT). Default 0. */
  readonly primaryOffset?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: PbftDefect | undefined;
}

/** Options with nothing left open. `quorum` is 2f + 1 of 3f + 1. */
export type PbftConfig = Readonly<Required<PbftOptions>> & ByzantineGroup;

/** Validates options once and fills in what is left open. Throws `ByzantineOptionsError`. */
export function pbftConfig(options: PbftOptions): PbftConfig {
  const group = byzantineGroup(options.nodes, options.faulty);
  const checkpointEvery = options.checkpointEvery ?? 100;
  const config: PbftConfig = {
    ...group,
    // Broken twin: two such sets need not share a correct node.
    quorum: options.defect === 'quorum-2f' ? Math.max(1, 2 * group.faulty) : group.quorum,
    signer: options.signer ?? simulatedSigner,
    checkpointEvery,
    logSize: options.logSize ?? 2 * checkpointEvery,
    viewChangeTimeoutMs: options.viewChangeTimeoutMs ?? 500,
    statusMs: options.statusMs ?? 100,
    maxPending: options.maxPending ?? 1_000,
    primaryOffset: options.primaryOffset ?? 0,
    defect: options.defect,
  };
  if (!Number.isSafeInteger(config.primaryOffset) || config.primaryOffset < 0) {
    throw new ByzantineOptionsError('primaryOffset', 'a whole number of at least 0', config.primaryOffset);
  }
  for (const name of [
    'checkpointEvery',
    'logSize',
    'viewChangeTimeoutMs',
    'statusMs',
    'maxPending',
  ] as const) {
    checkPositive(name, config[name]);
  }
  if (config.logSize < checkpointEvery) {
    throw new ByzantineOptionsError(
      'logSize',
      `at least checkpointEvery (${checkpointEvery})`,
      config.logSize,
    );
  }
  if (config.defect !== undefined && !PBFT_DEFECTS.includes(config.defect)) {
    throw new ByzantineOptionsError('defect', `one of ${PBFT_DEFECTS.join(', ')}`, config.defect);
  }
  return config;
}

/** The primary of a view: view mod n (section 4), or so many nodes further on. */
export function primaryOf(
  { nodes, primaryOffset = 0 }: { readonly nodes: readonly NodeId[]; readonly primaryOffset?: number },
  view: number,
): NodeId {
  return nodes[(view + primaryOffset) % nodes.length] as NodeId;
}
