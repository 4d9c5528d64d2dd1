import type { NodeId } from '../core/core.ts';
import { EPAXOS_DEFECTS, type EPaxosDefect } from './defects.ts';

/** What an EPaxos* group is asked to be. Durations are in milliseconds of the replica's own clock. */
export interface EPaxosOptions {
  /** All replicas; the same list everywhere. */
  readonly nodes: readonly NodeId[];
  /** A coordinator without enough answers says again what it said after this long. Default 60. */
  readonly resendMs?: number;
  /** A replica looks at what is not committed each time in [recoverMs, 2 * recoverMs]. Default 200. */
  readonly recoverMs?: number;
  /**
   * How many looks longer each further replica after the one that coordinates a command waits before it recovers it, so that recoveries do not
   * overtake each other; 0 lets all recover at their first look. Default 1.
   */
  readonly stagger?: number;
  /** Commands a replica coordinates that are not carried out; beyond it requests are refused. Default 1,000. */
  readonly maxOpen?: number;
  /** Clients remembered; beyond it the one least recently active is forgotten. Default 10,000. */
  readonly maxClients?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: EPaxosDefect | undefined;
}

/** Options with nothing left open. */
export interface EPaxosConfig extends Readonly<Required<EPaxosOptions>> {
  /** n - f answers, with f the most crashes survived: below half. */
  readonly quorum: number;
  /** How many may be down with the fast path still open: half of f + 1, rounded up. */
  readonly fastFaults: number;
}

/** Thrown for options no EPaxos* group can run with. */
export class EPaxosOptionsError extends RangeError {
  readonly code = 'BAD_EPAXOS_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot run EPaxos as ${option} must be ${must}: current value is ${JSON.stringify(value) ?? 'undefined'}; choose another`,
    );
    this.name = 'EPaxosOptionsError';
    this.option = option;
    this.value = value;
  }
}

/** Validates options once and fills in what is left open. Throws `EPaxosOptionsError`. */
export function epaxosConfig(options: EPaxosOptions): EPaxosConfig {
  const nodes = [...options.nodes].sort((a, b) => a - b);
  const fit = nodes.length > 0 && nodes.every((id) => Number.isSafeInteger(id) && id > 0);
  if (!fit || new Set(nodes).size !== nodes.length) {
    throw new EPaxosOptionsError('nodes', 'distinct positive whole numbers, at least one', nodes);
  }
  const faults = Math.ceil(nodes.length / 2) - 1;
  const config: EPaxosConfig = {
    nodes,
    quorum: nodes.length - faults,
    fastFaults: faults === 0 ? 0 : Math.ceil((faults + 1) / 2),
    resendMs: options.resendMs ?? 60,
    recoverMs: options.recoverMs ?? 200,
    stagger: options.stagger ?? 1,
    maxOpen: options.maxOpen ?? 1_000,
    maxClients: options.maxClients ?? 10_000,
    defect: options.defect,
  };
  for (const name of ['resendMs', 'recoverMs', 'maxOpen', 'maxClients'] as const) {
    if (!Number.isSafeInteger(config[name]) || config[name] < 1) {
      throw new EPaxosOptionsError(name, 'a whole number of at least 1', config[name]);
    }
  }
  if (!Number.isSafeInteger(config.stagger) || config.stagger < 0) {
    throw new EPaxosOptionsError('stagger', 'a whole number of at least 0', config.stagger);
  }
  if (config.defect !== undefined && !EPAXOS_DEFECTS.includes(config.defect)) {
    throw new EPaxosOptionsError('defect', `one of ${EPAXOS_DEFECTS.join(', ')}`, config.defect);
  }
  return config;
}
