import type { CertainOrder, CertainPlacement } from './certain.ts';
import { ForcedOrders } from './forced.ts';
import { type DependencyGraph, edgesByNode, PASS, PROCESS, REALTIME, WR, WW } from './graph.ts';
import { Int32Column } from './growable.ts';
import { anyOf, shortestWalk, strongParts } from './machine.ts';

/** Starting points tried for a short cycle. */
const TRIES = 8;

/**
 * The transactions of a short cycle of certain and forced dependencies among those that found no place, with the
 * readers that force them and what leads to those: where to look for a smallest violation.
 */
export function suspectsOf(
  certain: CertainOrder,
  kinds: number,
  realtime: boolean,
  placement: CertainPlacement,
  forced: ForcedOrders = new ForcedOrders(certain.reads),
): readonly number[] {
  const { transactionOf } = certain.reads;
  const suspects = new Set<number>();
  const blame = (write: number, read: number): void => {
    const [writer, reader] = [transactionOf[write] as number, transactionOf[read] as number];
    suspects.add(writer).add(reader);
    for (const t of pathBetween(certain, writer, reader)) suspects.add(t);
  };
  if (forced.stale !== undefined) {
    blame(forced.stale.write, forced.stale.read);
    return [...suspects];
  }
  const { graph, forcedAt } = stuckGraph(certain, kinds, realtime, placement, forced);
  for (const edge of shortCycle(graph)) {
    const from = graph.from[edge] as number;
    if (from < graph.transactions.length) suspects.add(graph.transactions[from] as number);
    const at = forcedAt[edge] as number;
    if (at >= 0) blame(forced.write[at] as number, forced.read[at] as number);
  }
  return [...suspects];
}

/** The dependencies among transactions that found no place. */
function stuckGraph(
  certain: CertainOrder,
  kinds: number,
  realtime: boolean,
  placement: CertainPlacement,
  forced: ForcedOrders,
): { graph: DependencyGraph; forcedAt: Int32Array } {
  const { reads, sourceStart, sources, nextInSession, firstAfter } = certain;
  const { count } = reads.columns;
  const stuck = reads.committed.slice();
  for (const t of placement.order) stuck[t] = 0;
  const transactions = new Int32Column();
  const local = new Int32Array(count).fill(-1);
  const place = new Int32Array(count + 1);
  for (let t = 0; t <= count; t++) {
    place[t] = transactions.length;
    if (t === count || stuck[t] === 0) continue;
    local[t] = transactions.length;
    transactions.push(t);
  }
  const live = transactions.length;
  const from = new Int32Column();
  const to = new Int32Column();
  const kind = new Int32Column();
  const forcedAt = new Int32Column();
  const edge = (a: number, b: number, of: number, at = -1): void => {
    if (a < 0 || b < 0) return;
    from.push(a);
    to.push(b);
    kind.push(of);
    forcedAt.push(at);
  };
  for (const t of transactions.values()) {
    const node = local[t] as number;
    for (let i = sourceStart[t] as number; i < (sourceStart[t + 1] as number); i++) {
      edge(local[sources[i] as number] as number, node, WR);
    }
    const next = nextInSession[t] as number;
    if ((kinds & PROCESS) !== 0 && next >= 0) edge(node, local[next] as number, PROCESS);
    if (!realtime) continue;
    const after = place[firstAfter[t] as number] as number;
    if (after < live) edge(node, live + after, REALTIME);
    edge(live + node, node, PASS);
    if (node + 1 < live) edge(live + node, live + node + 1, PASS);
  }
  const [forcedFrom, forcedTo] = [forced.from, forced.to];
  for (let i = 0; i < forcedFrom.length; i++) {
    edge(local[forcedFrom[i] as number] as number, local[forcedTo[i] as number] as number, WW, i);
  }
  const out = edgesByNode(2 * live, from.values());
  const none = new Int32Array(from.length).fill(-1);
  const graph: DependencyGraph = {
    transactions: transactions.values(),
    nodes: 2 * live,
    from: from.values(),
    to: to.values(),
    kind: kind.values(),
    fromOperation: none,
    toOperation: none,
    outStart: out.start,
    out: out.edges,
  };
  return { graph, forcedAt: forcedAt.values() };
}

function shortCycle(graph: DependencyGraph): readonly number[] {
  const machine = anyOf(WW | WR | PROCESS | REALTIME);
  const { part } = strongParts(graph, machine);
  let best: readonly number[] = [];
  let tries = 0;
  for (let node = 0; node < graph.transactions.length && tries < TRIES; node++) {
    if ((part[node] as number) < 0) continue;
    tries++;
    const walk = shortestWalk(graph, machine, node, 0, node, 1);
    if (walk !== undefined && (best.length === 0 || walk.edges.length < best.length)) best = walk.edges;
  }
  return best;
}

/** The transactions by which one is in the causal past of another, found backwards. */
function pathBetween(certain: CertainOrder, past: number, future: number): readonly number[] {
  const { sourceStart, sources, previousInSession } = certain;
  const leadsTo = new Map<number, number>([[future, -1]]);
  const queue = [future];
  for (const t of queue) {
    if (t === past) break;
    const before = [...sources.subarray(sourceStart[t], sourceStart[t + 1]), previousInSession[t] as number];
    for (const earlier of before) {
      if (earlier < 0 || leadsTo.has(earlier)) continue;
      leadsTo.set(earlier, t);
      queue.push(earlier);
    }
  }
  const path: number[] = [];
  if (!leadsTo.has(past)) return path;
  for (let t = past; t >= 0; t = leadsTo.get(t) as number) path.push(t);
  return path;
}
