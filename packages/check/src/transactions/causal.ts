import type { CertainOrder } from './certain.ts';
import { type ForcedOrders, type ForcedPlacement, placeForced } from './forced.ts';
import { PROCESS, WR } from './graph.ts';
import { Int32Column } from './growable.ts';
import { INITIAL } from './registerReads.ts';

/** Processes swept together: their clocks for one transaction fill one cache line. */
const LANES = 16;
/** Words of a row of recent transactions, 32 to a word; a power of two. */
const WINDOW_WORDS = 32;
const WINDOW = 32 * WINDOW_WORDS;

/**
 * Transactional causal consistency (Biswas and Enea, OOPSLA 2019): a total order of transactions that contains process
 * order and reads-from, in which every read returns the last of the versions in its causal past.
 *
 * A read stands against an order when a write of its key, later in that order than the version it returned, is in its
 * causal past. The writes between the two are few where the order is near the one in which things happened. Whether one of
 * them is in the reader's past is a bit of a sliding window over the order when it is recent; else it is read from clocks,
 * computed for a block of processes at a time.
 */
export function causalOrder(certain: CertainOrder): ForcedPlacement {
  let earlier: Int32Array | undefined;
  return placeForced(certain, WR | PROCESS, (placement, place, forced) => {
    const steps = new CausalSweep(certain, placement.order, place, forced, earlier).run();
    earlier = place;
    return steps;
  });
}

class CausalSweep {
  private steps = 0;
  private readonly certain: CertainOrder;
  private readonly forced: ForcedOrders;
  private readonly order: Int32Array;
  private readonly place: Int32Array;
  /** Where each transaction stood in the order tried before. */
  private readonly earlier: Int32Array | undefined;
  /** Number of each transaction within its process, from 1. */
  private readonly number: Int32Array;
  /** Per transaction and lane: how many transactions of that process are in its causal past, itself included. */
  private clock: Int32Array = new Int32Array(0);
  private readonly past = new Int32Array(LANES);
  /** Which of the transactions placed shortly before each recent one are in its past; a ring of rows. */
  private readonly recent = new Int32Array(WINDOW * WINDOW_WORDS);
  /** Final writes of each key in the order tried, and the place of each among them. */
  private readonly keyStart: Int32Array;
  private readonly writes: Int32Array;
  private readonly rank: Int32Array;

  constructor(
    certain: CertainOrder,
    order: Int32Array,
    place: Int32Array,
    forced: ForcedOrders,
    earlier: Int32Array | undefined,
  ) {
    const { columns, committed } = certain.reads;
    this.certain = certain;
    this.order = order;
    this.place = place;
    this.forced = forced;
    this.earlier = earlier;
    this.number = new Int32Array(columns.count);
    const counts = new Int32Array(columns.sessions);
    for (let t = 0; t < columns.count; t++) {
      if (committed[t] === 0) continue;
      const session = columns.session[t] as number;
      counts[session] = (counts[session] as number) + 1;
      this.number[t] = counts[session] as number;
    }
    this.keyStart = new Int32Array(columns.keys.length + 1);
    this.writes = new Int32Array(columns.target.length);
    this.rank = new Int32Array(columns.target.length);
    this.rankWrites();
  }

  run(): number {
    const { sessions } = this.certain.reads.columns;
    const blocks = Math.ceil(sessions / LANES);
    // Doubts about the distant past are gathered in portions, so that memory stays linear whatever the order tried.
    for (let from = 0; from < this.order.length && this.forced.stale === undefined; ) {
      const doubts = Array.from({ length: blocks }, () => new Int32Column());
      const until = this.gather(from, doubts);
      doubts.forEach((block, i) => {
        if (block.length > 0 && this.forced.stale === undefined) this.settle(i * LANES, block, until);
      });
      from = until;
    }
    return this.steps;
  }

  private rankWrites(): void {
    const { columns, final } = this.certain.reads;
    const { keyStart, writes, rank, order } = this;
    for (let op = 0; op < final.length; op++) {
      if (final[op] === 0) continue;
      const key = (columns.target[op] as number) >> 1;
      keyStart[key + 1] = (keyStart[key + 1] as number) + 1;
    }
    for (let key = 0; key + 1 < keyStart.length; key++) {
      keyStart[key + 1] = (keyStart[key + 1] as number) + (keyStart[key] as number);
    }
    const next = keyStart.slice();
    for (let i = 0; i < order.length; i++) {
      const t = order[i] as number;
      const end = columns.start[t + 1] as number;
      for (let op = columns.start[t] as number; op < end; op++) {
        if (final[op] === 0) continue;
        const key = (columns.target[op] as number) >> 1;
        const at = next[key] as number;
        writes[at] = op;
        rank[op] = at;
        next[key] = at + 1;
      }
    }
    // Writes of transactions that have no place (aborted ones) leave gaps at the end of a key's stretch.
    for (let key = 0; key + 1 < keyStart.length; key++) {
      for (let at = next[key] as number; at < (keyStart[key + 1] as number); at++) writes[at] = -1;
    }
  }

  /**
   * Looks at reads with writes between their version and themselves. What is recent is settled, the rest collected by
   * block of processes. Returns where it stopped.
   */
  private gather(from: number, doubts: readonly Int32Column[]): number {
    const { columns, source } = this.certain.reads;
    const limit = 4 * columns.target.length + 1024;
    const before = this.steps;
    let i = from;
    for (; i < this.order.length && this.steps - before < limit; i++) {
      const t = this.order[i] as number;
      this.slide(t, i);
      const end = columns.start[t + 1] as number;
      for (let op = columns.start[t] as number; op < end; op++) {
        if ((source[op] as number) >= INITIAL) this.doubt(op, i, doubts);
      }
    }
    return i;
  }

  /** Makes the row of the transaction at a place from those it read from and the one before it in its process. */
  private slide(t: number, at: number): void {
    const { sourceStart, sources, previousInSession } = this.certain;
    const row = (at & (WINDOW - 1)) * WINDOW_WORDS;
    this.recent.fill(0, row, row + WINDOW_WORDS);
    const before = previousInSession[t] as number;
    if (before >= 0) this.join(row, at, this.place[before] as number);
    const end = sourceStart[t + 1] as number;
    for (let i = sourceStart[t] as number; i < end; i++)
      this.join(row, at, this.place[sources[i] as number] as number);
    this.steps += end - (sourceStart[t] as number) + 1;
  }

  private join(row: number, at: number, past: number): void {
    const { recent } = this;
    const last = past >> 5;
    const first = (at >> 5) - WINDOW_WORDS + 1;
    if (last < first) return;
    const other = (past & (WINDOW - 1)) * WINDOW_WORDS;
    for (let word = first; word <= last; word++) {
      const slot = word & (WINDOW_WORDS - 1);
      recent[row + slot] = (recent[row + slot] as number) | (recent[other + slot] as number);
    }
    const slot = row + (last & (WINDOW_WORDS - 1));
    recent[slot] = (recent[slot] as number) | (1 << (past & 31));
  }

  private doubt(read: number, placeOfReader: number, doubts: readonly Int32Column[]): void {
    const { columns, source, transactionOf } = this.certain.reads;
    const { keyStart, writes, rank, place } = this;
    const key = (columns.target[read] as number) >> 1;
    const version = source[read] as number;
    const end = keyStart[key + 1] as number;
    const row = (placeOfReader & (WINDOW - 1)) * WINDOW_WORDS;
    for (
      let at = version === INITIAL ? (keyStart[key] as number) : (rank[version] as number) + 1;
      at < end;
      at++
    ) {
      const write = writes[at] as number;
      if (write < 0) break;
      const writer = transactionOf[write] as number;
      const placeOfWriter = place[writer] as number;
      this.steps++;
      if (placeOfWriter >= placeOfReader) break;
      const word = placeOfWriter >> 5;
      if (word > (placeOfReader >> 5) - WINDOW_WORDS) {
        const bits = this.recent[row + (word & (WINDOW_WORDS - 1))] as number;
        if (((bits >>> (placeOfWriter & 31)) & 1) === 1) this.forced.force(write, read);
        continue;
      }
      if (this.wasDoubted(version, writer, transactionOf[read] as number)) continue;
      const block = doubts[((columns.session[writer] as number) / LANES) | 0] as Int32Column;
      block.push(read);
      block.push(write);
    }
  }

  /** Doubts of the order tried before are settled: the write is not in the past, or its order has been added. */
  private wasDoubted(version: number, writer: number, reader: number): boolean {
    const { earlier } = this;
    if (earlier === undefined) return false;
    const at = earlier[writer] as number;
    const from =
      version === INITIAL ? -1 : (earlier[this.certain.reads.transactionOf[version] as number] as number);
    return from < at && at < (earlier[reader] as number);
  }

  /** Sweeps the clocks of one block of processes and tells which doubtful reads see the later write. */
  private settle(first: number, doubts: Int32Column, until: number): void {
    const { columns, transactionOf } = this.certain.reads;
    if (this.clock.length === 0) this.clock = new Int32Array(columns.count * LANES);
    const { clock, past, order, number } = this;
    let next = 0;
    for (let i = 0; i < until && next < doubts.length; i++) {
      const t = order[i] as number;
      this.gatherPast(t);
      for (; next < doubts.length; next += 2) {
        const read = doubts.data[next] as number;
        if (transactionOf[read] !== t) break;
        const write = doubts.data[next + 1] as number;
        const writer = transactionOf[write] as number;
        if ((past[(columns.session[writer] as number) - first] as number) >= (number[writer] as number)) {
          this.forced.force(write, read);
        }
      }
      const base = t * LANES;
      for (let lane = 0; lane < LANES; lane++) clock[base + lane] = past[lane] as number;
      const own = (columns.session[t] as number) - first;
      if (own >= 0 && own < LANES) clock[base + own] = number[t] as number;
    }
  }

  private gatherPast(t: number): void {
    const { sourceStart, sources, previousInSession } = this.certain;
    const { clock, past } = this;
    const before = previousInSession[t] as number;
    if (before < 0) past.fill(0);
    else for (let lane = 0, at = before * LANES; lane < LANES; lane++, at++) past[lane] = clock[at] as number;
    const end = sourceStart[t + 1] as number;
    for (let i = sourceStart[t] as number; i < end; i++) {
      let at = (sources[i] as number) * LANES;
      for (let lane = 0; lane < LANES; lane++, at++) {
        const other = clock[at] as number;
        if (other > (past[lane] as number)) past[lane] = other;
      }
    }
    this.steps += end - (sourceStart[t] as number) + 1;
  }
}
