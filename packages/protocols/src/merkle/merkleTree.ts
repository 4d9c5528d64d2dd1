import { finish, hashPlain, hashString, mix, type Plain } from '@holdfast/plain';
import { ReplicationOptionsError, replicaCount } from '../replication/optionsError.ts';

/**
 * A hash tree over keyed items, so that two replicas find what differs by exchanging O(log n) messages. A leaf sums the hashes of its
 * items and an inner node those of its children, so that a change costs one addition a level (incremental hashing by
 * addition, Bellare and Micciancio 1997; trees of hashes, Merkle 1987; their use between replicas, Dynamo 2007, section 4.7).
 * Plain data, changed in place. 64 bits an entry, not cryptographic: it finds accidents, not attacks.
 */
export interface MerkleTree {
  readonly fanout: number;
  /** Levels below the root: fanout^depth buckets. */
  readonly depth: number;
  /** Two 32-bit sums for each node; the root is node 0, the children of n are n * fanout + 1 and so on. */
  readonly first: number[];
  readonly second: number[];
}

/** A node of the tree with its hash, as sent to another replica: 12 bytes on a wire. */
export type MerkleHash = readonly [node: number, first: number, second: number];

/** Most nodes of a tree. */
export const MERKLE_NODE_LIMIT = 16_777_216;

/** An empty tree. Replicas must agree on `fanout` (2 to 256) and `depth` (1 to 20). Throws `ReplicationOptionsError`. */
export function emptyMerkle({
  fanout = 16,
  depth = 4,
}: {
  readonly fanout?: number;
  readonly depth?: number;
} = {}): MerkleTree {
  replicaCount('fanout', fanout, 2, 256);
  replicaCount('depth', depth, 1, 20);
  const size = (fanout ** (depth + 1) - 1) / (fanout - 1);
  if (size > MERKLE_NODE_LIMIT) {
    throw new ReplicationOptionsError(
      'fanout and depth',
      `at most ${MERKLE_NODE_LIMIT} nodes together`,
      size,
    );
  }
  const zeros = (): number[] => new Array<number>(size).fill(0);
  return { fanout, depth, first: zeros(), second: zeros() };
}

/** The bucket a key falls into, from 0. */
export function merkleBucket({ fanout, depth }: MerkleTree, key: string): number {
  return (hashString(key, 0x6d65726b) >>> 0) % fanout ** depth;
}

/** An item's version changed: `before` and `after` are undefined where it was or is not there. O(depth). */
export function changeMerkle(
  tree: MerkleTree,
  key: string,
  before: Plain | undefined,
  after: Plain | undefined,
): void {
  let first = 0;
  let second = 0;
  for (const [version, sign] of [
    [before, -1],
    [after, 1],
  ] as const) {
    if (version === undefined) continue;
    const name = hashString(key);
    first = (first + sign * finish(mix(name, hashPlain(version, 1)))) | 0;
    second = (second + sign * finish(mix(mix(name, 0x5bd1e995), hashPlain(version, 2)))) | 0;
  }
  const leaves = tree.fanout ** tree.depth;
  let node = (leaves - 1) / (tree.fanout - 1) + merkleBucket(tree, key);
  for (;;) {
    tree.first[node] = ((tree.first[node] as number) + first) | 0;
    tree.second[node] = ((tree.second[node] as number) + second) | 0;
    if (node === 0) return;
    node = Math.floor((node - 1) / tree.fanout);
  }
}

/** The root, with which an exchange begins. */
export function merkleRoot(tree: MerkleTree): MerkleHash {
  return hashAt(tree, 0);
}

/**
 * Compares another replica's hashes with this tree's: `deeper` holds this tree's hashes below the inner nodes that differ, to be sent
 * back; `buckets` the leaves that differ, whose items must be exchanged. Both empty: nothing differs. Nodes that do not exist are ignored.
 */
export function compareMerkle(
  tree: MerkleTree,
  theirs: readonly MerkleHash[],
): { readonly deeper: readonly MerkleHash[]; readonly buckets: readonly number[] } {
  const leaves = (tree.fanout ** tree.depth - 1) / (tree.fanout - 1);
  const deeper: MerkleHash[] = [];
  const buckets: number[] = [];
  for (const [node, first, second] of theirs) {
    if (tree.first[node] === undefined) continue;
    if (tree.first[node] === first && tree.second[node] === second) continue;
    if (node >= leaves) buckets.push(node - leaves);
    else for (let i = 1; i <= tree.fanout; i++) deeper.push(hashAt(tree, node * tree.fanout + i));
  }
  return { deeper, buckets };
}

function hashAt({ first, second }: MerkleTree, node: number): MerkleHash {
  return [node, first[node] as number, second[node] as number];
}
