import { hashString } from '@holdfast/plain';

/** Points of each node on a ring: more make shares more even. */
const POINTS = 160;

/** Consistent hashing (Karger and others, 1997): a key belongs to the node whose point comes next on a ring. Nodes that come or go move their own keys only. */
export class HashRing {
  private readonly points: readonly (readonly [number, string])[];

  constructor(nodes: readonly string[], points: number = POINTS) {
    this.points = nodes
      .flatMap((node) => Array.from({ length: points }, (_, i) => [placeOf(`${node}#${i}`), node] as const))
      .toSorted(([a], [b]) => a - b);
  }

  /** The node of a key; undefined when there are none. */
  owner(key: string): string | undefined {
    const place = placeOf(key);
    let [low, high] = [0, this.points.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.points[middle]?.[0] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    return (this.points[low] ?? this.points[0])?.[1];
  }
}

/** The naive way: the hash modulo the number of nodes. Nearly all keys move when one node comes or goes. */
export function moduloOwner(nodes: readonly string[], key: string): string | undefined {
  return nodes.length === 0 ? undefined : nodes[placeOf(key) % nodes.length];
}

/** The share of keys that have another owner than before, 0 to 1. */
export function movedShare(
  keys: readonly string[],
  before: (key: string) => string | undefined,
  after: (key: string) => string | undefined,
): number {
  return keys.filter((key) => before(key) !== after(key)).length / Math.max(1, keys.length);
}

function placeOf(text: string): number {
  // Two rounds: neighbouring names must not be neighbours on the ring.
  return hashString(text, hashString(text, 0x9e3779b9)) >>> 0;
}
