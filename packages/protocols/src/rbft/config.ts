import {
  ByzantineOptionsError,
  type ByzantineGroup,
  byzantineGroup,
  checkPositive,
} from '../byzantine/group.ts';
import { type Signer, simulatedSigner } from '../byzantine/signer.ts';
import type { NodeId } from '../core/core.ts';
import { type PbftConfig, pbftConfig } from '../pbft/config.ts';
import { RBFT_DEFECTS, type RbftDefect } from './defects.ts';

/** What an RBFT group is asked to be. Durations are in milliseconds of the node's own clock. */
export interface RbftOptions {
  /** All nodes; the same list everywhere. At least 3f + 1. */
  readonly nodes: readonly NodeId[];
  /** f: how many may do whatever they like; there are f + 1 instances. Default: as many as the nodes tolerate. */
  readonly faulty?: number;
  /** Default `simulatedSigner`, which is for simulation only. */
  readonly signer?: Signer;
  /** How often the throughput of master and backups is compared. Default 200. */
  readonly monitorMs?: number;
  /** Delta: the master must order at least this share of what the backups order on average. In (0, 1]. Default 0.5. */
  readonly delta?: number;
  /** Requests the backups must have ordered, on average, before shares are compared. Default 10. */
  readonly minSample?: number;
  /** Lambda: how long the master may take for any request; doubles while changes come to nothing. Default 500. */
  readonly lambdaMs?: number;
  /** Omega: how long the master may take for a request that a backup has ordered. Default 100. */
  readonly omegaMs?: number;
  /** Of each instance, as in PBFT. Default 100. */
  readonly checkpointEvery?: number;
  /** Of each instance, as in PBFT. Default twice `checkpointEvery`. */
  readonly logSize?: number;
  /** Of each instance, as in PBFT. Default 100. */
  readonly statusMs?: number;
  /** How long a new view may take to begin; doubles from view to view. Default 500. */
  readonly viewChangeTimeoutMs?: number;
  /** Requests a node holds that are not carried out; beyond it they are refused. Default 1,000. */
  readonly maxPending?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: RbftDefect | undefined;
}

/** Options with nothing left open; `instances` has one PBFT group for each instance, the master first. */
export interface RbftConfig extends ByzantineGroup {
  readonly signer: Signer;
  readonly monitorMs: number;
  readonly delta: number;
  readonly minSample: number;
  readonly lambdaMs: number;
  readonly omegaMs: number;
  readonly maxPending: number;
  readonly defect: RbftDefect | undefined;
  readonly instances: readonly PbftConfig[];
}

/** Number of the instance whose order is carried out. */
export const MASTER = 0;

/**
 * A node's words in one instance are not its words in another: a backup signs another text. The master signs as PBFT does, and
 * clients sign the same everywhere.
 */
export function instanceSigner(signer: Signer, instance: number): Signer {
  if (instance === MASTER) return signer;
  const own = (principal: string, text: string): string =>
    principal.startsWith('node/') ? `instance ${instance} ${text}` : text;
  return {
    name: signer.name,
    digest: (text) => signer.digest(text),
    sign: (principal, text) => signer.sign(principal, own(principal, text)),
    verify: (principal, text, signature) => signer.verify(principal, own(principal, text), signature),
  };
}

/** Validates options once and fills in what is left open. Throws `ByzantineOptionsError`. */
export function rbftConfig(options: RbftOptions): RbftConfig {
  const group = byzantineGroup(options.nodes, options.faulty);
  const { signer = simulatedSigner, monitorMs = 200, delta = 0.5, minSample = 10 } = options;
  const { lambdaMs = 500, omegaMs = 100, maxPending = 1_000, defect } = options;
  for (const [name, value] of Object.entries({ monitorMs, minSample, lambdaMs, omegaMs })) {
    checkPositive(name, value);
  }
  if (!(delta > 0 && delta <= 1)) throw new ByzantineOptionsError('delta', 'above 0 and at most 1', delta);
  if (defect !== undefined && !RBFT_DEFECTS.includes(defect)) {
    throw new ByzantineOptionsError('defect', `one of ${RBFT_DEFECTS.join(', ')}`, defect);
  }
  const { checkpointEvery, logSize, statusMs, viewChangeTimeoutMs } = options;
  const instances = Array.from({ length: group.faulty + 1 }, (_, instance) =>
    pbftConfig({
      nodes: group.nodes,
      faulty: group.faulty,
      signer: instanceSigner(signer, instance),
      primaryOffset: instance,
      maxPending,
      ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
      ...(logSize === undefined ? {} : { logSize }),
      ...(statusMs === undefined ? {} : { statusMs }),
      ...(viewChangeTimeoutMs === undefined ? {} : { viewChangeTimeoutMs }),
    }),
  );
  return {
    ...group,
    signer,
    monitorMs,
    delta,
    minSample,
    lambdaMs,
    omegaMs,
    maxPending,
    defect,
    instances,
  };
}
