import type { NodeId } from '../core/core.ts';
import type { RaftOptions } from '../raft/config.ts';
import { COORDINATION_DEFECTS, type CoordinationDefect } from './defects.ts';
import type { CoordinationMachineState } from './store.ts';

/** What a coordination service is asked to be. */
export interface CoordinationOptions {
  readonly nodes: readonly NodeId[];
  /** Names the logical cluster, for all time: members of another are not listened to. Default `c1`. */
  readonly cluster?: string;
  /** A snapshot of another cluster that this one begins with; the same on every node. */
  readonly restored?: CoordinationMachineState | undefined;
  /** Events kept for watches; older ones are compacted. Default 1,000. */
  readonly keepEvents?: number;
  /** A watch without events is answered with the revision reached after this long. Default 250. */
  readonly watchMs?: number;
  /** Watches a node keeps open; beyond it they are refused. Default 1,000. */
  readonly maxWatches?: number;
  /** Of the Raft group underneath. */
  readonly raft?: Omit<RaftOptions, 'voters' | 'learners' | 'defect'>;
  /** Breaks the service on purpose. */
  readonly defect?: CoordinationDefect | undefined;
}

/** Options with nothing left open. */
export type CoordinationConfig = Readonly<Required<CoordinationOptions>>;

/** Thrown for options no coordination service can run with. */
export class CoordinationOptionsError extends RangeError {
  readonly code = 'BAD_COORDINATION_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot coordinate as ${option} must be ${must}: ` +
        `current value is ${JSON.stringify(value) ?? 'undefined'}; choose another`,
    );
    this.name = 'CoordinationOptionsError';
    this.option = option;
    this.value = value;
  }
}

/** Validates options once and fills in what is left open. Throws `CoordinationOptionsError`; what is of Raft is Raft's to judge. */
export function coordinationConfig(options: CoordinationOptions): CoordinationConfig {
  const config: CoordinationConfig = {
    nodes: [...options.nodes].sort((a, b) => a - b),
    cluster: options.cluster ?? 'c1',
    restored: options.restored,
    keepEvents: options.keepEvents ?? 1_000,
    watchMs: options.watchMs ?? 250,
    maxWatches: options.maxWatches ?? 1_000,
    raft: options.raft ?? {},
    defect: options.defect,
  };
  if (config.cluster === '') throw new CoordinationOptionsError('cluster', 'a name', '');
  for (const name of ['keepEvents', 'watchMs', 'maxWatches'] as const) {
    if (!Number.isSafeInteger(config[name]) || config[name] < 1) {
      throw new CoordinationOptionsError(name, 'a whole number of at least 1', config[name]);
    }
  }
  if (config.defect !== undefined && !COORDINATION_DEFECTS.includes(config.defect)) {
    throw new CoordinationOptionsError('defect', `one of ${COORDINATION_DEFECTS.join(', ')}`, config.defect);
  }
  return config;
}
