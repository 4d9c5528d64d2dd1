import type { NodeId } from '../core/core.ts';
import { ZAB_DEFECTS, type ZabDefect } from './defects.ts';

/** What a Zab group is asked to be. Durations are in milliseconds of the node's own clock. */
export interface ZabOptions {
  /** All nodes; the same list everywhere. */
  readonly nodes: readonly NodeId[];
  /**
   * A node in election repeats its vote after a time in [electionMs, 2 * electionMs]; a follower that hears no leader, and a leader that
   * hears no quorum, gives up after twice that. Default 150.
   */
  readonly electionMs?: number;
  /** Time between pings of a leader, and between attempts to join one; below `electionMs`. Default 50. */
  readonly pingMs?: number;
  /** Transactions a leader holds that are not committed; beyond it requests are refused. Default 1,000. */
  readonly maxOpen?: number;
  /** Clients remembered; beyond it the one least recently active is forgotten. Default 10,000. */
  readonly maxClients?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: ZabDefect | undefined;
}

/** Options with nothing left open. */
export interface ZabConfig extends Readonly<Required<ZabOptions>> {
  /** A majority. */
  readonly quorum: number;
}

/** Thrown for options no Zab group can run with. */
export class ZabOptionsError extends RangeError {
  readonly code = 'BAD_ZAB_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot run Zab as ${option} must be ${must}: ` +
        `current value is ${JSON.stringify(value) ?? 'undefined'}; choose another`,
    );
    this.name = 'ZabOptionsError';
    this.option = option;
    this.value = value;
  }
}

/** Validates options once and fills in what is left open. Throws `ZabOptionsError`. */
export function zabConfig(options: ZabOptions): ZabConfig {
  const nodes = [...options.nodes].sort((a, b) => a - b);
  const fit = nodes.length > 0 && nodes.every((id) => Number.isSafeInteger(id) && id > 0);
  if (!fit || new Set(nodes).size !== nodes.length) {
    throw new ZabOptionsError('nodes', 'distinct positive whole numbers, at least one', nodes);
  }
  const config: ZabConfig = {
    nodes,
    // Broken twin: of four nodes two, of five two.
    quorum: options.defect === 'commits-at-half' ? nodes.length >> 1 : (nodes.length >> 1) + 1,
    electionMs: options.electionMs ?? 150,
    pingMs: options.pingMs ?? 50,
    maxOpen: options.maxOpen ?? 1_000,
    maxClients: options.maxClients ?? 10_000,
    defect: options.defect,
  };
  for (const name of ['electionMs', 'pingMs', 'maxOpen', 'maxClients'] as const) {
    if (!Number.isSafeInteger(config[name]) || config[name] < 1) {
      throw new ZabOptionsError(name, 'a whole number of at least 1', config[name]);
    }
  }
  if (config.pingMs >= config.electionMs) {
    throw new ZabOptionsError('pingMs', 'below electionMs', config.pingMs);
  }
  if (config.defect !== undefined && !ZAB_DEFECTS.includes(config.defect)) {
    throw new ZabOptionsError('defect', `one of ${ZAB_DEFECTS.join(', ')}`, config.defect);
  }
  return config;
}
