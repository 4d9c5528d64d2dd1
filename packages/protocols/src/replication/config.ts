import type { NodeId } from '../core/core.ts';
import { ACKNOWLEDGE_LEVELS, type AcknowledgeLevel } from './acknowledge.ts';
import { REPLICATION_DEFECTS, type ReplicationDefect } from './defects.ts';
import { ReplicationOptionsError, replicaCount, replicaDefect, replicaNodes } from './optionsError.ts';

/** What a leader-follower group is asked to be. Durations are in milliseconds of the node's own clock. */
export interface LeaderFollowerOptions {
  /** Nodes that hold the data, count for acknowledgements and may lead. */
  readonly nodes: readonly NodeId[];
  /** The node that watches the leader and appoints another; it holds no data. */
  readonly controller: NodeId;
  /** Nodes that hold the data and neither count nor lead: replicas for reading, or being bootstrapped. Default none. */
  readonly observers?: readonly NodeId[];
  /** When a write is answered. Default `quorum`. */
  readonly acknowledge?: AcknowledgeLevel;
  /** Regions of nodes, for `regions`. Default: one region for all. */
  readonly regionOf?: Readonly<Record<NodeId, string>>;
  /**
   * `safe` waits at failover for enough nodes that no acknowledged write can be missed; `forced` takes the best of whoever has
   * answered within `watchMs`. Default `safe`.
   */
  readonly failover?: 'safe' | 'forced';
  /** A leader that was not heard for a time in [watchMs, 2 * watchMs] is replaced. Default 300. */
  readonly watchMs?: number;
  /** Time between heartbeats, and between repeated appends; below `watchMs`. Default 50. */
  readonly heartbeatMs?: number;
  /** `semi-sync`: the leader stops waiting for followers after this long. Default 1,000. */
  readonly semiSyncMs?: number;
  /** Entries sent at once. Default 100. */
  readonly maxBatch?: number;
  /** Writes a leader holds unanswered; beyond it they are refused. Default 1,000. */
  readonly maxOpen?: number;
  /** Client sessions remembered; beyond it the one least recently used is forgotten. Default 10,000. */
  readonly maxSessions?: number;
  /** A snapshot is taken after this many applied entries. Default 1,000. */
  readonly snapshotEvery?: number;
  /** Replicas compare digests of their state at every multiple of this applied index; 0 for never. Default 100. */
  readonly auditEvery?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: ReplicationDefect | undefined;
}

/** Options with nothing left open. */
export type LeaderFollowerConfig = Readonly<Required<LeaderFollowerOptions>>;

/** Validates options once and fills in what is left open. Throws `ReplicationOptionsError`. */
export function leaderFollowerConfig(options: LeaderFollowerOptions): LeaderFollowerConfig {
  const nodes = replicaNodes('nodes', options.nodes);
  const observers = replicaNodes('observers', options.observers ?? [], 0);
  replicaNodes('nodes, observers and controller', [...nodes, ...observers, options.controller]);
  const config: LeaderFollowerConfig = {
    nodes,
    observers,
    controller: options.controller,
    acknowledge: options.acknowledge ?? 'quorum',
    regionOf: options.regionOf ?? Object.fromEntries(nodes.map((node) => [node, 'home'])),
    failover: options.failover ?? 'safe',
    watchMs: replicaCount('watchMs', options.watchMs ?? 300),
    heartbeatMs: replicaCount('heartbeatMs', options.heartbeatMs ?? 50),
    semiSyncMs: replicaCount('semiSyncMs', options.semiSyncMs ?? 1_000),
    maxBatch: replicaCount('maxBatch', options.maxBatch ?? 100),
    maxOpen: replicaCount('maxOpen', options.maxOpen ?? 1_000),
    maxSessions: replicaCount('maxSessions', options.maxSessions ?? 10_000),
    snapshotEvery: replicaCount('snapshotEvery', options.snapshotEvery ?? 1_000),
    auditEvery: replicaCount('auditEvery', options.auditEvery ?? 100, 0),
    defect: replicaDefect(REPLICATION_DEFECTS, options.defect),
  };
  if (!ACKNOWLEDGE_LEVELS.includes(config.acknowledge)) {
    const levels = ACKNOWLEDGE_LEVELS.join(', ');
    throw new ReplicationOptionsError('acknowledge', `one of ${levels}`, config.acknowledge);
  }
  if (config.heartbeatMs >= config.watchMs) {
    throw new ReplicationOptionsError('heartbeatMs', 'below watchMs', config.heartbeatMs);
  }
  const homeless = nodes.find((node) => config.regionOf[node] === undefined);
  if (homeless !== undefined) {
    throw new ReplicationOptionsError('regionOf', `a region for every node, node ${homeless} too`, undefined);
  }
  return config;
}

/** Whether a failover of this group can never lose an acknowledged write, as long as disks keep what they synced. */
export function losesNothing({ acknowledge, failover }: LeaderFollowerConfig): boolean {
  return failover === 'safe' && acknowledge !== 'memory' && acknowledge !== 'semi-sync';
}
