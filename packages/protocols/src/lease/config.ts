import type { NodeId } from '../core/core.ts';
import { LEASE_DEFECTS, type LeaseDefect } from './defects.ts';

/** What a lease service and those who use it are asked to be. Durations are in milliseconds of the node's own clock. */
export interface FencedLeaseOptions {
  /** Nodes that give the lease away; a majority of them must agree. */
  readonly granters: readonly NodeId[];
  /** The node with the data, which checks tokens. */
  readonly resource: NodeId;
  /** Nodes that want the lease, to serve clients. */
  readonly holders: readonly NodeId[];
  /** How long a holder may act after it SENT the request that was granted. Default 300. */
  readonly leaseMs?: number;
  /** How far any clock may run fast or slow, in parts per million: an assumption. Default 1,000. */
  readonly maxDriftPpm?: number;
  /** How coarse clocks and timers are: an assumption. Default 1. */
  readonly granularityMs?: number;
  /** Time between renewals; below `leaseMs`. Default 80. */
  readonly renewMs?: number;
  /** A holder without the lease asks again after a time in [retryMs, 2 * retryMs]. Default 60. */
  readonly retryMs?: number;
  /** A call to the resource is repeated after this long without an answer. Default 40. */
  readonly resendMs?: number;
  /**
   * `lease`: the holder answers reads from its own memory while its lease runs, which is only as good as the clocks. `resource`: reads go to
   * the resource, under the token. Default `lease`.
   */
  readonly reads?: 'lease' | 'resource';
  /** Requests a holder keeps open; beyond it they are refused. Default 1,000. */
  readonly maxOpen?: number;
  /** Clients the resource remembers; beyond it the one least recently active is forgotten. Default 10,000. */
  readonly maxClients?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: LeaseDefect | undefined;
}

/** Options with nothing left open. */
export interface FencedLeaseConfig extends Readonly<Required<FencedLeaseOptions>> {
  /** How many granters must agree. */
  readonly quorum: number;
  /** How long a granter keeps its word, by its own clock; see `grantLengthMs`. */
  readonly grantMs: number;
}

/** Thrown for options no lease service can run with. */
export class LeaseOptionsError extends RangeError {
  readonly code = 'BAD_LEASE_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot lease as ${option} must be ${must}: ` +
        `current value is ${JSON.stringify(value) ?? 'undefined'}; choose another`,
    );
    this.name = 'LeaseOptionsError';
    this.option = option;
    this.value = value;
  }
}

/**
 * How long a granter must keep its word for the holder to have stopped before: the holder's clock may be slow by the drift while the
 * granter's is fast by it, and either may be off by what it cannot tell apart (Gray and Cheriton 1989, section 2).
 */
export function grantLengthMs(leaseMs: number, maxDriftPpm: number, granularityMs: number): number {
  const drift = maxDriftPpm / 1_000_000;
  return Math.ceil(((leaseMs + granularityMs) * (1 + drift)) / (1 - drift)) + granularityMs;
}

/** Validates options once and fills in what is left open. Throws `LeaseOptionsError`. */
export function fencedLeaseConfig(options: FencedLeaseOptions): FencedLeaseConfig {
  const { granters, resource, holders, defect } = options;
  checkNodes(options);
  const leaseMs = whole('leaseMs', options.leaseMs ?? 300, 1);
  const maxDriftPpm = whole('maxDriftPpm', options.maxDriftPpm ?? 1_000, 0, 900_000);
  const granularityMs = whole('granularityMs', options.granularityMs ?? 1, 0);
  const renewMs = whole('renewMs', options.renewMs ?? 80, 1);
  if (renewMs >= leaseMs) throw new LeaseOptionsError('renewMs', 'below leaseMs', renewMs);
  const reads = options.reads ?? 'lease';
  if (reads !== 'lease' && reads !== 'resource') {
    throw new LeaseOptionsError('reads', "'lease' or 'resource'", reads);
  }
  if (defect !== undefined && !LEASE_DEFECTS.includes(defect)) {
    throw new LeaseOptionsError('defect', `one of ${LEASE_DEFECTS.join(', ')}`, defect);
  }
  return {
    granters: [...granters].sort((a, b) => a - b),
    resource,
    holders: [...holders].sort((a, b) => a - b),
    leaseMs,
    maxDriftPpm,
    granularityMs,
    renewMs,
    retryMs: whole('retryMs', options.retryMs ?? 60, 1),
    resendMs: whole('resendMs', options.resendMs ?? 40, 1),
    reads,
    maxOpen: whole('maxOpen', options.maxOpen ?? 1_000, 1),
    maxClients: whole('maxClients', options.maxClients ?? 10_000, 1),
    defect,
    // Broken twin: whoever answers first speaks for all.
    quorum: defect === 'grants-alone' ? 1 : (granters.length >> 1) + 1,
    // Broken twin: as if all clocks ran alike.
    grantMs: defect === 'no-drift-margin' ? leaseMs : grantLengthMs(leaseMs, maxDriftPpm, granularityMs),
  };
}

function checkNodes({ granters, resource, holders }: FencedLeaseOptions): void {
  for (const [option, nodes] of [
    ['granters', granters],
    ['holders', holders],
  ] as const) {
    if (nodes.length === 0) throw new LeaseOptionsError(option, 'at least one node', nodes);
  }
  const all = [...granters, resource, ...holders];
  if (new Set(all).size !== all.length || !all.every((id) => Number.isSafeInteger(id) && id > 0)) {
    throw new LeaseOptionsError('granters, resource and holders', 'distinct positive whole numbers', all);
  }
}

function whole(option: string, value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const upTo = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new LeaseOptionsError(option, `a whole number ${upTo}`, value);
}
