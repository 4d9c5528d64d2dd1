/** Who is told to talk to whom, by node. */
export type Neighbours = Readonly<Record<string, readonly string[]>>;

/** Names of topologies. */
export const TOPOLOGIES = ['grid', 'line', 'total', 'tree2', 'tree3', 'tree4'] as const;

/** The neighbours of each node. Throws `RangeError` for a name that is none of `TOPOLOGIES`. */
export function neighbours(nodes: readonly string[], topology: string): Neighbours {
  const edges = edgesOf(nodes.length, topology);
  return Object.fromEntries(
    nodes.map((node, at) => [
      node,
      nodes.filter((_, other) =>
        edges.some(([a, b]) => (a === at && b === other) || (b === at && a === other)),
      ),
    ]),
  );
}

type Edge = readonly [number, number];

function edgesOf(count: number, topology: string): Edge[] {
  const all = Array.from({ length: count }, (_, i) => i);
  const tree = /^tree([234])$/.exec(topology);
  if (tree !== null) {
    const branches = Number(tree[1]);
    return all.slice(1).map((i): Edge => [Math.floor((i - 1) / branches), i]);
  }
  switch (topology) {
    case 'line':
      return all.slice(1).map((i): Edge => [i - 1, i]);
    case 'total':
      return all.flatMap((a) => all.filter((b) => b > a).map((b): Edge => [a, b]));
    case 'grid': {
      const width = Math.ceil(Math.sqrt(count));
      const right = all.filter((i) => (i + 1) % width !== 0 && i + 1 < count).map((i): Edge => [i, i + 1]);
      const down = all.filter((i) => i + width < count).map((i): Edge => [i, i + width]);
      return [...right, ...down];
    }
    default:
      throw new RangeError(
        `Cannot lay out nodes as '${topology}': it must be one of ${TOPOLOGIES.join(', ')}`,
      );
  }
}
