import type { Operation } from '../history/operation.ts';
import { sortByTime } from '../linearizable/order.ts';
import { upperBound } from './bounds.ts';
import { Presence } from './cover.ts';
import { type Contradiction, contradiction, type MonitorVerdict } from './monitor.ts';
import { actionRole } from './roles.ts';
import { readValues, type Values } from './values.ts';

const FIFO = {
  enqueue: 'put',
  offer: 'put',
  add: 'put',
  dequeue: 'take',
  poll: 'take',
  remove: 'take',
  peek: 'peek',
} as const;

/**
 * Linearizability of a first-in first-out queue in which no value is put in twice, in time near linear in its length.
 *
 * It is linearizable exactly if nothing is taken that was not put in, twice, or before; no value put in certainly earlier than
 * another is taken certainly later, or never; and every operation that found the queue empty has an instant at which no value
 * was certainly inside (the patterns are those of Henzinger, Sezgin and Vafeiadis, CONCUR 2013). At such an instant the
 * history falls into two that do not know of each other; within a part an order of the values that keeps both the order of
 * puts and that of takes exists, because of four values in a cycle two already contradict each other.
 */
export function judgeQueue(operations: readonly Operation[]): MonitorVerdict | undefined {
  const values = readValues(operations, actionRole(FIFO));
  if (values === undefined || 'status' in values) return values;
  const verdict = judge(values);
  return verdict?.status === 'violated' && values.isOpen ? undefined : verdict;
}

function judge(values: Values): MonitorVerdict | undefined {
  const overtaken = findOvertaken(values);
  if (overtaken !== undefined) return overtaken;
  const points = new Presence(values).placeEmpties();
  if (!(points instanceof Float64Array)) return points;
  const order = new QueueOrder(values, points).arrange();
  return order === undefined ? undefined : { status: 'holds', order };
}

/** Two values, the first certainly put in before the second, and certainly taken after it, or never. */
function findOvertaken(values: Values): Contradiction | undefined {
  const { count, putBegin, putEnd, takeBegin, takeEnd, put, take } = values;
  const byBegin = Int32Array.from({ length: count }, (_, v) => v);
  const byEnd = byBegin.slice();
  sortByTime(byBegin, putBegin);
  sortByTime(byEnd, putEnd);
  let next = 0;
  let latest = -1;
  for (const b of byBegin) {
    for (; next < count && (putEnd[byEnd[next] as number] as number) < (putBegin[b] as number); next++) {
      const a = byEnd[next] as number;
      if (latest === -1 || (takeBegin[a] as number) > (takeBegin[latest] as number)) latest = a;
    }
    if (latest === -1 || (takeBegin[latest] as number) <= (takeEnd[b] as number)) continue;
    const a = latest;
    const [putA, takeA, putB, takeB] = [put[a], take[a], put[b], take[b]] as [number, number, number, number];
    return contradiction([putA, takeA, putB, takeB], takeB, (tell) => {
      const end = takeA === -1 ? 'it was never taken' : `it was taken only when ${tell(takeA)}`;
      return `${tell(takeB)}, but ${tell(putA)}, which was over before ${tell(putB)} began, and ${end}`;
    });
  }
  return undefined;
}

/** Builds an order of all operations. Between two instants at which the queue was empty a part of its own. */
class QueueOrder {
  private readonly values: Values;
  private readonly points: Float64Array;
  /** Positions of `empties`, by their instants. */
  private readonly empties: Int32Array;
  private readonly order: Int32Array;
  private at = 0;
  // Each value's times, cut to its part and to one another: a put is over when its take is, a take begins no sooner than its put.
  private readonly putBegin: Float64Array;
  private readonly putEnd: Float64Array;
  private readonly takeBegin: Float64Array;
  private readonly takeEnd: Float64Array;
  /** How many of the two orders let a value come next, and whether it came. */
  private readonly passed: Uint8Array;
  private readonly isDone: Uint8Array;

  constructor(values: Values, points: Float64Array) {
    const taken = values.take.reduce((sum, i) => sum + (i === -1 ? 0 : 1), 0);
    this.values = values;
    this.points = points;
    this.empties = Int32Array.from(points, (_, k) => k);
    sortByTime(this.empties, points);
    this.order = new Int32Array(values.count + taken + points.length);
    this.putBegin = values.putBegin.slice();
    this.putEnd = values.putEnd.slice();
    this.takeBegin = values.takeBegin.slice();
    this.takeEnd = values.takeEnd.slice();
    this.passed = new Uint8Array(values.count);
    this.isDone = new Uint8Array(values.count);
  }

  /** Undefined when there is none, which cannot be once no pair contradicts. */
  arrange(): Int32Array | undefined {
    const instants = Float64Array.from(new Set(this.points)).sort();
    const part = this.partsOf(instants);
    const sorted = Int32Array.from(part.keys());
    sortByTime(sorted, Float64Array.from(part));
    let from = 0;
    let nextEmpty = 0;
    for (let p = 0; p <= instants.length; p++) {
      let to = from;
      while (to < sorted.length && part[sorted[to] as number] === p) to++;
      if (!this.arrangePart(sorted.subarray(from, to))) return undefined;
      from = to;
      for (; nextEmpty < this.empties.length; nextEmpty++) {
        const k = this.empties[nextEmpty] as number;
        if (this.points[k] !== instants[p]) break;
        this.order[this.at++] = this.values.empties[k] as number;
      }
    }
    return this.order;
  }

  /** The part of each value, numbered from 0 in time; cuts its times to the part. */
  private partsOf(instants: Float64Array): Int32Array {
    const part = new Int32Array(this.values.count);
    for (let v = 0; v < part.length; v++) {
      const begin = this.putBegin[v] as number;
      const end = this.putEnd[v] as number;
      const taken = this.takeBegin[v] as number;
      // An instant at which the value can be on either side of both its put and its take.
      const p = upperBound(instants, end < taken ? end : Math.max(begin, taken));
      part[v] = p;
      const low = instants[p - 1] ?? Number.NEGATIVE_INFINITY;
      const high = instants[p] ?? Number.POSITIVE_INFINITY;
      const takeEnd = Math.min(this.takeEnd[v] as number, high);
      const putBegin = Math.max(begin, low);
      this.putBegin[v] = putBegin;
      this.putEnd[v] = Math.min(end, takeEnd);
      this.takeBegin[v] = Math.max(taken, putBegin);
      this.takeEnd[v] = takeEnd;
    }
    return part;
  }

  /** Puts the values of one part in an order, and their operations at instants that keep it. */
  private arrangePart(members: Int32Array): boolean {
    const queue = this.orderOf(members);
    if (queue.length < members.length) return false;
    const putAt = new Float64Array(queue.length);
    const takeAt = new Float64Array(queue.length);
    let put = Number.NEGATIVE_INFINITY;
    let take = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < queue.length; k++) {
      const v = queue[k] as number;
      put = Math.max(put, this.putBegin[v] as number);
      take = Math.max(take, put, this.takeBegin[v] as number);
      putAt[k] = put;
      takeAt[k] = take;
    }
    let taken = 0;
    for (let k = 0; k <= queue.length; k++) {
      const now = k < queue.length ? (putAt[k] as number) : Number.POSITIVE_INFINITY;
      for (; taken < k && (takeAt[taken] as number) < now; taken++) {
        this.order[this.at++] = this.values.take[queue[taken] as number] as number;
      }
      if (k < queue.length) this.order[this.at++] = this.values.put[queue[k] as number] as number;
    }
    return true;
  }

  /** An order of the values that keeps the order of their puts and of their takes; shorter when there is none. */
  private orderOf(members: Int32Array): Int32Array {
    const puts = new Precedence(members, this.putBegin, this.putEnd);
    const takes = new Precedence(members, this.takeBegin, this.takeEnd);
    const ready: number[] = [];
    const pass = (v: number): void => {
      const times = (this.passed[v] as number) + 1;
      this.passed[v] = times;
      if (times === 2) ready.push(v);
    };
    const queue = new Int32Array(members.length);
    let length = 0;
    while (length < members.length) {
      puts.advance(this.isDone, pass);
      takes.advance(this.isDone, pass);
      const v = ready.pop();
      if (v === undefined) break;
      this.isDone[v] = 1;
      queue[length++] = v;
    }
    return queue.subarray(0, length);
  }
}

/** Tells which values may come next: those that begin no later than the earliest end among what is left. */
class Precedence {
  private readonly byBegin: Int32Array;
  private readonly byEnd: Int32Array;
  private readonly begins: Float64Array;
  private readonly ends: Float64Array;
  private nextBegin = 0;
  private nextEnd = 0;

  constructor(members: Int32Array, begins: Float64Array, ends: Float64Array) {
    this.byBegin = members.slice();
    this.byEnd = members.slice();
    this.begins = begins;
    this.ends = ends;
    sortByTime(this.byBegin, begins);
    sortByTime(this.byEnd, ends);
  }

  advance(isDone: Uint8Array, pass: (v: number) => void): void {
    while (this.nextEnd < this.byEnd.length && isDone[this.byEnd[this.nextEnd] as number] === 1)
      this.nextEnd++;
    const earliest = this.ends[this.byEnd[this.nextEnd] as number] ?? Number.POSITIVE_INFINITY;
    while (this.nextBegin < this.byBegin.length) {
      const v = this.byBegin[this.nextBegin] as number;
      if ((this.begins[v] as number) > earliest) return;
      pass(v);
      this.nextBegin++;
    }
  }
}
