import { Int32Column } from './growable.ts';
import type { VersionedHistory } from './versions.ts';

/** Kinds of edges, as bits of a mask. `PASS` leads out of a helper node and goes on with the kind that led in. */
export const WW = 1;
/** A read of what another wrote. */
export const WR = 2;
/** An overwrite of what another read. */
export const RW = 4;
/** The order of one process. */
export const PROCESS = 8;
/** One ended before the other began. */
export const REALTIME = 16;
/** Out of a helper node. */
export const PASS = 32;

/**
 * Dependencies among some transactions, explicitly. Nodes below `transactions.length` are those transactions; the
 * rest are helpers that keep the number of edges linear: one per transaction for real time, and a few per key for
 * writes that nobody saw. Leaving or entering micro-operations are -1 where an edge has none.
 */
export interface DependencyGraph {
  readonly transactions: Int32Array;
  readonly nodes: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly kind: Int32Array;
  readonly fromOperation: Int32Array;
  readonly toOperation: Int32Array;
  /** Edges leaving node `n` are `out[outStart[n]]` to `out[outStart[n + 1] - 1]`. */
  readonly outStart: Int32Array;
  readonly out: Int32Array;
}

/** Sorts edges by the node they leave (counting sort). */
export function edgesByNode(nodes: number, from: Int32Array): { start: Int32Array; edges: Int32Array } {
  const start = new Int32Array(nodes + 1);
  for (let e = 0; e < from.length; e++) {
    const node = from[e] as number;
    start[node + 1] = (start[node + 1] as number) + 1;
  }
  for (let n = 0; n < nodes; n++) start[n + 1] = (start[n + 1] as number) + (start[n] as number);
  const next = start.slice(0, nodes);
  const edges = new Int32Array(from.length);
  for (let e = 0; e < from.length; e++) {
    const node = from[e] as number;
    const place = next[node] as number;
    edges[place] = e;
    next[node] = place + 1;
  }
  return { start, edges };
}

/** The dependencies among the transactions marked in `included`, which must contain all successors of its members. */
export function buildGraph(history: VersionedHistory, included: Uint8Array): DependencyGraph {
  return new GraphBuilder(history, included).build();
}

class GraphBuilder {
  private readonly history: VersionedHistory;
  private readonly local: Int32Array;
  private readonly transactions: Int32Array;
  private nodes: number;
  private readonly from = new Int32Column();
  private readonly to = new Int32Column();
  private readonly kind = new Int32Column();
  private readonly fromOperation = new Int32Column();
  private readonly toOperation = new Int32Column();

  constructor(history: VersionedHistory, included: Uint8Array) {
    this.history = history;
    this.local = new Int32Array(history.columns.count).fill(-1);
    const transactions = new Int32Column();
    for (let t = 0; t < history.columns.count; t++) {
      if (included[t] === 0) continue;
      this.local[t] = transactions.length;
      transactions.push(t);
    }
    this.transactions = transactions.values();
    this.nodes = this.transactions.length;
  }

  build(): DependencyGraph {
    this.versionEdges();
    this.readEdges();
    this.tailEdges();
    this.orderEdges();
    const from = this.from.values();
    const out = edgesByNode(this.nodes, from);
    return {
      transactions: this.transactions,
      nodes: this.nodes,
      from,
      to: this.to.values(),
      kind: this.kind.values(),
      fromOperation: this.fromOperation.values(),
      toOperation: this.toOperation.values(),
      outStart: out.start,
      out: out.edges,
    };
  }

  private edge(from: number, to: number, kind: number, fromOperation: number, toOperation: number): void {
    if (from < 0 || to < 0 || from === to) return;
    this.from.push(from);
    this.to.push(to);
    this.kind.push(kind);
    this.fromOperation.push(fromOperation);
    this.toOperation.push(toOperation);
  }

  private localOf(op: number): number {
    return this.local[this.history.transactionOf[op] as number] as number;
  }

  private versionEdges(): void {
    const { keyStart, versionOperation } = this.history;
    for (let k = 0; k + 1 < keyStart.length; k++) {
      const end = keyStart[k + 1] as number;
      for (let version = (keyStart[k] as number) + 1; version < end; version++) {
        const before = versionOperation[version - 1] as number;
        const after = versionOperation[version] as number;
        this.edge(this.localOf(before), this.localOf(after), WW, before, after);
      }
    }
  }

  private readEdges(): void {
    const { keyStart, versionOperation, position, columns } = this.history;
    const { start, target } = columns;
    for (let node = 0; node < this.transactions.length; node++) {
      const t = this.transactions[node] as number;
      const end = start[t + 1] as number;
      for (let op = start[t] as number; op < end; op++) {
        const code = target[op] as number;
        const seen = position[op] as number;
        if ((code & 1) === 0 || seen < 0) continue;
        const next = (keyStart[code >> 1] as number) + seen;
        if (seen > 0) {
          const writer = versionOperation[next - 1] as number;
          this.edge(this.localOf(writer), node, WR, writer, op);
        }
        if (next < (keyStart[(code >> 1) + 1] as number)) {
          const writer = versionOperation[next] as number;
          this.edge(node, this.localOf(writer), RW, op, writer);
        }
      }
    }
  }

  /** Process order, and real time through a line of helpers: each leads to its transaction and to the next helper. */
  private orderEdges(): void {
    const { nextInSession, firstAfter, columns } = this.history;
    const live = this.transactions.length;
    const line = this.nodes;
    this.nodes += live;
    const place = new Int32Array(columns.count + 1).fill(live);
    for (let t = columns.count - 1; t >= 0; t--) {
      const node = this.local[t] as number;
      place[t] = node >= 0 ? node : (place[t + 1] as number);
    }
    for (let node = 0; node < live; node++) {
      const t = this.transactions[node] as number;
      const next = nextInSession[t] as number;
      if (next >= 0) this.edge(node, this.local[next] as number, PROCESS, -1, -1);
      const after = place[firstAfter[t] as number] as number;
      if (after < live) this.edge(node, line + after, REALTIME, -1, -1);
      this.edge(line + node, node, PASS, -1, -1);
      if (node + 1 < live) this.edge(line + node, line + node + 1, PASS, -1, -1);
    }
  }

  private tailEdges(): void {
    const { keyStart, tailStart, tailOperation, versionOperation } = this.history;
    const tailsOf = new Map<number, TailEntry>();
    for (let k = 0; k + 1 < keyStart.length; k++) {
      if (tailStart[k] === tailStart[k + 1]) continue;
      const tails = tailOperation
        .subarray(tailStart[k], tailStart[k + 1])
        .filter((op) => this.localOf(op) >= 0);
      if (tails.length === 0) continue;
      const entry = this.tailEntry(tails);
      tailsOf.set(k, entry);
      const end = keyStart[k + 1] as number;
      if (end === keyStart[k]) continue;
      const last = versionOperation[end - 1] as number;
      this.enterTails(entry, this.localOf(last), WW, last);
    }
    if (tailsOf.size > 0) this.tailReads(tailsOf);
  }

  private tailReads(tailsOf: ReadonlyMap<number, TailEntry>): void {
    const { keyStart, position, columns } = this.history;
    const { start, target } = columns;
    for (let node = 0; node < this.transactions.length; node++) {
      const t = this.transactions[node] as number;
      const end = start[t + 1] as number;
      for (let op = start[t] as number; op < end; op++) {
        const code = target[op] as number;
        const key = code >> 1;
        if ((code & 1) === 0 || (position[op] as number) < 0) continue;
        if ((keyStart[key] as number) + (position[op] as number) !== keyStart[key + 1]) continue;
        const entry = tailsOf.get(key);
        if (entry !== undefined) this.enterTails(entry, node, RW, op);
      }
    }
  }

  /**
   * Helpers that reach all tails of a key but one: a line that runs down from each tail and one that runs up. The
   * last of the first line reaches all of them.
   */
  private tailEntry(tails: Int32Array): TailEntry {
    const count = tails.length;
    const down = this.nodes;
    const up = down + count;
    this.nodes += 2 * count;
    const placeOf = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const op = tails[i] as number;
      const node = this.localOf(op);
      placeOf.set(node, i);
      this.edge(down + i, node, PASS, -1, op);
      this.edge(up + i, node, PASS, -1, op);
      if (i > 0) this.edge(down + i, down + i - 1, PASS, -1, -1);
      if (i + 1 < count) this.edge(up + i, up + i + 1, PASS, -1, -1);
    }
    return { down, up, count, placeOf };
  }

  private enterTails(entry: TailEntry, node: number, kind: number, op: number): void {
    if (node < 0) return;
    const own = entry.placeOf.get(node);
    if (own === undefined) this.edge(node, entry.down + entry.count - 1, kind, op, -1);
    else {
      if (own > 0) this.edge(node, entry.down + own - 1, kind, op, -1);
      if (own + 1 < entry.count) this.edge(node, entry.up + own + 1, kind, op, -1);
    }
  }
}

interface TailEntry {
  readonly down: number;
  readonly up: number;
  readonly count: number;
  /** A tail's node and its place in the lines. */
  readonly placeOf: ReadonlyMap<number, number>;
}
