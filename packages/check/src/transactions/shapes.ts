import type { Cycle, CycleEdge } from './cycle.ts';
import { type DependencyGraph, PROCESS, RW, WR, WW } from './graph.ts';
import type { OrderLevel } from './models.ts';
import { NO_POSITION, type VersionedHistory } from './versions.ts';

/** A read, and the later versions of its key whose writers might be in its past. */
export interface StaleRead {
  readonly operation: number;
  readonly target: number;
  readonly sources: readonly number[];
  readonly newer: readonly { readonly node: number; readonly operation: number }[];
}

/** The place of a write that nobody saw: after all versions in order. */
const BEYOND = 2 ** 30;

/** Patterns that one or two transactions show by themselves: found by looking, without a search. */
export class TransactionShapes {
  private readonly history: VersionedHistory;
  private readonly graph: DependencyGraph;
  private readonly nodeOf = new Map<number, number>();

  constructor(history: VersionedHistory, graph: DependencyGraph) {
    this.history = history;
    this.graph = graph;
    graph.transactions.forEach((t, node) => this.nodeOf.set(t, node));
  }

  /** 1 for helpers and for transactions that wrote something. */
  writers(): Uint8Array {
    const marks = new Uint8Array(this.graph.nodes).fill(1);
    this.graph.transactions.forEach((t, node) => {
      marks[node] = 0;
      for (const op of this.operations(t)) if (!this.isRead(op)) marks[node] = 1;
    });
    return marks;
  }

  /** T read a key and wrote it, and another's write lies between what it read and what it wrote. */
  lostUpdate(): Cycle | undefined {
    const { keyStart, versionOperation, versionWriter, transactionOf } = this.history;
    const readers = new Map<number, number>();
    for (const t of this.graph.transactions) {
      for (const [read, write] of this.readsThenWrites(t)) {
        const key = this.keyOf(read);
        const from = (keyStart[key] as number) + (this.history.position[read] as number);
        const end = Math.min(keyStart[key + 1] as number, (keyStart[key] as number) + this.placeOf(write));
        for (let version = from; version < end; version++) {
          if (versionWriter[version] === t) continue;
          const other = versionOperation[version] as number;
          return [this.edge(RW, read, other), this.edge(WW, other, write)];
        }
        if (this.placeOf(write) !== BEYOND || from !== keyStart[key + 1]) continue;
        const rival = readers.get(key);
        if (rival !== undefined && transactionOf[rival] !== t)
          return this.bothAtTheEnd(key, rival, read, write);
        readers.set(key, read);
      }
    }
    return undefined;
  }

  /** Two read the last version and both wrote the next. */
  private bothAtTheEnd(key: number, first: number, second: number, write: number): Cycle {
    const { transactionOf } = this.history;
    const other = this.operations(transactionOf[first] as number).find(
      (op) => !this.isRead(op) && this.keyOf(op) === key,
    );
    return [this.edge(RW, first, write), this.edge(RW, second, other ?? -1)];
  }

  /** T read something of U, and then, in its program order, a version older than one that U wrote. */
  observedVanished(): Cycle | undefined {
    for (const t of this.graph.transactions) {
      const owed = new Map<number, { place: number; write: number; read: number }>();
      for (const op of this.operations(t)) {
        const seen = this.history.position[op] as number;
        if (!this.isRead(op) || seen === NO_POSITION) continue;
        const must = owed.get(this.keyOf(op));
        if (must !== undefined && must.place >= seen) return this.fracture(op, must.write, must.read);
        this.owe(owed, op);
      }
    }
    return undefined;
  }

  /** Everything that the writer read from wrote must be seen from now on. */
  private owe(owed: Map<number, { place: number; write: number; read: number }>, read: number): void {
    const writer = this.writerRead(read);
    if (writer < 0 || !this.nodeOf.has(writer)) return;
    for (const write of this.operations(writer)) {
      if (this.isRead(write)) continue;
      const key = this.keyOf(write);
      const place = this.placeOf(write);
      if (place > (owed.get(key)?.place ?? -1)) owed.set(key, { place, write, read });
    }
  }

  /** T saw one write of U and missed another; at level `process` also: missed a write of its own process. */
  fracturedRead(level: OrderLevel): Cycle | undefined {
    for (const t of this.graph.transactions) {
      const oldest = this.oldestReads(t);
      for (const read of this.operations(t)) {
        const writer = this.isRead(read) ? this.writerRead(read) : -1;
        if (writer < 0 || !this.nodeOf.has(writer)) continue;
        for (const write of this.operations(writer)) {
          const missed = this.isRead(write) ? undefined : oldest.get(this.keyOf(write));
          if (missed !== undefined && this.placeOf(write) >= (this.history.position[missed] as number)) {
            return this.fracture(missed, write, read);
          }
        }
      }
    }
    return level === 'process' ? this.ownProcessMissed() : undefined;
  }

  private ownProcessMissed(): Cycle | undefined {
    const latest = new Map<string, { place: number; write: number }>();
    for (const t of this.graph.transactions) {
      const session = this.history.columns.session[t] as number;
      for (const [key, read] of this.oldestReads(t)) {
        const own = latest.get(`${session} ${key}`);
        if (own === undefined || own.place < (this.history.position[read] as number)) continue;
        const skipped = this.edge(RW, read, own.write);
        return [
          skipped,
          { ...skipped, from: skipped.to, to: t, kind: PROCESS, fromOperation: -1, toOperation: -1 },
        ];
      }
      for (const write of this.operations(t)) {
        const name = `${session} ${this.keyOf(write)}`;
        if (this.isRead(write) || this.placeOf(write) <= (latest.get(name)?.place ?? -1)) continue;
        latest.set(name, { place: this.placeOf(write), write });
      }
    }
    return undefined;
  }

  /** Reads with later versions written by transactions that come earlier by `rank`. */
  staleReads(rank: Int32Array): StaleRead[] {
    const { keyStart, versionOperation } = this.history;
    const stale: StaleRead[] = [];
    this.graph.transactions.forEach((t, target) => {
      for (const operation of this.operations(t)) {
        const seen = this.history.position[operation] as number;
        if (!this.isRead(operation) || seen === NO_POSITION) continue;
        const key = this.keyOf(operation);
        const newer: { node: number; operation: number }[] = [];
        const consider = (op: number): boolean => {
          const node = this.nodeOf.get(this.history.transactionOf[op] as number);
          if (node === undefined || node === target) return true;
          if ((rank[node] as number) > (rank[target] as number)) return false;
          newer.push({ node, operation: op });
          return true;
        };
        // Versions follow one another by ww, so that ranks only grow: past the first later one there is none.
        const end = keyStart[key + 1] as number;
        let version = (keyStart[key] as number) + seen;
        while (version < end && consider(versionOperation[version] as number)) version++;
        if (version === end) for (const op of this.tails(key)) consider(op);
        if (newer.length > 0)
          stale.push({ operation, target, newer, sources: newer.map((each) => each.node) });
      }
    });
    return stale;
  }

  private tails(key: number): Int32Array {
    const { tailStart, tailOperation } = this.history;
    return tailOperation.subarray(tailStart[key], tailStart[key + 1]);
  }

  private operations(t: number): readonly number[] {
    const { start } = this.history.columns;
    const first = start[t] as number;
    return Array.from({ length: (start[t + 1] as number) - first }, (_, i) => first + i);
  }

  private isRead(op: number): boolean {
    return ((this.history.columns.target[op] as number) & 1) === 1;
  }

  private keyOf(op: number): number {
    return (this.history.columns.target[op] as number) >> 1;
  }

  /** A write's place among its key's versions; a register's value that was overwritten at once has none, so -1. */
  private placeOf(write: number): number {
    const place = this.history.position[write] as number;
    if (place !== NO_POSITION) return place;
    return this.history.columns.workload === 'list-append' ? BEYOND : -1;
  }

  /** The transaction whose version a read returned, or -1. */
  private writerRead(read: number): number {
    const seen = this.history.position[read] as number;
    if (seen <= 0) return -1;
    return this.history.versionWriter[
      (this.history.keyStart[this.keyOf(read)] as number) + seen - 1
    ] as number;
  }

  /** Per key the read of another's work that saw least. */
  private oldestReads(t: number): Map<number, number> {
    const oldest = new Map<number, number>();
    for (const op of this.operations(t)) {
      const seen = this.history.position[op] as number;
      if (!this.isRead(op) || seen === NO_POSITION) continue;
      const before = oldest.get(this.keyOf(op));
      if (before === undefined || seen < (this.history.position[before] as number))
        oldest.set(this.keyOf(op), op);
    }
    return oldest;
  }

  /** Each key's read of another's work that saw least, together with the first own write of that key. */
  private readsThenWrites(t: number): (readonly [read: number, write: number])[] {
    const pairs: (readonly [number, number])[] = [];
    const reads = this.oldestReads(t);
    for (const op of this.operations(t)) {
      const read = this.isRead(op) ? undefined : reads.get(this.keyOf(op));
      if (read === undefined || this.placeOf(op) < 0) continue;
      pairs.push([read, op]);
      reads.delete(this.keyOf(op));
    }
    return pairs;
  }

  private edge(kind: number, fromOperation: number, toOperation: number): CycleEdge {
    const { transactionOf } = this.history;
    const from = transactionOf[fromOperation] as number;
    return { from, to: transactionOf[toOperation] as number, kind, fromOperation, toOperation };
  }

  private fracture(missedBy: number, write: number, seenBy: number): Cycle {
    const { keyStart, versionOperation, position } = this.history;
    const seen = (keyStart[this.keyOf(seenBy)] as number) + (position[seenBy] as number) - 1;
    return [this.edge(RW, missedBy, write), this.edge(WR, versionOperation[seen] as number, seenBy)];
  }
}
