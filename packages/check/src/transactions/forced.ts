import { type CertainOrder, type CertainPlacement, type ExtraEdges, placeCertain } from './certain.ts';
import { Int32Column } from './growable.ts';
import { INITIAL, NO_SOURCE, type RegisterReads } from './registerReads.ts';

/** A read that returned the initial value although its transaction must have seen a write. */
export interface StaleInitial {
  readonly read: number;
  readonly write: number;
}

/**
 * Orders of versions that reads force: whoever sees a write of x and yet reads another version of x tells that the
 * write came before that version. Each is an edge between writers, with the write seen and the read that tells. Only
 * those are kept that contradict the order of transactions being tried: the others say nothing new.
 */
export class ForcedOrders implements ExtraEdges {
  private readonly fromColumn = new Int32Column();
  private readonly toColumn = new Int32Column();
  private readonly writeColumn = new Int32Column();
  private readonly readColumn = new Int32Column();
  private readonly reads: RegisterReads;
  /** Where each transaction stands in the order being tried. */
  private place: Int32Array;
  /** A read of the initial value that no order explains. */
  stale: StaleInitial | undefined;

  constructor(reads: RegisterReads) {
    this.reads = reads;
    this.place = new Int32Array(0);
  }

  get length(): number {
    return this.fromColumn.length;
  }

  /** From now on compares with this order. */
  compareWith(place: Int32Array): void {
    this.place = place;
  }

  get from(): Int32Array {
    return this.fromColumn.values();
  }

  get to(): Int32Array {
    return this.toColumn.values();
  }

  /** The micro-operation of the earlier version. */
  get write(): Int32Array {
    return this.writeColumn.values();
  }

  /** The reading micro-operation that tells. */
  get read(): Int32Array {
    return this.readColumn.values();
  }

  /** The transaction of `read` sees `write`, of the same key, and reads what it reads. */
  force(write: number, read: number): void {
    const { source, transactionOf } = this.reads;
    const version = source[read] as number;
    if (version === NO_SOURCE || version === write) return;
    if (version === INITIAL) {
      this.stale ??= { read, write };
      return;
    }
    const from = transactionOf[write] as number;
    const to = transactionOf[version] as number;
    if ((this.place[from] as number) <= (this.place[to] as number)) return;
    this.fromColumn.push(from);
    this.toColumn.push(to);
    this.writeColumn.push(write);
    this.readColumn.push(read);
  }
}

/** What a transaction is taken to see of those it read from. */
export type Visibility = 'from the read on' | 'throughout';

/**
 * The orders forced when transactions see all or nothing of those they read from, and, with `sessions`, everything of
 * their own process (Biswas and Enea's read committed and read atomic axioms). The writes of a transaction are looked
 * at once per reader. Returns the steps taken.
 */
export function forceBySources(
  certain: CertainOrder,
  visibility: Visibility,
  sessions: boolean,
  forced: ForcedOrders,
): number {
  return new SourceForcer(certain, visibility, sessions, forced).run();
}

/** How the search for an order that agrees with all forced ones ended. */
export interface ForcedPlacement {
  /** An order of all transactions that agrees with every read; `complete` when there is one. */
  readonly placement: CertainPlacement;
  /** The forced orders that contradicted an order tried. */
  readonly forced: ForcedOrders;
  readonly steps: number;
}

/**
 * Guesses an order that fits what is certain, has `compare` report the forced orders that contradict it, and guesses
 * again with those added, until none does or they form a cycle. So the others need not be stored.
 */
export function placeForced(
  certain: CertainOrder,
  kinds: number,
  compare: (placement: CertainPlacement, place: Int32Array, forced: ForcedOrders) => number,
): ForcedPlacement {
  const forced = new ForcedOrders(certain.reads);
  let placement = placeCertain(certain, kinds, false);
  let steps = 0;
  while (placement.complete) {
    const place = new Int32Array(certain.reads.columns.count);
    placement.order.forEach((t, i) => {
      place[t] = i;
    });
    const before = forced.length;
    forced.compareWith(place);
    steps += placement.order.length + compare(placement, place, forced);
    if (forced.stale !== undefined) placement = { ...placement, complete: false };
    else if (forced.length === before) break;
    else placement = placeCertain(certain, kinds, false, forced, placement.order);
  }
  return { placement, forced, steps };
}

class SourceForcer {
  private readonly certain: CertainOrder;
  private readonly visibility: Visibility;
  private readonly sessions: boolean;
  private readonly forced: ForcedOrders;
  /** The reads of each key by the transaction at hand, as linked lists. */
  private readonly firstRead: Int32Array;
  private readonly nextRead: Int32Array;
  private readonly readBy: Int32Array;
  /** The last write of each key in the process at hand. */
  private readonly sessionWrite: Int32Array;
  private readonly writtenBy: Int32Array;

  private steps = 0;

  constructor(certain: CertainOrder, visibility: Visibility, sessions: boolean, forced: ForcedOrders) {
    const { columns } = certain.reads;
    this.certain = certain;
    this.visibility = visibility;
    this.sessions = sessions;
    this.forced = forced;
    this.firstRead = new Int32Array(columns.keys.length);
    this.nextRead = new Int32Array(columns.target.length);
    this.readBy = new Int32Array(columns.keys.length).fill(-1);
    this.sessionWrite = new Int32Array(columns.keys.length);
    this.writtenBy = new Int32Array(columns.keys.length).fill(-1);
  }

  run(): number {
    const { reads, previousInSession, nextInSession } = this.certain;
    const { count, session } = reads.columns;
    for (let first = 0; first < count; first++) {
      if (reads.committed[first] === 0 || (previousInSession[first] as number) >= 0) continue;
      for (let t = first; t >= 0; t = nextInSession[t] as number) {
        this.listReads(t);
        this.forceFromSources(t);
        if (this.sessions) this.forceFromSession(t, session[t] as number);
      }
    }
    return this.steps;
  }

  private listReads(t: number): void {
    const { source, columns } = this.certain.reads;
    for (let op = columns.start[t] as number; op < (columns.start[t + 1] as number); op++) {
      if (source[op] === NO_SOURCE) continue;
      const key = (columns.target[op] as number) >> 1;
      this.nextRead[op] = this.readBy[key] === t ? (this.firstRead[key] as number) : -1;
      this.firstRead[key] = op;
      this.readBy[key] = t;
    }
  }

  private forceFromSources(t: number): void {
    const { sourceStart, sources, sourceRead, reads } = this.certain;
    const { columns, final } = reads;
    for (let i = sourceStart[t] as number; i < (sourceStart[t + 1] as number); i++) {
      const writer = sources[i] as number;
      this.steps += (columns.start[writer + 1] as number) - (columns.start[writer] as number);
      const after = this.visibility === 'throughout' ? -1 : (sourceRead[i] as number);
      for (let op = columns.start[writer] as number; op < (columns.start[writer + 1] as number); op++) {
        if (final[op] === 1) this.forceAll(t, op, after);
      }
    }
  }

  private forceFromSession(t: number, session: number): void {
    const { columns, source, final } = this.certain.reads;
    const end = columns.start[t + 1] as number;
    for (let op = columns.start[t] as number; op < end; op++) {
      const key = (columns.target[op] as number) >> 1;
      if (source[op] === NO_SOURCE || this.writtenBy[key] !== session) continue;
      this.forced.force(this.sessionWrite[key] as number, op);
    }
    for (let op = columns.start[t] as number; op < end; op++) {
      if (final[op] === 0) continue;
      const key = (columns.target[op] as number) >> 1;
      this.writtenBy[key] = session;
      this.sessionWrite[key] = op;
    }
  }

  /** The transaction sees the write: all its reads of that key after a point say what they say. */
  private forceAll(t: number, write: number, after: number): void {
    const key = (this.certain.reads.columns.target[write] as number) >> 1;
    if (this.readBy[key] !== t) return;
    for (let read = this.firstRead[key] as number; read >= 0; read = this.nextRead[read] as number) {
      if (read > after) this.forced.force(write, read);
    }
  }
}
