import type { Operation } from '../history/operation.ts';
import type { RegisterView } from '../models/model.ts';
import { readChains } from './chains.ts';
import { NO_CLUSTER, readClusters } from './clusters.ts';
import { type Intervals, intervalsOf } from './intervals.ts';
import { sortByTime } from './order.ts';
import { placeRefusals } from './refusals.ts';

/** What the zones say of a register's history. */
export type ZoneVerdict =
  /** Positions of operations in an order that explains the history. */
  | { readonly status: 'holds'; readonly order: Int32Array }
  /** Positions of a few operations that contradict one another, whatever became of the rest. */
  | { readonly status: 'violated'; readonly conflict: readonly number[] };

/**
 * Linearizability of a register in which no value is written twice (Gibbons and Korach, Testing Shared Memories, 1997).
 * A write and the reads of its value are a cluster; its zone lies between the cluster's earliest end and latest begin: a forward
 * zone when the end comes first. The history is linearizable exactly if no read precedes its write, no two forward
 * zones overlap and no backward zone lies inside a forward one. Near linear for histories listed by time.
 *
 * Undefined when it does not apply: other operations, a value written twice, the initial value written, or
 * processes that go on at one instant in a way no line of events can say.
 */
export function judgeByZones(operations: readonly Operation[], view: RegisterView): ZoneVerdict | undefined {
  const clusters = readClusters(operations, view);
  if (clusters === undefined) return undefined;
  if (clusters.sourceless !== -1) return { status: 'violated', conflict: [clusters.sourceless] };
  const { clusterOf, intervals } = clusters;
  return intervals && new Zones(clusterOf, intervals).judge();
}

/**
 * The same for a register with compare-and-set in which no value is set twice: chains of operations take the place of clusters
 * (`Chains`). Undefined, too, where compares that found another value leave it open.
 */
export function judgeByChains(operations: readonly Operation[], view: RegisterView): ZoneVerdict | undefined {
  const reading = readChains(operations, view);
  if (reading === undefined || reading.status === 'violated') return reading;
  const intervals = intervalsOf(operations);
  if (intervals === undefined) return undefined;
  const { chains } = reading;
  const wrong = chains.misfit(intervals);
  if (wrong !== undefined) return { status: 'violated', conflict: chains.withCauses(wrong) };
  const found = new Zones(chains.clusterOf, intervals, chains.sequence).judge();
  if (found.status === 'violated') return { ...found, conflict: chains.withCauses(found.conflict) };
  if (chains.refusals.length === 0) return found;
  const placed = placeRefusals(chains, found.order, intervals);
  return placed.status === 'open' ? undefined : placed;
}

/** The same once it is known which cluster each operation belongs to, and when it began and ended. */
export function judgeIntervals(clusterOf: Int32Array, intervals: Intervals): ZoneVerdict {
  return new Zones(clusterOf, intervals).judge();
}

class Zones {
  private readonly clusterOf: Int32Array;
  private readonly begins: Float64Array;
  private readonly ends: Float64Array;
  /** Of each cluster the earliest end and the latest begin. */
  private readonly firstEnd: Float64Array;
  private readonly lastBegin: Float64Array;
  private readonly count: number;
  /** Cluster by cluster their operations in order; by position, but the write first, where that is left out. */
  private readonly sequence: Int32Array | undefined;

  constructor(clusterOf: Int32Array, intervals: Intervals, sequence?: Int32Array) {
    this.clusterOf = clusterOf;
    this.sequence = sequence;
    this.begins = intervals.begins;
    this.ends = intervals.ends;
    this.count = clusterOf.length;
    this.firstEnd = new Float64Array(this.count + 1).fill(Number.POSITIVE_INFINITY);
    this.lastBegin = new Float64Array(this.count + 1).fill(Number.NEGATIVE_INFINITY);
  }

  judge(): ZoneVerdict {
    const early = this.measure();
    if (early !== -1) return { status: 'violated', conflict: [this.clusterOf[early] as number, early] };
    const { forward, backward } = this.split();
    const overlap = this.findOverlap(forward);
    if (overlap !== undefined) return this.conflict(overlap);
    const points = this.lastBegin;
    const inside = this.findInside(forward, backward, points);
    if (inside !== undefined) return this.conflict(inside);
    return { status: 'holds', order: this.arrange(forward, backward, points) };
  }

  /** Fills in the zones; the position of a read that precedes its write, or -1. */
  private measure(): number {
    const { clusterOf, begins, ends, firstEnd, lastBegin, count } = this;
    for (let i = 0; i < count; i++) {
      const c = clusterOf[i] as number;
      if (c === NO_CLUSTER) continue;
      const begin = begins[i] as number;
      const end = ends[i] as number;
      if (end < (firstEnd[c] as number)) firstEnd[c] = end;
      if (begin > (lastBegin[c] as number)) lastBegin[c] = begin;
      if (c === count) firstEnd[c] = Number.NEGATIVE_INFINITY;
      else if (end < (begins[c] as number)) return i;
    }
    return -1;
  }

  /** The clusters by kind of zone: forward ones by their first end, backward ones by their last begin. */
  private split(): { forward: Int32Array; backward: Int32Array } {
    const { clusterOf, firstEnd, lastBegin, count } = this;
    // Each cluster has one of them: the ones from the front, the others from the back.
    const both = new Int32Array(count + 1);
    let f = 0;
    let b = count + 1;
    // The initial value's zone begins before time.
    if (firstEnd[count] === Number.NEGATIVE_INFINITY) both[f++] = count;
    for (let c = 0; c < count; c++) {
      if (clusterOf[c] !== c) continue;
      if ((firstEnd[c] as number) < (lastBegin[c] as number)) both[f++] = c;
      else both[--b] = c;
    }
    const sorted = { forward: both.subarray(0, f), backward: both.subarray(b).reverse() };
    sortByTime(sorted.forward, firstEnd);
    sortByTime(sorted.backward, lastBegin);
    return sorted;
  }

  /** Two forward zones that overlap. */
  private findOverlap(forward: Int32Array): [number, number] | undefined {
    for (let k = 1; k < forward.length; k++) {
      const a = forward[k - 1] as number;
      const b = forward[k] as number;
      if ((this.firstEnd[b] as number) < (this.lastBegin[a] as number)) return [a, b];
    }
    return undefined;
  }

  /**
   * A forward zone and a backward one inside it. Else each backward zone gets a point that is in no forward zone; `points` may be
   * the latest begins, of which those of backward zones are not needed any more once read.
   */
  private findInside(
    forward: Int32Array,
    backward: Int32Array,
    points: Float64Array,
  ): [number, number] | undefined {
    const { firstEnd, lastBegin } = this;
    let next = 0;
    for (const b of backward) {
      const begin = lastBegin[b] as number;
      while (next < forward.length && (firstEnd[forward[next] as number] as number) < begin) next++;
      let point = begin;
      if (next > 0) {
        const a = forward[next - 1] as number;
        if ((firstEnd[b] as number) < (lastBegin[a] as number)) return [a, b];
        point = Math.max(point, lastBegin[a] as number);
      }
      points[b] = point;
    }
    return undefined;
  }

  /** Clusters in the order of their zones, backward ones at their points, each with its write ahead of its reads. */
  private arrange(forward: Int32Array, backward: Int32Array, points: Float64Array): Int32Array {
    const { clusterOf, firstEnd, count } = this;
    const starts = this.readCounts();
    const order = new Int32Array(starts.total);
    let at = 0;
    let f = 0;
    let b = 0;
    const { offsets } = starts;
    const place = (c: number): void => {
      const size = offsets[c] as number;
      offsets[c] = at;
      at += size;
    };
    while (f < forward.length || b < backward.length) {
      const isForward =
        b === backward.length ||
        (f < forward.length &&
          (firstEnd[forward[f] as number] as number) < (points[backward[b] as number] as number));
      place((isForward ? forward[f++] : backward[b++]) as number);
    }
    if (this.sequence !== undefined) {
      for (const i of this.sequence) order[(offsets[clusterOf[i] as number] as number)++] = i;
      return order;
    }
    // The write may be invoked after reads of its value, so it takes its place first.
    for (let c = 0; c < count; c++) if (clusterOf[c] === c) order[(offsets[c] as number)++] = c;
    for (let i = 0; i < count; i++) {
      const c = clusterOf[i] as number;
      if (c !== NO_CLUSTER && c !== i) order[(offsets[c] as number)++] = i;
    }
    return order;
  }

  /** How many operations each cluster has. */
  private readCounts(): { offsets: Int32Array; total: number } {
    const offsets = new Int32Array(this.count + 1);
    let total = 0;
    for (const c of this.clusterOf) {
      if (c === NO_CLUSTER) continue;
      offsets[c] = (offsets[c] as number) + 1;
      total++;
    }
    return { offsets, total };
  }

  /** The operations behind two zones that contradict each other. */
  private conflict(pair: readonly [number, number]): ZoneVerdict {
    const found = new Set<number>();
    for (const c of pair) {
      if (c < this.count) found.add(c);
      for (let i = 0; i < this.count; i++) {
        if (this.clusterOf[i] !== c) continue;
        if (this.ends[i] === this.firstEnd[c] || this.begins[i] === this.lastBegin[c]) found.add(i);
      }
    }
    return { status: 'violated', conflict: [...found].sort((a, b) => a - b) };
  }
}
