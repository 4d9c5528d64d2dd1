import type { Operation } from '../history/operation.ts';
import { intervalsOf, type Intervals } from '../linearizable/intervals.ts';
import { sortByTime } from '../linearizable/order.ts';
import { type Contradiction, contradiction, type MonitorVerdict } from './monitor.ts';

/**
 * Linearizability of a counter whose increments are all of one size and told no values, in time n log n; unknown
 * outcomes and decrements of one size as well.
 *
 * Time is gone through once. An increment counts as late as it can: when it ends, or when a read is about to end that needs more;
 * then of those begun the one that ends first is taken. So the counter is at every instant as low as it can be, and a
 * read can be explained exactly if it is no lower than that when it begins, and not out of reach when it ends.
 */
export function judgeCounter(operations: readonly Operation[]): MonitorVerdict | undefined {
  const counted = readCounter(operations);
  const intervals = counted && intervalsOf(operations);
  return counted && intervals && new LateCounter(counted, intervals).judge();
}

interface Counted {
  /** Of each operation the number of increments it saw; -1 for an increment. */
  readonly seen: Float64Array;
  /** Position of a read that no number of increments explains, or -1. */
  readonly odd: number;
}

function readCounter(operations: readonly Operation[]): Counted | undefined {
  const seen = new Float64Array(operations.length).fill(-1);
  let step = 0;
  for (const operation of operations) {
    const amount = amountOf(operation);
    if (amount === undefined) continue;
    if (step === 0) step = amount;
    const isTold = operation.outcome === 'ok' && typeof operation.output === 'number';
    if (amount === 0 || amount !== step || isTold || !Number.isSafeInteger(amount)) return undefined;
  }
  let odd = -1;
  for (const [i, operation] of operations.entries()) {
    if (amountOf(operation) !== undefined) continue;
    const { f, output, outcome } = operation;
    if ((f !== 'read' && f !== 'r') || outcome !== 'ok' || !Number.isSafeInteger(output)) return undefined;
    const times = output === 0 ? 0 : (output as number) / step;
    if (!Number.isSafeInteger(times) || times < 0) odd = i;
    seen[i] = times;
  }
  return { seen, odd };
}

function amountOf({ f, input }: Operation): number | undefined {
  const sign =
    f === 'add' || f === 'increment' || f === 'inc' ? 1 : f === 'decrement' || f === 'dec' ? -1 : 0;
  if (sign === 0) return undefined;
  const amount = input ?? 1;
  return typeof amount === 'number' ? sign * amount : 0;
}

class LateCounter {
  private readonly seen: Float64Array;
  private readonly odd: number;
  private readonly begins: Float64Array;
  private readonly ends: Float64Array;
  private readonly order: Int32Array;
  private length = 0;
  private count = 0;
  /** Increments begun and not yet counted, the first to end on top; a binary heap of positions. */
  private readonly open: number[] = [];
  private readonly isPlaced: Uint8Array;
  /** Reads begun that wait for the counter to reach what they saw. */
  private readonly waiting = new Map<number, number[]>();

  constructor({ seen, odd }: Counted, { begins, ends }: Intervals) {
    this.seen = seen;
    this.odd = odd;
    this.begins = begins;
    this.ends = ends;
    this.order = new Int32Array(seen.length);
    this.isPlaced = new Uint8Array(seen.length);
  }

  judge(): MonitorVerdict {
    const { odd, begins, ends } = this;
    if (odd !== -1)
      return contradiction([odd], odd, (tell) => `${tell(odd)}, which no number of the increments made`);
    const count = begins.length;
    const byBegin = Int32Array.from({ length: count }, (_, i) => i);
    const byEnd = byBegin.slice();
    sortByTime(byBegin, begins);
    sortByTime(byEnd, ends);
    let next = 0;
    for (const i of byEnd) {
      const end = ends[i] as number;
      for (; next < count && (begins[byBegin[next] as number] as number) <= end; next++) {
        const wrong = this.begin(byBegin[next] as number);
        if (wrong !== undefined) return wrong;
      }
      if (end === Number.POSITIVE_INFINITY) break;
      const wrong = this.isPlaced[i] === 1 ? undefined : this.end(i);
      if (wrong !== undefined) return wrong;
    }
    return { status: 'holds', order: this.order.slice(0, this.length) };
  }

  private begin(i: number): Contradiction | undefined {
    const value = this.seen[i] as number;
    if (value === -1) this.push(i);
    else if (value < this.count) return this.tooLow(i, value);
    else if (value === this.count) this.place(i);
    else {
      const list = this.waiting.get(value);
      if (list === undefined) this.waiting.set(value, [i]);
      else list.push(i);
    }
    return undefined;
  }

  private end(i: number): Contradiction | undefined {
    const value = this.seen[i] as number;
    // Another that ends at the same instant may be taken first.
    while (value === -1 && this.isPlaced[i] === 0) this.increment();
    while (this.count < value) if (!this.increment()) return this.tooHigh(i);
    return undefined;
  }

  /** Counts the open increment that ends first; false when there is none. */
  private increment(): boolean {
    const i = this.pop();
    if (i === undefined) return false;
    this.place(i);
    this.count++;
    for (const read of this.waiting.get(this.count) ?? []) this.place(read);
    this.waiting.delete(this.count);
    return true;
  }

  private place(i: number): void {
    this.isPlaced[i] = 1;
    this.order[this.length++] = i;
  }

  private tooHigh(i: number): Contradiction {
    const begun = this.count;
    return contradiction([i], i, (tell) => {
      const some = begun === 1 ? '1 increment' : `${begun} increments`;
      return `${tell(i)}, but only ${some} had begun by the time it completed`;
    });
  }

  /** What drove the counter beyond a read: a read before it, or nothing, and the increments that came and went since. */
  private tooLow(i: number, value: number): Contradiction {
    const begin = this.begins[i] as number;
    const over = (k: number): boolean => (this.ends[k] as number) < begin;
    const all = [...this.seen.keys()].filter(over);
    const increments = all
      .filter((k) => this.seen[k] === -1)
      .sort((a, b) => this.beginOf(b) - this.beginOf(a));
    const reads = all.filter((k) => this.seen[k] !== -1).sort((a, b) => this.endOf(b) - this.endOf(a));
    const many = contradiction(
      [i, ...increments.slice(0, value + 1)],
      i,
      (tell) => `${tell(i)}, but ${value + 1} increments were over before that began`,
    );
    if (increments.length > value) return many;
    let since = 0;
    for (const read of reads) {
      while (since < increments.length && this.beginOf(increments[since] as number) > this.endOf(read))
        since++;
      const before = this.seen[read] as number;
      if (before + since <= value) continue;
      const missing = Math.max(0, value + 1 - before);
      return contradiction([i, read, ...increments.slice(0, missing)], i, (tell) => {
        const more = missing === 0 ? '' : `, and ${missing} more came and went after that`;
        return `${tell(i)}, but ${tell(read)}, which was over before that began${more}`;
      });
    }
    return many;
  }

  private beginOf(i: number): number {
    return this.begins[i] as number;
  }

  private endOf(i: number): number {
    return this.ends[i] as number;
  }

  private push(i: number): void {
    const { open } = this;
    let at = open.push(i) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.endOf(open[parent] as number) <= this.endOf(i)) break;
      open[at] = open[parent] as number;
      at = parent;
    }
    open[at] = i;
  }

  private pop(): number | undefined {
    const { open } = this;
    const top = open[0];
    const last = open.pop();
    if (last === undefined || open.length === 0) return top;
    let at = 0;
    for (let child = 1; child < open.length; child = 2 * at + 1) {
      const other = child + 1;
      const isOther =
        other < open.length && this.endOf(open[other] as number) < this.endOf(open[child] as number);
      const lesser = isOther ? other : child;
      if (this.endOf(open[lesser] as number) >= this.endOf(last)) break;
      open[at] = open[lesser] as number;
      at = lesser;
    }
    open[at] = last;
    return top;
  }
}
