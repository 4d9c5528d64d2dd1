import { hashString } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import { replicaCount, replicaDefect, replicaNodes } from '../replication/optionsError.ts';
import { LEADERLESS_DEFECTS, type LeaderlessDefect } from './defects.ts';

/** What a leaderless group is asked to be. Durations are in milliseconds of the node's own clock; 0 turns a mechanism off. */
export interface LeaderlessOptions {
  /** All nodes, in ring order. */
  readonly nodes: readonly NodeId[];
  /** Home replicas of each key: N. Default: all nodes, three at most. */
  readonly n?: number;
  /** Durable copies before a write is answered: W. Default: a majority of N. */
  readonly w?: number;
  /** Answers before a read is answered: R. Default: a majority of N. */
  readonly r?: number;
  /** Whether a node that is no home of the key may stand in for one that does not answer, and counts. Default false. */
  readonly sloppy?: boolean;
  /** What becomes of concurrent writes. Default `siblings`: all are kept. */
  readonly conflict?: 'siblings' | 'last-write-wins';
  /** Whether a read mends the replicas it heard. Default true. */
  readonly readRepair?: boolean;
  /** How long a coordinator waits before it turns to stand-ins, and again before it gives up. Default 100. */
  readonly timeoutMs?: number;
  /** Time between attempts to hand hints over. Default 500. */
  readonly handoffMs?: number;
  /** Time between exchanges of hash trees. Default 1,000. */
  readonly antiEntropyMs?: number;
  /** Operations a node coordinates at once; beyond it they are refused. Default 1,000. */
  readonly maxOpen?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: LeaderlessDefect | undefined;
}

/** Options with nothing left open. */
export type LeaderlessConfig = Readonly<Required<LeaderlessOptions>>;

/** Validates options once and fills in what is left open. Throws `ReplicationOptionsError`. */
export function leaderlessConfig(options: LeaderlessOptions): LeaderlessConfig {
  const nodes = replicaNodes('nodes', options.nodes);
  const n = replicaCount('n', options.n ?? Math.min(3, nodes.length), 1, nodes.length);
  const majority = Math.floor(n / 2) + 1;
  return {
    nodes,
    n,
    w: replicaCount('w', options.w ?? majority, 1, n),
    r: replicaCount('r', options.r ?? majority, 1, n),
    sloppy: options.sloppy ?? false,
    conflict: options.conflict ?? 'siblings',
    readRepair: options.readRepair ?? true,
    timeoutMs: replicaCount('timeoutMs', options.timeoutMs ?? 100),
    handoffMs: replicaCount('handoffMs', options.handoffMs ?? 500, 0),
    antiEntropyMs: replicaCount('antiEntropyMs', options.antiEntropyMs ?? 1_000, 0),
    maxOpen: replicaCount('maxOpen', options.maxOpen ?? 1_000),
    defect: replicaDefect(LEADERLESS_DEFECTS, options.defect),
  };
}

/** The range of the ring a key falls into: the place of its first home. */
export function rangeOf({ nodes }: LeaderlessConfig, key: string): number {
  return (hashString(key, 0x72696e67) >>> 0) % nodes.length;
}

/** The home replicas of a range. */
export function homesOf({ nodes, n }: LeaderlessConfig, range: number): readonly NodeId[] {
  return Array.from({ length: n }, (_, i) => nodes[(range + i) % nodes.length] as NodeId);
}

/** Whether reads of this group meet every acknowledged write: R + W > N, and only homes count. */
export function readsMeetWrites({ n, w, r, sloppy }: LeaderlessConfig): boolean {
  return r + w > n && !sloppy;
}
