import type { Operation } from '../history/operation.ts';
import { sortByTime } from '../linearizable/order.ts';
import { shrinkToMinimal } from '../transactions/shrink.ts';
import { lowerBound } from './bounds.ts';
import { coverOf, Presence } from './cover.ts';
import { type Contradiction, contradiction, listOf, type MonitorVerdict } from './monitor.ts';
import { actionRole } from './roles.ts';
import { CoverTree, MaxTree } from './trees.ts';
import { readValues, type Values } from './values.ts';

const LIFO = { push: 'put', pop: 'take', peek: 'peek', top: 'peek' } as const;

/** Values of a contradiction among which the fewest are looked for. */
const MOST_SHRUNK = 300;

/**
 * Linearizability of a stack in which no value is pushed twice, in time n log n.
 *
 * A value whose push and pop can happen at one instant disturbs nobody and is set aside. Every other is certainly inside from the
 * end of its push to the beginning of its pop. At an instant at which nothing is certainly inside, the history falls into two that do
 * not know of each other. Where there is none, from L to R, some value lies at the bottom all the time: one whose push can happen by
 * L and whose pop can happen from R on. Whichever such value is taken, the others can be put between its push and its pop
 * as well as without it; so it is taken out, and the rest falls apart further. Without such a value there is no order.
 */
export function judgeStack(operations: readonly Operation[]): MonitorVerdict | undefined {
  const values = readValues(operations, actionRole(LIFO));
  if (values === undefined || 'status' in values) return values;
  const verdict = judge(values);
  return verdict.status === 'violated' && values.isOpen ? undefined : verdict;
}

function judge(values: Values): MonitorVerdict {
  const layers = new Layers(values);
  const bottomless = layers.peel();
  if (bottomless !== undefined) return explain(values, fewest(values, bottomless));
  const points = new Presence(values).placeEmpties();
  if (!(points instanceof Float64Array)) return points;
  return { status: 'holds', order: arrange(values, layers, points) };
}

/** Peels stacks of values layer by layer. */
class Layers {
  /** Operations in the order found, and an instant for each; pops come before pushes of the same instant. */
  readonly order: Int32Array;
  readonly times: Float64Array;
  length = 0;
  private readonly values: Values;
  /** Values certainly inside for a while, by the ends of their pushes; what follows speaks of places in this list. */
  private readonly sorted: Int32Array;
  private readonly instants: Float64Array;
  private readonly cover: CoverTree;
  /** Values alive: by when their pops begin; those whose push may still come too late, and whose pop may come too early. */
  private readonly popBegins: MaxTree;
  private readonly latePushes: MaxTree;
  private readonly earlyPops: MaxTree;
  /** Values that can lie at the bottom of their part. */
  private readonly bottoms: MaxTree;
  private readonly flags: Uint8Array;
  private readonly next: Int32Array;

  constructor(values: Values) {
    const { putBegin, putEnd, takeBegin, takeEnd, count } = values;
    this.values = values;
    const all = Int32Array.from({ length: count }, (_, v) => v);
    this.sorted = all.filter((v) => (putEnd[v] as number) < (takeBegin[v] as number));
    sortByTime(this.sorted, putEnd);
    const n = this.sorted.length;
    this.order = new Int32Array(2 * n);
    this.times = new Float64Array(2 * n);
    this.instants = instantsOf(values, this.sorted);
    this.cover = new CoverTree(this.firstCover());
    const of = (times: Float64Array): Float64Array =>
      Float64Array.from(this.sorted, (v) => times[v] as number);
    this.popBegins = new MaxTree(of(takeBegin));
    this.latePushes = new MaxTree(of(putBegin).map((time) => -time));
    this.earlyPops = new MaxTree(of(takeEnd));
    this.bottoms = new MaxTree(new Float64Array(n).fill(Number.NEGATIVE_INFINITY));
    this.flags = new Uint8Array(n);
    this.next = Int32Array.from({ length: n + 1 }, (_, place) => place);
  }

  /** Peels everything; the values of a part without a bottom when there is one. */
  peel(): number[] | undefined {
    // Parts still to do, the next one last; a place below zero stands for a pop that is due, its time in `due`.
    const parts: [from: number, to: number, popAt: number][] = [[0, this.sorted.length, 0]];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      const [from, to, popAt] = part;
      if (from < 0) {
        this.emit(this.values.take[this.sorted[~from] as number] as number, popAt);
        continue;
      }
      const first = this.alive(from);
      if (first >= to) continue;
      const begin = this.pushEnd(first);
      const last = this.popBegins.best(first, to);
      const end = this.popBegin(last);
      const free = this.cover.firstFree(this.indexOf(begin) + 1, this.indexOf(end));
      if (free !== -1) {
        const split = this.firstFrom(this.instants[free] as number, first, to);
        parts.push([split, to, 0], [first, split, 0]);
        continue;
      }
      const bottom = this.findBottom(first, to, begin, end);
      if (bottom === -1) return this.aliveIn(first, to);
      this.emit(this.values.put[this.sorted[bottom] as number] as number, begin);
      this.remove(bottom);
      if (end !== Number.POSITIVE_INFINITY) parts.push([~bottom, 0, end]);
      parts.push([first, to, 0]);
    }
    return undefined;
  }

  private emit(position: number, time: number): void {
    this.order[this.length] = position;
    this.times[this.length++] = time;
  }

  /** A value whose push can come by `begin` and whose pop from `end` on. Both only become easier from layer to layer. */
  private findBottom(from: number, to: number, begin: number, end: number): number {
    const { putBegin, takeEnd } = this.values;
    const { latePushes, earlyPops } = this;
    for (let place = latePushes.best(from, to); place !== -1; place = latePushes.best(from, to)) {
      if ((putBegin[this.sorted[place] as number] as number) > begin) break;
      latePushes.remove(place);
      this.flag(place, 1);
    }
    for (let place = earlyPops.best(from, to); place !== -1; place = earlyPops.best(from, to)) {
      if ((takeEnd[this.sorted[place] as number] as number) < end) break;
      earlyPops.remove(place);
      this.flag(place, 2);
    }
    return this.bottoms.best(from, to);
  }

  private flag(place: number, bit: number): void {
    const flags = (this.flags[place] as number) | bit;
    this.flags[place] = flags;
    if (flags === 3) this.bottoms.set(place, 0);
  }

  private remove(place: number): void {
    this.bottoms.remove(place);
    this.popBegins.remove(place);
    this.next[place] = place + 1;
    this.cover.add(this.indexOf(this.pushEnd(place)) + 1, this.indexOf(this.popBegin(place)), -1);
  }

  /** The first place from `place` on whose value is not yet taken out. */
  private alive(place: number): number {
    const { next } = this;
    let at = place;
    while (next[at] !== at) {
      next[at] = next[next[at] as number] as number;
      at = next[at] as number;
    }
    return at;
  }

  private aliveIn(from: number, to: number): number[] {
    const found: number[] = [];
    for (let place = this.alive(from); place < to; place = this.alive(place + 1)) {
      found.push(this.sorted[place] as number);
    }
    return found;
  }

  private pushEnd(place: number): number {
    return this.values.putEnd[this.sorted[place] as number] as number;
  }

  private popBegin(place: number): number {
    return this.values.takeBegin[this.sorted[place] as number] as number;
  }

  private firstFrom(time: number, from: number, to: number): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.pushEnd(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private indexOf(time: number): number {
    return lowerBound(this.instants, time);
  }

  private firstCover(): Int32Array {
    const cover = new Int32Array(this.instants.length + 1);
    for (let place = 0; place < this.sorted.length; place++) {
      const from = this.indexOf(this.pushEnd(place)) + 1;
      const to = this.indexOf(this.popBegin(place));
      cover[from] = (cover[from] as number) + 1;
      cover[to] = (cover[to] as number) - 1;
    }
    for (let i = 1; i < cover.length; i++) cover[i] = (cover[i] as number) + (cover[i - 1] as number);
    return cover.subarray(0, this.instants.length);
  }
}

/** Every instant at which a push ends or a pop begins, ascending, each once. */
function instantsOf(values: Values, sorted: Int32Array): Float64Array {
  const times = new Float64Array(2 * sorted.length);
  sorted.forEach((v, i) => {
    times[2 * i] = values.putEnd[v] as number;
    times[2 * i + 1] = values.takeBegin[v] as number;
  });
  times.sort();
  let n = 0;
  for (const time of times) if (n === 0 || times[n - 1] !== time) times[n++] = time;
  return times.slice(0, n);
}

/** The layers, with values that come and go at one instant, and the operations that found nothing, put in where they fit. */
function arrange(values: Values, layers: Layers, points: Float64Array): Int32Array {
  const { putBegin, putEnd, takeBegin, put, take, empties, count } = values;
  const isPop = new Uint8Array(values.intervals.begins.length);
  for (const i of take) if (i !== -1) isPop[i] = 1;
  // One line: pops of the layers, then what happens at once, then pushes of the layers; a stable sort by time does the rest.
  const line: number[] = [];
  const times: number[] = [];
  const add = (position: number, time: number): void => {
    line.push(position);
    times.push(time);
  };
  const addLayers = (pops: number): void => {
    for (let k = 0; k < layers.length; k++) {
      const position = layers.order[k] as number;
      if (isPop[position] === pops) add(position, layers.times[k] as number);
    }
  };
  addLayers(1);
  empties.forEach((position, k) => add(position, points[k] as number));
  for (let v = 0; v < count; v++) {
    if ((putEnd[v] as number) < (takeBegin[v] as number)) continue;
    const time = Math.max(putBegin[v] as number, takeBegin[v] as number);
    add(put[v] as number, time);
    add(take[v] as number, time);
  }
  addLayers(0);
  const sorted = Int32Array.from(line.keys());
  sortByTime(sorted, Float64Array.from(times));
  return sorted.map((k) => line[k] as number);
}

/** The fewest of some values without an order that have none by themselves. */
function fewest(values: Values, some: readonly number[]): readonly number[] {
  const { putEnd, takeBegin } = values;
  const begin = putEnd[some[0] as number] as number;
  const end = some.reduce((latest, v) => Math.max(latest, takeBegin[v] as number), Number.NEGATIVE_INFINITY);
  // Those that bridge the time from the first to the last will do: no other could lie at the bottom of them.
  const inside = some.filter((v) => (putEnd[v] as number) > begin);
  const earliest = some.filter((v) => putEnd[v] === begin);
  const first = earliest.reduce((a, b) => ((takeBegin[b] as number) > (takeBegin[a] as number) ? b : a));
  const bridge = [first, ...coverOf(values, inside, takeBegin[first] as number, end)];
  if (bridge.length > MOST_SHRUNK) return bridge;
  return shrinkToMinimal(bridge, (part) => new Layers(only(values, part)).peel() !== undefined) ?? bridge;
}

/** The history of a few values. */
function only(values: Values, some: readonly number[]): Values {
  const times = (from: Float64Array): Float64Array => Float64Array.from(some, (v) => from[v] as number);
  const positions = (from: Int32Array): Int32Array => Int32Array.from(some, (v) => from[v] as number);
  return {
    ...values,
    count: some.length,
    put: positions(values.put),
    take: positions(values.take),
    empties: new Int32Array(0),
    putBegin: times(values.putBegin),
    putEnd: times(values.putEnd),
    takeBegin: times(values.takeBegin),
    takeEnd: times(values.takeEnd),
  };
}

function explain(values: Values, few: readonly number[]): Contradiction {
  const { put, take, takeEnd } = values;
  const taken = few.filter((v) => take[v] !== -1);
  const blocking = taken.reduce((a, b) => ((takeEnd[b] as number) > (takeEnd[a] as number) ? b : a));
  return contradiction(
    few.flatMap((v) => [put[v] as number, take[v] as number]),
    take[blocking] as number,
    (tell) => {
      const parts = few.map((v) => {
        const end = take[v] === -1 ? 'and it was never taken' : tell(take[v] as number);
        return `${tell(put[v] as number)}, ${end}`;
      });
      return `none of these values can have lain below the others, though one or another was inside all the time: ${listOf(parts)}`;
    },
  );
}
