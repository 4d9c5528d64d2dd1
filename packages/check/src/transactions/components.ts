import { type DependencyGraph, edgesByNode, PASS, PROCESS, REALTIME, RW, WR, WW } from './graph.ts';
import { anyOf, strongParts } from './machine.ts';

/** The strongly connected parts of a graph, each a graph of its own, and the edges looked at to find them. */
export interface Components {
  readonly graphs: readonly DependencyGraph[];
  readonly steps: number;
}

/** Splits a graph into its strongly connected parts; transactions on no cycle are left out. */
export function splitIntoComponents(graph: DependencyGraph): Components {
  const { part, count, steps } = strongParts(graph, anyOf(WW | WR | RW | PROCESS | REALTIME | PASS));
  const nodes = grouped(count, graph.nodes, (node) => part[node] as number);
  const edges = grouped(count, graph.from.length, (edge) => {
    const from = part[graph.from[edge] as number] as number;
    return from === part[graph.to[edge] as number] ? from : -1;
  });
  const place = new Int32Array(graph.nodes);
  const graphs = nodes.map((members, i) => subgraph(graph, members, edges[i] as readonly number[], place));
  return { graphs, steps };
}

function grouped(groups: number, items: number, groupOf: (item: number) => number): number[][] {
  const lists: number[][] = Array.from({ length: groups }, () => []);
  for (let item = 0; item < items; item++) {
    const group = groupOf(item);
    if (group >= 0) lists[group]?.push(item);
  }
  return lists;
}

function subgraph(
  graph: DependencyGraph,
  members: readonly number[],
  edges: readonly number[],
  place: Int32Array,
): DependencyGraph {
  members.forEach((node, i) => {
    place[node] = i;
  });
  // Members ascend, so that transactions come before helpers here as they do in the whole graph.
  const live = members.filter((node) => node < graph.transactions.length);
  const column = (source: Int32Array): Int32Array => Int32Array.from(edges, (edge) => source[edge] as number);
  const from = Int32Array.from(edges, (edge) => place[graph.from[edge] as number] as number);
  const out = edgesByNode(members.length, from);
  return {
    transactions: Int32Array.from(live, (node) => graph.transactions[node] as number),
    nodes: members.length,
    from,
    to: Int32Array.from(edges, (edge) => place[graph.to[edge] as number] as number),
    kind: column(graph.kind),
    fromOperation: column(graph.fromOperation),
    toOperation: column(graph.toOperation),
    outStart: out.start,
    out: out.edges,
  };
}
