import { type CertainOrder, type CertainPlacement, placeCertain } from './certain.ts';
import { ForcedOrders } from './forced.ts';
import { PROCESS, WR } from './graph.ts';
import { INITIAL } from './registerReads.ts';

/** Processes swept together: their clocks for one transaction fill one cache line. */
const LANES = 16;

/** How the search for a causal order ended. */
export interface CausalResult {
  /** An order of all transactions that explains every read; `complete` when there is one. */
  readonly placement: CertainPlacement;
  /** Orders of versions found to contradict an order tried, all of them forced. */
  readonly forced: ForcedOrders;
  /** Comparisons made. */
  readonly steps: number;
}

/**
 * Transactional causal consistency (Biswas and Enea, OOPSLA 2019): a total order of transactions that contains process
 * order and reads-from, in which every read returns the last of the versions in its causal past.
 *
 * Each read tells, for each process, that the last write of its key by that process in its causal past comes before
 * the version it returned. An order that fits the causal one is guessed and every told order is compared with it;
 * those it contradicts are added and it is guessed again, so that the told orders never need to be stored.
 */
export function causalOrder(certain: CertainOrder): CausalResult {
  const forced = new ForcedOrders(certain.reads);
  let placement = placeCertain(certain, WR | PROCESS, false);
  let steps = 0;
  while (placement.complete) {
    const before = forced.from.length;
    const sweep = new CausalSweep(certain, placement.order, forced);
    sweep.run();
    steps += sweep.steps;
    if (forced.stale !== undefined) return { placement: { ...placement, complete: false }, forced, steps };
    if (forced.from.length === before) break;
    placement = placeCertain(certain, WR | PROCESS, false, forced);
  }
  return { placement, forced, steps };
}

class CausalSweep {
  steps = 0;
  private readonly certain: CertainOrder;
  private readonly forced: ForcedOrders;
  private readonly order: Int32Array;
  private readonly place: Int32Array;
  /** Number of each transaction within its process, from 1. */
  private readonly number: Int32Array;
  /** Per transaction and lane: how many transactions of that process are in its causal past, itself included. */
  private readonly clock: Int32Array;
  private readonly past = new Int32Array(LANES);
  /** Per key and lane: where that process's writes of the key begin in `writes`. */
  private readonly writeStart: Int32Array;
  private readonly writes: Int32Array;

  constructor(certain: CertainOrder, order: Int32Array, forced: ForcedOrders) {
    const { columns, committed } = certain.reads;
    this.certain = certain;
    this.order = order;
    this.forced = forced;
    this.place = new Int32Array(columns.count);
    order.forEach((t, i) => {
      this.place[t] = i;
    });
    this.number = new Int32Array(columns.count);
    const counts = new Int32Array(columns.sessions);
    for (let t = 0; t < columns.count; t++) {
      if (committed[t] === 0) continue;
      const session = columns.session[t] as number;
      counts[session] = (counts[session] as number) + 1;
      this.number[t] = counts[session] as number;
    }
    this.clock = new Int32Array(columns.count * LANES);
    this.writeStart = new Int32Array(columns.keys.length * LANES + 1);
    this.writes = new Int32Array(columns.target.length);
  }

  run(): void {
    const { sessions } = this.certain.reads.columns;
    for (let first = 0; first < sessions && this.forced.stale === undefined; first += LANES) {
      const lanes = Math.min(LANES, sessions - first);
      this.collectWrites(first, lanes);
      this.sweep(first, lanes);
    }
  }

  /** The final writes of these processes by key and process, each in process order. */
  private collectWrites(first: number, lanes: number): void {
    const { columns, committed, final } = this.certain.reads;
    const { writeStart, writes } = this;
    writeStart.fill(0);
    const each = (visit: (slot: number, op: number) => void): void => {
      for (let t = 0; t < columns.count; t++) {
        const lane = (columns.session[t] as number) - first;
        if (lane < 0 || lane >= lanes || committed[t] === 0) continue;
        const end = columns.start[t + 1] as number;
        for (let op = columns.start[t] as number; op < end; op++) {
          if (final[op] === 1) visit(((columns.target[op] as number) >> 1) * LANES + lane, op);
        }
      }
    };
    each((slot) => {
      writeStart[slot + 1] = (writeStart[slot + 1] as number) + 1;
    });
    for (let slot = 1; slot < writeStart.length; slot++) {
      writeStart[slot] = (writeStart[slot] as number) + (writeStart[slot - 1] as number);
    }
    const next = writeStart.slice();
    each((slot, op) => {
      const place = next[slot] as number;
      writes[place] = op;
      next[slot] = place + 1;
    });
  }

  private sweep(first: number, lanes: number): void {
    const { columns, source } = this.certain.reads;
    const { clock, past, order } = this;
    for (let i = 0; i < order.length; i++) {
      const t = order[i] as number;
      this.gatherPast(t);
      const end = columns.start[t + 1] as number;
      for (let op = columns.start[t] as number; op < end; op++) {
        if ((source[op] as number) >= INITIAL) this.compare(op, lanes);
      }
      const base = t * LANES;
      clock.set(past, base);
      const own = (columns.session[t] as number) - first;
      if (own >= 0 && own < LANES) clock[base + own] = this.number[t] as number;
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

  /** For each process of the block: does its last write of the key before this read come before the version read? */
  private compare(read: number, lanes: number): void {
    const { columns, source, transactionOf } = this.certain.reads;
    const { clock, past, writeStart, writes, number } = this;
    const version = source[read] as number;
    const writer = version === INITIAL ? -1 : (transactionOf[version] as number);
    const base = writer * LANES;
    const slot = ((columns.target[read] as number) >> 1) * LANES;
    for (let lane = 0; lane < lanes; lane++) {
      const known = writer < 0 ? 0 : (clock[base + lane] as number);
      const seen = past[lane] as number;
      if (seen <= known) continue;
      const low = writeStart[slot + lane] as number;
      let high = writeStart[slot + lane + 1] as number;
      if (low === high) continue;
      // The last write whose transaction is among the first `seen` of the process.
      let left = low;
      while (left < high) {
        const middle = (left + high) >>> 1;
        if ((number[transactionOf[writes[middle] as number] as number] as number) <= seen) left = middle + 1;
        else high = middle;
      }
      this.steps++;
      if (left === low) continue;
      const write = writes[left - 1] as number;
      const earlier = transactionOf[write] as number;
      if ((number[earlier] as number) <= known) continue;
      if (writer < 0 || (this.place[earlier] as number) > (this.place[writer] as number))
        this.forced.force(write, read);
    }
  }
}
