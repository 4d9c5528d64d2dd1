import type { VersionedHistory } from './versions.ts';

/** How far a serial order that respects data, processes and real time gets. */
export interface SerialOrder {
  /** Transactions in an order that explains the history; all committed ones when `complete`. */
  readonly order: Int32Array;
  readonly complete: boolean;
  /** 1 for each committed transaction that found no place: on a cycle, or behind one. */
  readonly stuck: Uint8Array;
  /** Edges followed. */
  readonly steps: number;
}

/**
 * Orders the transactions by ww, wr, rw, process order and real time at once (Kahn's algorithm). The graph is never
 * built: successors are read from the versions, and real time is one moving limit, since "all that completed before t
 * was invoked have been placed" is a prefix of the order of invocations. Linear in the micro-operations.
 */
export function serialOrder(history: VersionedHistory): SerialOrder {
  return new SerialPlacer(history).run();
}

class SerialPlacer {
  private readonly history: VersionedHistory;
  private readonly waiting: Int32Array;
  private readonly order: Int32Array;
  private placed = 0;
  private steps = 0;
  /** Readers of each version, as linked lists through reading micro-operations. */
  private readonly firstReader: Int32Array;
  private readonly nextReader: Int32Array;
  /** Per place in the order of invocations: how many unplaced transactions completed just before it. */
  private readonly blockers: Int32Array;
  private limit = -1;
  private readonly tails: TailGates;

  constructor(history: VersionedHistory) {
    this.history = history;
    const { count } = history.columns;
    this.waiting = new Int32Array(count);
    this.order = new Int32Array(count);
    this.firstReader = new Int32Array(history.versionWriter.length).fill(-1);
    this.nextReader = new Int32Array(history.columns.target.length);
    this.blockers = new Int32Array(count + 1);
    this.tails = new TailGates(history);
  }

  run(): SerialOrder {
    this.countVersions();
    this.countReads();
    this.countSessions();
    this.tails.close(this.waiting);
    const { committed, columns } = this.history;
    this.advanceLimit();
    let next = 0;
    while (next < this.placed) {
      this.place(this.order[next++] as number);
      this.advanceLimit();
    }
    let live = 0;
    const stuck = new Uint8Array(columns.count);
    for (let t = 0; t < columns.count; t++) {
      if (committed[t] === 0) continue;
      live++;
      stuck[t] = 1;
    }
    for (let i = 0; i < this.placed; i++) stuck[this.order[i] as number] = 0;
    return {
      order: this.order.subarray(0, this.placed),
      complete: this.placed === live,
      stuck,
      steps: this.steps,
    };
  }

  private countVersions(): void {
    const { keyStart, versionWriter } = this.history;
    const { waiting } = this;
    for (let k = 0; k + 1 < keyStart.length; k++) {
      const end = keyStart[k + 1] as number;
      let before = -1;
      for (let version = keyStart[k] as number; version < end; version++) {
        const writer = versionWriter[version] as number;
        if (before >= 0 && writer !== before) waiting[writer] = (waiting[writer] as number) + 1;
        before = writer;
      }
    }
  }

  private countReads(): void {
    const { keyStart, versionWriter, position, transactionOf, columns } = this.history;
    const { waiting, firstReader, nextReader } = this;
    const { target } = columns;
    for (let op = 0; op < target.length; op++) {
      const code = target[op] as number;
      const seen = position[op] as number;
      if ((code & 1) === 0 || seen < 0) continue;
      const t = transactionOf[op] as number;
      const next = (keyStart[code >> 1] as number) + seen;
      if (seen > 0) {
        nextReader[op] = firstReader[next - 1] as number;
        firstReader[next - 1] = op;
        waiting[t] = (waiting[t] as number) + 1;
      }
      if (next < (keyStart[(code >> 1) + 1] as number)) {
        const writer = versionWriter[next] as number;
        if (writer !== t) waiting[writer] = (waiting[writer] as number) + 1;
      } else this.tails.reads(code >> 1, t);
    }
  }

  private countSessions(): void {
    const { nextInSession, firstAfter, committed, columns } = this.history;
    for (let t = 0; t < columns.count; t++) {
      if (committed[t] === 0) continue;
      const next = nextInSession[t] as number;
      if (next >= 0) this.waiting[next] = (this.waiting[next] as number) + 1;
      const after = firstAfter[t] as number;
      this.blockers[after] = (this.blockers[after] as number) + 1;
    }
  }

  /** Lets in, by order of invocation, all whom real time no longer holds back. */
  private advanceLimit(): void {
    const { count } = this.history.columns;
    while (this.limit + 1 < count && this.blockers[this.limit + 1] === 0) {
      const t = ++this.limit;
      if (this.history.committed[t] === 1 && this.waiting[t] === 0) this.order[this.placed++] = t;
    }
  }

  private release(t: number): void {
    this.steps++;
    const left = (this.waiting[t] as number) - 1;
    this.waiting[t] = left;
    if (left === 0 && t <= this.limit) this.order[this.placed++] = t;
  }

  private place(t: number): void {
    const { keyStart, versionWriter, position, nextInSession, firstAfter, columns } = this.history;
    const { start, target } = columns;
    const end = start[t + 1] as number;
    for (let op = start[t] as number; op < end; op++) {
      const seen = position[op] as number;
      if (seen < 0) continue;
      const code = target[op] as number;
      const next = (keyStart[code >> 1] as number) + seen;
      if ((code & 1) === 0) this.placeWrite(t, code >> 1, next);
      else if (next < (keyStart[(code >> 1) + 1] as number)) {
        const writer = versionWriter[next] as number;
        if (writer !== t) this.release(writer);
      } else this.tails.open(code >> 1, (tail) => this.release(tail));
    }
    const next = nextInSession[t] as number;
    if (next >= 0) this.release(next);
    const after = firstAfter[t] as number;
    this.blockers[after] = (this.blockers[after] as number) - 1;
  }

  private placeWrite(t: number, key: number, version: number): void {
    const { keyStart, versionWriter, transactionOf } = this.history;
    if (version + 1 < (keyStart[key + 1] as number)) {
      const writer = versionWriter[version + 1] as number;
      if (writer !== t) this.release(writer);
    } else this.tails.open(key, (tail) => this.release(tail));
    let reader = this.firstReader[version] as number;
    while (reader >= 0) {
      this.release(transactionOf[reader] as number);
      reader = this.nextReader[reader] as number;
    }
  }
}

/**
 * Writes that nobody saw come after the last version in order and after everyone who read it. Each key has one gate
 * that opens when all of those are placed. A transaction that itself read the last version and then wrote does not
 * wait for its own read; if two of one key do so, one update is lost, and both stay behind the gate.
 */
class TailGates {
  private readonly history: VersionedHistory;
  private readonly pending: Int32Array;
  /** Per key: the one tail that is also among the pending, or -1 (none), or -2 (several). */
  private readonly insider: Int32Array;
  private readonly insiderPending: Int32Array;
  private readonly released: Uint8Array;

  constructor(history: VersionedHistory) {
    const keys = history.keyStart.length - 1;
    this.history = history;
    this.pending = new Int32Array(keys);
    this.insider = new Int32Array(keys).fill(-1);
    this.insiderPending = new Int32Array(keys);
    this.released = new Uint8Array(keys);
  }

  private hasTail(key: number): boolean {
    return this.history.tailStart[key] !== this.history.tailStart[key + 1];
  }

  private isTail(key: number, t: number): boolean {
    const { tailStart, tailOperation, transactionOf } = this.history;
    // Tails are grouped in the order of transactions, so that a binary search finds one.
    let low = tailStart[key] as number;
    let high = tailStart[key + 1] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((transactionOf[tailOperation[middle] as number] as number) < t) low = middle + 1;
      else high = middle;
    }
    return low < (tailStart[key + 1] as number) && transactionOf[tailOperation[low] as number] === t;
  }

  /** Somebody must be placed before the key's tails: a reader, or the writer, of its last version. */
  reads(key: number, t: number): void {
    if (!this.hasTail(key)) return;
    this.pending[key] = (this.pending[key] as number) + 1;
    if (!this.isTail(key, t)) return;
    if (this.insider[key] === -1) this.insider[key] = t;
    if (this.insider[key] === t) this.insiderPending[key] = (this.insiderPending[key] as number) + 1;
    else this.insider[key] = -2;
  }

  /** Makes every tail wait at its gate; gates that nobody holds stay open. */
  close(waiting: Int32Array): void {
    const { keyStart, tailStart, tailOperation, transactionOf, versionWriter } = this.history;
    for (let key = 0; key + 1 < keyStart.length; key++) {
      if (!this.hasTail(key)) continue;
      const end = keyStart[key + 1] as number;
      if (end > (keyStart[key] as number)) this.reads(key, versionWriter[end - 1] as number);
      if (this.pending[key] === 0) continue;
      const insider = this.insider[key] as number;
      const alone = insider >= 0 && this.pending[key] === this.insiderPending[key];
      for (let i = tailStart[key] as number; i < (tailStart[key + 1] as number); i++) {
        const t = transactionOf[tailOperation[i] as number] as number;
        if (!(alone && t === insider)) waiting[t] = (waiting[t] as number) + 1;
      }
      if (alone) this.released[key] = 1;
    }
  }

  /** One of those the gate waits for is placed. */
  open(key: number, release: (tail: number) => void): void {
    if (!this.hasTail(key)) return;
    const { tailStart, tailOperation, transactionOf } = this.history;
    const left = (this.pending[key] as number) - 1;
    this.pending[key] = left;
    const insider = this.insider[key] as number;
    if (insider >= 0 && this.released[key] === 0 && left === this.insiderPending[key]) {
      this.released[key] = 1;
      release(insider);
    }
    if (left > 0) return;
    for (let i = tailStart[key] as number; i < (tailStart[key + 1] as number); i++) {
      const t = transactionOf[tailOperation[i] as number] as number;
      if (t !== insider) release(t);
    }
  }
}
