import { sortByTime } from '../linearizable/order.ts';
import { type Contradiction, contradiction, listOf } from './monitor.ts';
import type { Values } from './values.ts';

/**
 * When a container is certainly not empty. A value is certainly inside from the end of its put to the beginning of its take,
 * both ends excluded: at those very instants it may be on its way.
 */
export class Presence {
  private readonly values: Values;
  /** Values with such a time, by when it begins. */
  private readonly sorted: Int32Array;
  /** The joined times: open intervals that do not overlap, ascending. */
  private readonly from: Float64Array;
  private readonly to: Float64Array;
  private readonly count: number;

  constructor(values: Values) {
    const { putEnd, takeBegin } = values;
    this.values = values;
    this.sorted = Int32Array.from({ length: values.count }, (_, v) => v).filter(
      (v) => (putEnd[v] as number) < (takeBegin[v] as number),
    );
    sortByTime(this.sorted, putEnd);
    this.from = new Float64Array(this.sorted.length);
    this.to = new Float64Array(this.sorted.length);
    let n = 0;
    for (const v of this.sorted) {
      const begin = putEnd[v] as number;
      const end = takeBegin[v] as number;
      if (n > 0 && begin < (this.to[n - 1] as number))
        this.to[n - 1] = Math.max(this.to[n - 1] as number, end);
      else {
        this.from[n] = begin;
        this.to[n++] = end;
      }
    }
    this.count = n;
  }

  /** The first instant from `time` on at which nothing is certainly inside. */
  firstGap(time: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.from[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return time;
    return Math.max(time, this.to[low - 1] as number);
  }

  /** An instant for each operation that found nothing inside, or a contradiction. */
  placeEmpties(): Float64Array | Contradiction {
    const { empties, intervals } = this.values;
    const points = new Float64Array(empties.length);
    for (let k = 0; k < empties.length; k++) {
      const i = empties[k] as number;
      const begin = intervals.begins[i] as number;
      const end = intervals.ends[i] as number;
      points[k] = this.firstGap(begin);
      if ((points[k] as number) > end) return this.neverEmpty(i, begin, end);
    }
    return points;
  }

  private neverEmpty(i: number, begin: number, end: number): Contradiction {
    const { put, take } = this.values;
    const chain = coverOf(this.values, this.sorted, begin, end);
    return contradiction(
      [i, ...chain.flatMap((v) => [put[v] as number, take[v] as number])],
      i,
      (tell) => `${tell(i)}, but ${insideAllTheTime(this.values, chain, tell)}`,
    );
  }
}

/** The fewest values that are certainly inside, one or another, at every instant from `begin` to `end`; `sorted` by the ends of their puts. */
export function coverOf(values: Values, sorted: Iterable<number>, begin: number, end: number): number[] {
  const { putEnd, takeBegin } = values;
  const chain: number[] = [];
  let reached = begin;
  let best = -1;
  for (const v of sorted) {
    if ((putEnd[v] as number) >= reached) {
      if (best === -1) break;
      chain.push(best);
      reached = takeBegin[best] as number;
      best = -1;
      if (reached > end || (putEnd[v] as number) >= reached) break;
    }
    const isFurther = (takeBegin[v] as number) > (best === -1 ? reached : (takeBegin[best] as number));
    if (isFurther) best = v;
  }
  if (best !== -1) chain.push(best);
  return chain;
}

/** In words: what was inside all the time. */
export function insideAllTheTime(
  values: Values,
  chain: readonly number[],
  tell: (position: number) => string,
): string {
  const { put, take } = values;
  const parts = chain.map((v) => {
    const end = take[v] === -1 ? 'and it was never taken' : `taken only when ${tell(take[v] as number)}`;
    return `${tell(put[v] as number)}, ${end}`;
  });
  return `at every moment of that something was certainly inside: ${listOf(parts)}`;
}
