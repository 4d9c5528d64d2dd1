import { type DependencyGraph, PASS, PROCESS, REALTIME, RW, WR, WW } from './graph.ts';
import type { CycleAnomalyName, DependencyKind } from './anomalies.ts';
import type { TransactionColumns } from './columns.ts';

/** One edge of a cycle between transactions; micro-operations are -1 where unknown or not involved. */
export interface CycleEdge {
  readonly from: number;
  readonly to: number;
  readonly kind: number;
  readonly fromOperation: number;
  readonly toOperation: number;
}

/** A cycle of transactions: each edge leads to where the next begins, the last to where the first does. */
export type Cycle = readonly CycleEdge[];

/** The words for the kinds of edges. */
export const KIND_NAMES: ReadonlyMap<number, DependencyKind> = new Map([
  [WW, 'ww'],
  [WR, 'wr'],
  [RW, 'rw'],
  [PROCESS, 'process'],
  [REALTIME, 'realtime'],
]);

/** Turns a closed walk over a graph's edges into a cycle of transactions, joining what runs through helpers. */
export function cycleOfEdges(graph: DependencyGraph, edges: readonly number[]): Cycle {
  const first = edges.findIndex((edge) => (graph.from[edge] as number) < graph.transactions.length);
  const turned = [...edges.slice(first), ...edges.slice(0, first)];
  const cycle: CycleEdge[] = [];
  for (const edge of turned) {
    const to = graph.to[edge] as number;
    const toTransaction = to < graph.transactions.length ? (graph.transactions[to] as number) : -1;
    const last = cycle.at(-1);
    if (graph.kind[edge] === PASS && last !== undefined) {
      cycle[cycle.length - 1] = {
        ...last,
        to: toTransaction,
        toOperation: graph.toOperation[edge] as number,
      };
    } else {
      cycle.push({
        from: graph.transactions[graph.from[edge] as number] as number,
        to: toTransaction,
        kind: graph.kind[edge] as number,
        fromOperation: graph.fromOperation[edge] as number,
        toOperation: graph.toOperation[edge] as number,
      });
    }
  }
  return cycle;
}

/** True when no transaction comes twice. */
export function isSimple(cycle: Cycle): boolean {
  return new Set(cycle.map((edge) => edge.from)).size === cycle.length;
}

/** What a cycle's edges make it. */
export function nameCycle(columns: TransactionColumns, cycle: Cycle): CycleAnomalyName {
  const has = (kind: number): boolean => cycle.some((edge) => edge.kind === kind);
  const suffix = has(REALTIME) ? '-realtime' : has(PROCESS) ? '-process' : '';
  const anti = cycle.filter((edge) => edge.kind === RW).length;
  if (isPhantom(columns, cycle)) return phantomName(cycle, suffix, anti);
  if (anti === 0) return `${has(WR) ? 'G1c' : 'G0'}${suffix}`;
  if (anti === 1) {
    if (isLostUpdate(columns, cycle)) return 'lost-update';
    if (cycle.length === 2 && has(WR))
      return readsOneKey(columns, cycle) ? 'non-repeatable-read' : 'fractured-read';
    return `G-single${suffix}`;
  }
  const adjacent = cycle.some((edge, i) => edge.kind === RW && cycle.at(i - 1)?.kind === RW);
  if (adjacent) return bothReadThenWrote(columns, cycle) ? 'lost-update' : `G2-item${suffix}`;
  return isLongFork(cycle) ? 'long-fork' : `G-nonadjacent${suffix}`;
}

/** Whether some transaction of the cycle wrote what a scan of another one had not found. */
export function isPhantom({ unfound }: TransactionColumns, cycle: Cycle): boolean {
  return unfound !== undefined && cycle.some((edge) => edge.kind === RW && unfound.has(edge.fromOperation));
}

function phantomName(cycle: Cycle, suffix: '' | '-process' | '-realtime', anti: number): CycleAnomalyName {
  if (anti === 1) return `G-single${suffix}`;
  const adjacent = cycle.some((edge, i) => edge.kind === RW && cycle.at(i - 1)?.kind === RW);
  return adjacent ? `G2${suffix}` : `G-nonadjacent${suffix}`;
}

const keyOf = (columns: TransactionColumns, op: number): number =>
  op < 0 ? -1 : (columns.target[op] as number) >> 1;

/** One key: read by a transaction, then overwritten by others, then by that transaction. */
function isLostUpdate(columns: TransactionColumns, cycle: Cycle): boolean {
  const key = keyOf(columns, cycle.find((edge) => edge.kind === RW)?.fromOperation ?? -1);
  return cycle.every(
    (edge) => edge.kind === RW || (edge.kind === WW && keyOf(columns, edge.toOperation) === key),
  );
}

/** The reader saw two versions of one key. */
function readsOneKey(columns: TransactionColumns, cycle: Cycle): boolean {
  const [a, b] = cycle.map((edge) =>
    keyOf(columns, edge.kind === RW ? edge.fromOperation : edge.toOperation),
  );
  return a === b;
}

/** Two transactions that read one version of a key and both wrote the next. */
function bothReadThenWrote(columns: TransactionColumns, cycle: Cycle): boolean {
  if (cycle.length !== 2) return false;
  const keys = cycle.flatMap((edge) => [
    keyOf(columns, edge.fromOperation),
    keyOf(columns, edge.toOperation),
  ]);
  const [key] = keys;
  return key !== -1 && keys.every((each) => each === key);
}

/** Two writers and two readers, each reader seeing one writer and missing the other. */
function isLongFork(cycle: Cycle): boolean {
  return (
    cycle.length === 4 &&
    cycle.every((edge, i) => edge.kind === (cycle[0]?.kind === RW ? [RW, WR] : [WR, RW])[i % 2])
  );
}
