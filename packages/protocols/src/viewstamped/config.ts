import type { NodeId } from '../core/core.ts';
import { VIEWSTAMPED_DEFECTS, type ViewstampedDefect } from './defects.ts';

/** What a group of replicas is asked to be. Durations are in milliseconds of the replica's own clock. */
export interface ViewstampedOptions {
  /** All replicas; the same list everywhere. 2f + 1 of them survive f crashes, a replica that recovers counted as crashed. */
  readonly nodes: readonly NodeId[];
  /** A backup that hears no primary changes the view after a time in [viewChangeMs, 2 * viewChangeMs]. Default 150. */
  readonly viewChangeMs?: number;
  /** Time between an idle primary's commit messages; below `viewChangeMs`. Default 50. */
  readonly commitMs?: number;
  /** A recovering replica asks again after this long. Default 50. */
  readonly recoveryMs?: number;
  /** Operations a primary holds that are not committed; beyond it requests are refused. Default 1,000. */
  readonly maxOpen?: number;
  /** Clients remembered; beyond it the one least recently active is forgotten. Default 10,000. */
  readonly maxClients?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: ViewstampedDefect | undefined;
}

/** Options with nothing left open. */
export interface ViewstampedConfig extends Readonly<Required<ViewstampedOptions>> {
  /** f + 1: any two such sets share a replica. */
  readonly quorum: number;
}

/** Thrown for options no group of replicas can run with. */
export class ViewstampedOptionsError extends RangeError {
  readonly code = 'BAD_VIEWSTAMPED_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot run Viewstamped Replication as ${option} must be ${must}: ` +
        `current value is ${JSON.stringify(value) ?? 'undefined'}; choose another`,
    );
    this.name = 'ViewstampedOptionsError';
    this.option = option;
    this.value = value;
  }
}

/** Validates options once and fills in what is left open. Throws `ViewstampedOptionsError`. */
export function viewstampedConfig(options: ViewstampedOptions): ViewstampedConfig {
  const nodes = [...options.nodes].sort((a, b) => a - b);
  const fit = nodes.length > 0 && nodes.every((id) => Number.isSafeInteger(id) && id > 0);
  if (!fit || new Set(nodes).size !== nodes.length) {
    throw new ViewstampedOptionsError('nodes', 'distinct positive whole numbers, at least one', nodes);
  }
  const config: ViewstampedConfig = {
    nodes,
    quorum: Math.floor(nodes.length / 2) + 1,
    viewChangeMs: options.viewChangeMs ?? 150,
    commitMs: options.commitMs ?? 50,
    recoveryMs: options.recoveryMs ?? 50,
    maxOpen: options.maxOpen ?? 1_000,
    maxClients: options.maxClients ?? 10_000,
    defect: options.defect,
  };
  for (const name of ['viewChangeMs', 'commitMs', 'recoveryMs', 'maxOpen', 'maxClients'] as const) {
    if (!Number.isSafeInteger(config[name]) || config[name] < 1) {
      throw new ViewstampedOptionsError(name, 'a whole number of at least 1', config[name]);
    }
  }
  if (config.commitMs >= config.viewChangeMs) {
    throw new ViewstampedOptionsError('commitMs', 'below viewChangeMs', config.commitMs);
  }
  if (config.defect !== undefined && !VIEWSTAMPED_DEFECTS.includes(config.defect)) {
    throw new ViewstampedOptionsError('defect', `one of ${VIEWSTAMPED_DEFECTS.join(', ')}`, config.defect);
  }
  return config;
}
