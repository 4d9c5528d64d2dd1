import type { NodeId } from '../core/core.ts';
import { PAXOS_DEFECTS, type PaxosDefect } from './defects.ts';

/** What a Paxos group is asked to be. Durations are in milliseconds of the node's own clock. */
export interface PaxosOptions {
  /** All nodes, each proposer, acceptor and learner; the same list everywhere. */
  readonly nodes: readonly NodeId[];
  /** A proposer without an answer tries a new ballot after this long. Default 100. */
  readonly retryMs?: number;
  /** A proposer that was outbid waits a random time that starts in [backoffMs, 2 * backoffMs] and whose upper end doubles. Default 20. */
  readonly backoffMs?: number;
  /** The upper end of the wait after being outbid. Default 2,000. */
  readonly backoffLimitMs?: number;
  /** Requests a node holds until the decision; beyond it they are refused. Default 1,000. */
  readonly maxWaiting?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: PaxosDefect | undefined;
}

/** Options with nothing left open. */
export type PaxosConfig = Readonly<Required<PaxosOptions>>;

/** Thrown for options no Paxos group can run with. */
export class PaxosOptionsError extends RangeError {
  readonly code = 'BAD_PAXOS_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot run Paxos as ${option} must be ${must}: current value is ${JSON.stringify(value) ?? 'undefined'}`,
    );
    this.name = 'PaxosOptionsError';
    this.option = option;
    this.value = value;
  }
}

/** Validates options once and fills in what is left open. Throws `PaxosOptionsError`. */
export function paxosConfig(options: PaxosOptions): PaxosConfig {
  const config: PaxosConfig = {
    nodes: checkedNodes(options.nodes),
    retryMs: options.retryMs ?? 100,
    backoffMs: options.backoffMs ?? 20,
    backoffLimitMs: options.backoffLimitMs ?? 2_000,
    maxWaiting: options.maxWaiting ?? 1_000,
    defect: options.defect,
  };
  for (const name of ['retryMs', 'backoffMs', 'backoffLimitMs', 'maxWaiting'] as const) {
    checkAtLeastOne(name, config[name]);
  }
  if (config.defect !== undefined && !PAXOS_DEFECTS.includes(config.defect)) {
    throw new PaxosOptionsError('defect', `one of ${PAXOS_DEFECTS.join(', ')}`, config.defect);
  }
  return config;
}

/** Nodes in ascending order; throws `PaxosOptionsError` unless they are one or more distinct positive integers. */
export function checkedNodes(nodes: readonly NodeId[]): readonly NodeId[] {
  const sorted = [...nodes].sort((a, b) => a - b);
  const fit = sorted.length > 0 && sorted.every((id) => Number.isSafeInteger(id) && id > 0);
  if (!fit || new Set(sorted).size !== sorted.length) {
    throw new PaxosOptionsError('nodes', 'distinct positive whole numbers, at least one', nodes);
  }
  return sorted;
}

/** Throws `PaxosOptionsError` unless the value is a whole number of at least 1. */
export function checkAtLeastOne(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new PaxosOptionsError(name, 'a whole number of at least 1', value);
  }
}
