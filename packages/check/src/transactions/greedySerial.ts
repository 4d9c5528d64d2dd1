import type { CertainOrder } from './certain.ts';
import { Int32Column } from './growable.ts';
import type { OrderLevel } from './models.ts';
import { INITIAL } from './registerReads.ts';

/**
 * Tries to run the transactions one after another without ever taking back a step: each as soon as what it read is
 * there, and nobody still has to read what it overwrites. Near the order in which things happened this nearly always
 * gets to the end, in linear time; when it gets stuck nothing is known. Orders of the level are kept.
 */
export function greedySerialOrder(certain: CertainOrder, level: OrderLevel): Int32Array | undefined {
  return new GreedyRun(certain, level).run();
}

class GreedyRun {
  private readonly certain: CertainOrder;
  private readonly sessions: boolean;
  private readonly realtime: boolean;
  private readonly waiting: Int32Array;
  private readonly blockers: Int32Array;
  private limit = -1;
  /** Readers of each transaction's writes, one entry per reader and writer. */
  private readonly readerStart: Int32Array;
  private readonly readers: Int32Array;
  /** Per write: how many transactions read it. Per key: how many have yet to read its present version. */
  private readonly readersOf: Int32Array;
  private readonly pending: Int32Array;
  /** Per key: transactions that wait for those, as linked lists. */
  private readonly firstBlocked: Int32Array;
  private readonly blocked = new Int32Column();
  private readonly nextBlocked = new Int32Column();
  private readonly ready = new Int32Column();
  private readonly order: Int32Array;
  private readonly done: Uint8Array;
  private placed = 0;

  constructor(certain: CertainOrder, level: OrderLevel) {
    const { columns } = certain.reads;
    this.certain = certain;
    this.sessions = level !== 'none';
    this.realtime = level === 'realtime';
    this.waiting = new Int32Array(columns.count);
    this.blockers = new Int32Array(columns.count + 1);
    this.readerStart = new Int32Array(columns.count + 1);
    this.readers = new Int32Array(certain.sources.length);
    this.readersOf = new Int32Array(columns.target.length);
    this.pending = new Int32Array(columns.keys.length);
    this.firstBlocked = new Int32Array(columns.keys.length).fill(-1);
    this.order = new Int32Array(columns.count);
    this.done = new Uint8Array(columns.count);
  }

  run(): Int32Array | undefined {
    if (!this.prepare()) return undefined;
    const { committed, columns } = this.certain.reads;
    let live = 0;
    for (let t = 0; t < columns.count; t++) live += committed[t] as number;
    for (let next = 0; ; next++) {
      while (
        next === this.ready.length &&
        this.limit + 1 < columns.count &&
        this.blockers[this.limit + 1] === 0
      ) {
        const t = ++this.limit;
        if (committed[t] === 1 && this.waiting[t] === 0) this.ready.push(t);
      }
      if (next === this.ready.length) break;
      this.attempt(this.ready.data[next] as number);
    }
    return this.placed === live ? this.order.subarray(0, this.placed) : undefined;
  }

  /** Counts what everyone waits for; false when a transaction read two versions of one key, which no serial order explains. */
  private prepare(): boolean {
    const { reads, sourceStart, sources, previousInSession, firstAfter } = this.certain;
    const { columns, committed } = reads;
    for (let t = 0; t < columns.count; t++) {
      if (committed[t] === 0) continue;
      const first = sourceStart[t] as number;
      const end = sourceStart[t + 1] as number;
      this.waiting[t] = end - first + (this.sessions && (previousInSession[t] as number) >= 0 ? 1 : 0);
      for (let i = first; i < end; i++) {
        const writer = sources[i] as number;
        this.readerStart[writer + 1] = (this.readerStart[writer + 1] as number) + 1;
      }
      if (this.realtime) {
        const after = firstAfter[t] as number;
        this.blockers[after] = (this.blockers[after] as number) + 1;
      }
      if (!this.countReads(t)) return false;
    }
    for (let t = 0; t < columns.count; t++) {
      this.readerStart[t + 1] = (this.readerStart[t + 1] as number) + (this.readerStart[t] as number);
    }
    const next = this.readerStart.slice();
    for (let t = 0; t < columns.count; t++) {
      for (let i = sourceStart[t] as number; i < (sourceStart[t + 1] as number); i++) {
        const writer = sources[i] as number;
        const at = next[writer] as number;
        this.readers[at] = t;
        next[writer] = at + 1;
      }
    }
    return true;
  }

  private countReads(t: number): boolean {
    const { columns, source } = this.certain.reads;
    const first = columns.start[t] as number;
    for (let op = first; op < (columns.start[t + 1] as number); op++) {
      const from = source[op] as number;
      if (from < INITIAL) continue;
      const known = this.firstReadOf(t, op);
      if (known !== op) {
        if (source[known] !== from) return false;
      } else if (from === INITIAL) {
        const key = (columns.target[op] as number) >> 1;
        this.pending[key] = (this.pending[key] as number) + 1;
      } else this.readersOf[from] = (this.readersOf[from] as number) + 1;
    }
    return true;
  }

  /** The transaction's first read of another's work on the same key. */
  private firstReadOf(t: number, read: number): number {
    const { columns, source } = this.certain.reads;
    for (let op = columns.start[t] as number; op < read; op++) {
      if ((source[op] as number) >= INITIAL && columns.target[op] === columns.target[read]) return op;
    }
    return read;
  }

  private attempt(t: number): void {
    const { columns, final } = this.certain.reads;
    if (this.done[t] === 1) return;
    const end = columns.start[t + 1] as number;
    for (let op = columns.start[t] as number; op < end; op++) {
      if (final[op] === 0) continue;
      const key = (columns.target[op] as number) >> 1;
      const others = (this.pending[key] as number) - (this.readsKey(t, key) ? 1 : 0);
      if (others === 0) continue;
      this.nextBlocked.push(this.firstBlocked[key] as number);
      this.firstBlocked[key] = this.blocked.length;
      this.blocked.push(t);
      return;
    }
    this.place(t);
  }

  private readsKey(t: number, key: number): boolean {
    const { columns, source } = this.certain.reads;
    for (let op = columns.start[t] as number; op < (columns.start[t + 1] as number); op++) {
      if ((source[op] as number) >= INITIAL && (columns.target[op] as number) >> 1 === key) return true;
    }
    return false;
  }

  private place(t: number): void {
    const { reads, nextInSession, firstAfter } = this.certain;
    const { columns, source, final } = reads;
    this.done[t] = 1;
    this.order[this.placed++] = t;
    const end = columns.start[t + 1] as number;
    for (let op = columns.start[t] as number; op < end; op++) {
      const key = (columns.target[op] as number) >> 1;
      if ((source[op] as number) >= INITIAL && this.firstReadOf(t, op) === op) {
        this.pending[key] = (this.pending[key] as number) - 1;
        if ((this.pending[key] as number) <= 1) this.wake(key);
      }
    }
    for (let op = columns.start[t] as number; op < end; op++) {
      if (final[op] === 1) this.pending[(columns.target[op] as number) >> 1] = this.readersOf[op] as number;
    }
    for (let i = this.readerStart[t] as number; i < (this.readerStart[t + 1] as number); i++) {
      this.release(this.readers[i] as number);
    }
    if (this.sessions && (nextInSession[t] as number) >= 0) this.release(nextInSession[t] as number);
    if (this.realtime) {
      const after = firstAfter[t] as number;
      this.blockers[after] = (this.blockers[after] as number) - 1;
    }
  }

  /** Those who waited for the key's readers try again; who still cannot waits again. */
  private wake(key: number): void {
    for (let at = this.firstBlocked[key] as number; at >= 0; at = this.nextBlocked.data[at] as number) {
      this.ready.push(this.blocked.data[at] as number);
    }
    this.firstBlocked[key] = -1;
  }

  private release(t: number): void {
    const left = (this.waiting[t] as number) - 1;
    this.waiting[t] = left;
    if (left === 0 && t <= this.limit) this.ready.push(t);
  }
}
