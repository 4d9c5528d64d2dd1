import { encodePlain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { sortByTime } from '../linearizable/order.ts';
import { lowerBound, upperBound } from './bounds.ts';
import { coverOf, insideAllTheTime } from './cover.ts';
import { type Contradiction, contradiction, type MonitorVerdict } from './monitor.ts';
import { readValues, type Role, type Values } from './values.ts';

const PUTS: ReadonlySet<string> = new Set(['insert', 'add', 'enqueue', 'offer']);
const TAKES: ReadonlySet<string> = new Set(['delete-min', 'dequeue', 'poll']);

/**
 * Linearizability of a priority queue in which no item is inserted twice, in time n log n.
 *
 * Items are looked at from the smallest number up. An item can be taken exactly at the instants at which no item with a smaller
 * number is certainly inside (from the end of its insertion to the beginning of its deletion): there what the smaller ones do falls
 * into two parts that do not know of each other. What larger ones do never matters. Finding the queue empty counts as
 * taking an item larger than all others.
 */
export function judgePriorityQueue(operations: readonly Operation[]): MonitorVerdict | undefined {
  const values = readValues(operations, roleOf);
  if (values === undefined || 'status' in values) return values;
  const numbers = Float64Array.from(values.put, (i) => numberOf(operations[i] as Operation) ?? Number.NaN);
  if (numbers.some(Number.isNaN)) return undefined;
  const verdict = new Priorities(values, numbers).judge();
  return verdict.status === 'violated' && values.isOpen ? undefined : verdict;
}

function roleOf({ f, input, output, outcome }: Operation): Role {
  if (PUTS.has(f)) return { kind: 'put', value: encodePlain(input) };
  if (!TAKES.has(f) || outcome === 'fail') return { kind: 'other' };
  if (outcome === 'unknown') return { kind: 'lost-take' };
  return output === null ? { kind: 'empty' } : { kind: 'take', value: encodePlain(output) };
}

function numberOf({ input }: Operation): number | undefined {
  const number: unknown = Array.isArray(input) && input.length === 2 ? input[0] : input;
  return typeof number === 'number' ? number : undefined;
}

class Priorities {
  private readonly values: Values;
  private readonly numbers: Float64Array;
  /** Items from the smallest number up. */
  private readonly ranked: Int32Array;
  /** Every instant that may be asked for, ascending; of each the first one from it on that is not covered. */
  private readonly instants: Float64Array;
  private readonly next: Int32Array;
  /** When each item is taken, and when each empty one found nothing. */
  private readonly takenAt: Float64Array;
  private readonly emptyAt: Float64Array;

  constructor(values: Values, numbers: Float64Array) {
    const { count, putBegin, putEnd, takeBegin, empties, intervals } = values;
    this.values = values;
    this.numbers = numbers;
    this.ranked = Int32Array.from({ length: count }, (_, v) => v);
    sortByTime(this.ranked, numbers);
    const begins = Float64Array.from(empties, (i) => intervals.begins[i] as number);
    this.instants = new Float64Array(3 * count + begins.length);
    this.instants.set(putBegin);
    this.instants.set(putEnd, count);
    this.instants.set(takeBegin, 2 * count);
    this.instants.set(begins, 3 * count);
    this.instants.sort();
    this.next = Int32Array.from({ length: this.instants.length + 1 }, (_, i) => i);
    this.takenAt = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    this.emptyAt = new Float64Array(empties.length);
  }

  judge(): MonitorVerdict {
    const { takeEnd, take, putBegin, takeBegin } = this.values;
    for (let from = 0, to = 0; from < this.ranked.length; from = to) {
      const number = this.numbers[this.ranked[from] as number];
      while (to < this.ranked.length && this.numbers[this.ranked[to] as number] === number) to++;
      const equal = this.ranked.subarray(from, to);
      for (const v of equal) {
        if (take[v] === -1) continue;
        const earliest = Math.max(putBegin[v] as number, takeBegin[v] as number);
        const at = this.firstFree(earliest);
        if (at > (takeEnd[v] as number)) return this.blocked(v, this.ranked.subarray(0, from), earliest);
        this.takenAt[v] = at;
      }
      for (const v of equal) this.coverBy(v);
    }
    return this.placeEmpties() ?? { status: 'holds', order: this.arrange() };
  }

  private placeEmpties(): Contradiction | undefined {
    const { empties, intervals } = this.values;
    for (const [k, i] of empties.entries()) {
      const begin = intervals.begins[i] as number;
      const at = this.firstFree(begin);
      if (at > (intervals.ends[i] as number))
        return this.contradict(i, [], this.ranked, begin, intervals.ends[i] as number);
      this.emptyAt[k] = at;
    }
    return undefined;
  }

  /** The first instant from `time` on, itself one that is known, at which nothing looked at so far is certainly inside. */
  private firstFree(time: number): number {
    return this.instants[this.find(lowerBound(this.instants, time))] ?? Number.POSITIVE_INFINITY;
  }

  private find(place: number): number {
    const { next } = this;
    let at = place;
    while (next[at] !== at) {
      next[at] = next[next[at] as number] as number;
      at = next[at] as number;
    }
    return at;
  }

  private coverBy(v: number): void {
    const { putEnd, takeBegin } = this.values;
    const { instants } = this;
    // The instant itself at which the insertion ended stays free.
    let at = this.find(upperBound(instants, putEnd[v] as number));
    while (at < instants.length && (instants[at] as number) < (takeBegin[v] as number)) {
      this.next[at] = at + 1;
      at = this.find(at + 1);
    }
  }

  private blocked(v: number, smaller: Int32Array, earliest: number): Contradiction {
    const { put, take, takeEnd } = this.values;
    const i = take[v] as number;
    return this.contradict(i, [put[v] as number], smaller, earliest, takeEnd[v] as number);
  }

  private contradict(
    i: number,
    own: readonly number[],
    smaller: Int32Array,
    begin: number,
    end: number,
  ): Contradiction {
    const { values } = this;
    const sorted = smaller.slice();
    sortByTime(sorted, values.putEnd);
    const chain = coverOf(values, sorted, begin, end);
    const conflict = [
      i,
      ...own,
      ...chain.flatMap((v) => [values.put[v] as number, values.take[v] as number]),
    ];
    return contradiction(conflict, i, (tell) => {
      const what = own.length === 0 ? '' : ` with a smaller number`;
      const inside = insideAllTheTime(values, chain, tell).replace('something', `something${what}`);
      const since = own.length === 0 ? '' : `, which ${tell(own[0] as number)},`;
      return `${tell(i)}${since} but ${inside}`;
    });
  }

  /**
   * Each operation at its instant. At one instant: first what was inside is taken, smallest first; then items that come and go at
   * once; then the queue is found empty; then items come.
   */
  private arrange(): Int32Array {
    const { put, take, putEnd, empties } = this.values;
    const line: number[] = [];
    const times: number[] = [];
    const add = (position: number, time: number): void => {
      line.push(position);
      times.push(time);
    };
    const putAt = (v: number): number => Math.min(putEnd[v] as number, this.takenAt[v] as number);
    const isBrief = (v: number): boolean => take[v] !== -1 && putAt(v) === this.takenAt[v];
    for (const v of this.ranked)
      if (take[v] !== -1 && !isBrief(v)) add(take[v] as number, this.takenAt[v] as number);
    for (const v of this.ranked) {
      if (!isBrief(v)) continue;
      add(put[v] as number, putAt(v));
      add(take[v] as number, putAt(v));
    }
    for (const [k, i] of empties.entries()) add(i, this.emptyAt[k] as number);
    for (const v of this.ranked) if (!isBrief(v)) add(put[v] as number, putAt(v));
    const sorted = Int32Array.from(line.keys());
    sortByTime(sorted, Float64Array.from(times));
    return sorted.map((k) => line[k] as number);
  }
}
