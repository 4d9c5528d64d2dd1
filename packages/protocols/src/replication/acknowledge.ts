import type { NodeId } from '../core/core.ts';

/**
 * What "written" means to the client, from weakest to strongest.
 *
 * - `memory`: the leader holds it in memory (asynchronous replication).
 * - `fsync`: the leader's disk holds it (asynchronous replication).
 * - `semi-sync`: the leader's disk and one follower's; after a timeout the leader goes on alone, as `fsync`.
 * - `quorum`: the disks of a majority of the voting nodes, the leader's among them.
 * - `regions`: at least one disk in every region.
 * - `all`: every voting node's disk (synchronous replication).
 */
export type AcknowledgeLevel = 'memory' | 'fsync' | 'semi-sync' | 'quorum' | 'regions' | 'all';

/** All levels, weakest first. `quorum`, `regions` and `all` are ordered by the copies they make in the smallest case. */
export const ACKNOWLEDGE_LEVELS: readonly AcknowledgeLevel[] = [
  'memory',
  'fsync',
  'semi-sync',
  'quorum',
  'regions',
  'all',
];

/** The nodes that count, and where they stand. */
export interface VotingNodes {
  readonly nodes: readonly NodeId[];
  /** The region of each node. */
  readonly regionOf: Readonly<Record<NodeId, string>>;
}

/** Whether a write is as safe as the level says, when exactly the nodes in `durable` hold it on disk. `memory` needs nobody. */
export function isAcknowledged(
  level: AcknowledgeLevel,
  { nodes, regionOf }: VotingNodes,
  leader: NodeId,
  durable: (node: NodeId) => boolean,
): boolean {
  switch (level) {
    case 'memory':
      return true;
    case 'fsync':
      return durable(leader);
    case 'semi-sync':
      return (
        durable(leader) && (nodes.length === 1 || nodes.some((node) => node !== leader && durable(node)))
      );
    case 'quorum':
      return nodes.filter(durable).length > nodes.length / 2 && durable(leader);
    case 'regions':
      return regionsOf({ nodes, regionOf }).every((region) =>
        nodes.some((node) => regionOf[node] === region && durable(node)),
      );
    case 'all':
      return nodes.every(durable);
  }
}

/**
 * Whether hearing from `reporting` is enough for a failover that loses nothing: every set of nodes that can have acknowledged a
 * write for `leader` has a member among them. For `memory` and `fsync` that is the old leader itself; `semi-sync` after its timeout
 * is `fsync`.
 */
export function failoverIsSafe(
  level: AcknowledgeLevel,
  voting: VotingNodes,
  leader: NodeId,
  reporting: (node: NodeId) => boolean,
): boolean {
  if (level === 'memory' || level === 'fsync') return reporting(leader);
  // Those that are silent must not be able to acknowledge alone. A leader is only known for levels that need it.
  const leaders = voting.nodes.includes(leader) ? [leader] : voting.nodes;
  return !leaders.some((node) => isAcknowledged(level, voting, node, (other) => !reporting(other)));
}

/** True when a failover that waits for `failoverIsSafe` never needs the old leader. */
export function survivesLeaderLoss(level: AcknowledgeLevel): boolean {
  return level !== 'memory' && level !== 'fsync';
}

/** The regions of the voting nodes, in order of their first node. */
export function regionsOf({ nodes, regionOf }: VotingNodes): readonly string[] {
  return [...new Set(nodes.map((node) => regionOf[node] ?? ''))];
}

/** The least that must be lost for ever before an acknowledged write is. */
export interface WeakestLoss {
  readonly level: AcknowledgeLevel;
  /** Nodes whose disks are lost; none when a loss of memory is enough. */
  readonly disks: readonly NodeId[];
  /** One sentence a person can act on. */
  readonly words: string;
}

/** The weakest failure that loses a write acknowledged at `level` by `leader`, found by trying all sets of nodes, smallest first. */
export function weakestLoss(level: AcknowledgeLevel, voting: VotingNodes, leader: NodeId): WeakestLoss {
  const { nodes } = voting;
  if (level === 'memory') {
    return { level, disks: [], words: `memory: a restart of node ${leader} loses the write` };
  }
  for (let size = 1; size <= nodes.length; size++) {
    for (const lost of setsOf(nodes, size)) {
      // What survives an acknowledgement by the fewest nodes: could exactly the lost ones have acknowledged it?
      if (!isAcknowledged(level, voting, leader, (node) => lost.includes(node))) continue;
      const where =
        lost.length === 1 ? `the disk of node ${lost[0]}` : `the disks of nodes ${lost.join(', ')}`;
      return { level, disks: lost, words: `${level}: losing ${where} loses the write` };
    }
  }
  return { level, disks: nodes, words: `${level}: losing every disk loses the write` };
}

function setsOf(nodes: readonly NodeId[], size: number, from = 0): NodeId[][] {
  if (size === 0) return [[]];
  const sets: NodeId[][] = [];
  for (let i = from; i < nodes.length; i++) {
    for (const rest of setsOf(nodes, size - 1, i + 1)) sets.push([nodes[i] as NodeId, ...rest]);
  }
  return sets;
}
