import { type Chains, NONE } from './chains.ts';
import type { Intervals } from './intervals.ts';

/** Where the refusals go: an order with them, operations that leave no room for one, or no saying. */
export type RefusalVerdict =
  | { readonly status: 'holds'; readonly order: Int32Array }
  | { readonly status: 'violated'; readonly conflict: readonly number[] }
  | { readonly status: 'open' };

const OPEN: RefusalVerdict = { status: 'open' };

/**
 * Puts the compares that found another value into an order of everything else, each where the value is another one than it
 * expected. Where the order leaves no such place, a change of unknown outcome that nobody needs may make one. `open` when that
 * does not do and the chain by itself does not exclude it: another order might.
 */
export function placeRefusals(chains: Chains, order: Int32Array, intervals: Intervals): RefusalVerdict {
  return new RefusalPlacer(chains, order, intervals).place();
}

/** Places are counted between operations of the order, twice: 2 k is ahead of operation k, 2 k + 1 too, but behind a change put in there. */
class RefusalPlacer {
  private readonly chains: Chains;
  private readonly order: Int32Array;
  private readonly begins: Float64Array;
  private readonly ends: Float64Array;
  /** The latest begin up to each rank of the order, and the earliest end from each rank on. */
  private readonly latestBegin: Float64Array;
  private readonly earliestEnd: Float64Array;
  /** The value ahead of each rank, and the first rank from there on that changes it. */
  private readonly valueAt: Int32Array;
  private readonly changeAt: Int32Array;
  /** The change put in at each place. */
  private readonly added = new Map<number, number>();
  /** Writes that may be put in, by invocation: first those whose value no refusal expects. */
  private readonly spareWrites: readonly { readonly list: number[]; used: number }[];
  /** Of each value the earliest unneeded compare that expects it. */
  private readonly spareCompares = new Map<number, number>();
  private readonly placeOf: Map<number, number> = new Map();

  constructor(chains: Chains, order: Int32Array, { begins, ends }: Intervals) {
    this.chains = chains;
    this.order = order;
    this.begins = begins;
    this.ends = ends;
    const length = order.length;
    this.latestBegin = new Float64Array(length);
    this.earliestEnd = new Float64Array(length);
    this.valueAt = new Int32Array(length + 1);
    this.changeAt = new Int32Array(length + 1);
    this.measure();
    const expected = new Set(Array.from(chains.refusals, (i) => chains.source[i]));
    const calm: number[] = [];
    const others: number[] = [];
    for (let i = 0; i < chains.count; i++) {
      if (!chains.isSpare(i)) continue;
      if (chains.isWrite(i)) (expected.has(i) ? others : calm).push(i);
      else {
        const source = chains.source[i] as number;
        if (!this.spareCompares.has(source)) this.spareCompares.set(source, i);
      }
    }
    this.spareWrites = [
      { list: calm, used: 0 },
      { list: others, used: 0 },
    ];
  }

  private measure(): void {
    const { order, begins, ends, latestBegin, earliestEnd, valueAt, changeAt, chains } = this;
    const length = order.length;
    let latest = Number.NEGATIVE_INFINITY;
    valueAt[0] = chains.count;
    for (let k = 0; k < length; k++) {
      const i = order[k] as number;
      latest = Math.max(latest, begins[i] as number);
      latestBegin[k] = latest;
      valueAt[k + 1] = chains.sets(i) ? i : (valueAt[k] as number);
    }
    let earliest = Number.POSITIVE_INFINITY;
    changeAt[length] = length;
    for (let k = length - 1; k >= 0; k--) {
      const i = order[k] as number;
      earliest = Math.min(earliest, ends[i] as number);
      earliestEnd[k] = earliest;
      changeAt[k] = chains.sets(i) ? k : (changeAt[k + 1] as number);
    }
  }

  place(): RefusalVerdict {
    const { refusals } = this.chains;
    const { ends, begins } = this;
    const byEnd = refusals.toSorted((a, b) => (ends[a] as number) - (ends[b] as number));
    let over = 0;
    let floor = 0;
    for (const f of refusals) {
      for (; over < byEnd.length; over++) {
        const before = byEnd[over] as number;
        if (!((ends[before] as number) < (begins[f] as number))) break;
        floor = Math.max(floor, this.placeOf.get(before) ?? 0);
      }
      const place = this.find(f, floor);
      if (typeof place !== 'number') return place;
      this.placeOf.set(f, place);
    }
    const whole = this.merged();
    return this.keepsTime(whole) ? { status: 'holds', order: whole } : OPEN;
  }

  /** The first place for a refusal, or what stands against it. */
  private find(f: number, floor: number): number | RefusalVerdict {
    const { changeAt, order } = this;
    const expected = this.chains.source[f] as number;
    const low = firstAbove(this.earliestEnd, this.begins[f] as number, false);
    const high = firstAbove(this.latestBegin, this.ends[f] as number, true);
    let rank = Math.max(low, floor >> 1);
    const isBehindAdded = floor >> 1 >= low && (floor & 1) === 1;
    const here = isBehindAdded ? this.added.get(rank) : this.valueAt[rank];
    if (here !== expected) return isBehindAdded ? floor : 2 * rank;
    const isFree = !isBehindAdded;
    rank = changeAt[rank] as number;
    const added = isFree ? this.added.get(rank) : undefined;
    if (added !== undefined && rank <= high) return added === expected ? OPEN : 2 * rank + 1;
    if (rank < high) return 2 * (rank + 1);
    const isInside = rank < order.length && this.chains.source[order[rank] as number] === expected;
    if (rank > high || isInside) return isFree && low >= floor >> 1 ? this.enclosed(f, low, high) : OPEN;
    if (!isFree) return OPEN;
    const change = this.spare(expected, this.ends[f] as number);
    if (change === NONE) return OPEN;
    this.added.set(rank, change);
    return 2 * rank + 1;
  }

  /** The value expected was there before the refusal began, and still when it was over. */
  private enclosed(f: number, low: number, high: number): RefusalVerdict {
    const { order, chains } = this;
    const expected = chains.source[f] as number;
    const around = [f, order[high] as number];
    if (low > 0) around.push(order[low - 1] as number);
    if (expected !== chains.count) around.push(expected);
    return { status: 'violated', conflict: chains.withCauses(around) };
  }

  /** A change to be put in behind value `expected` by `end`, or `NONE`. */
  private spare(expected: number, end: number): number {
    const compare = this.spareCompares.get(expected);
    if (compare !== undefined && (this.begins[compare] as number) <= end) {
      this.spareCompares.delete(expected);
      return compare;
    }
    for (const writes of this.spareWrites) {
      const first = writes.list[writes.used];
      if (first === undefined || first === expected || !((this.begins[first] as number) <= end)) continue;
      writes.used++;
      return first;
    }
    return NONE;
  }

  private merged(): Int32Array {
    const { order, added, placeOf, chains } = this;
    const whole = new Int32Array(order.length + added.size + chains.refusals.length);
    const placed = [...placeOf].sort(([a, p], [b, q]) => p - q || a - b);
    let at = 0;
    let next = 0;
    for (let place = 0; place <= 2 * order.length + 1; place++) {
      const rank = place >> 1;
      if ((place & 1) === 1) {
        const change = added.get(rank);
        if (change !== undefined) whole[at++] = change;
      }
      for (; next < placed.length && placed[next]?.[1] === place; next++)
        whole[at++] = placed[next]?.[0] ?? 0;
      if ((place & 1) === 1 && rank < order.length) whole[at++] = order[rank] as number;
    }
    return whole;
  }

  private keepsTime(whole: Int32Array): boolean {
    let latest = Number.NEGATIVE_INFINITY;
    for (const i of whole) {
      if ((this.ends[i] as number) < latest) return false;
      latest = Math.max(latest, this.begins[i] as number);
    }
    return true;
  }
}

/** In a rising list the first rank whose value is above the bound; `strictly` false: above or equal to it. */
function firstAbove(values: Float64Array, bound: number, strictly: boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = values[middle] as number;
    if (strictly ? value > bound : value >= bound) high = middle;
    else low = middle + 1;
  }
  return low;
}
