import type { Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { type Intervals, intervalsOf } from '../linearizable/intervals.ts';
import { valueKey } from '../plain/words.ts';
import { contradiction, type Contradiction, type MonitorVerdict } from './monitor.ts';

/**
 * Linearizability of a set that only grows, each element added once, and that is read as a whole: linear in what was
 * read, but for sorting.
 *
 * Reads must be contained in one another, so their sizes give their order; each element is added right ahead of the smallest read that
 * has it. What is left to check is that this order of reads and adds keeps real time.
 */
export function judgeSetChain(operations: readonly Operation[]): MonitorVerdict | undefined {
  const sets = readSets(operations);
  if (sets === undefined || 'status' in sets) return sets;
  const intervals = intervalsOf(operations);
  return intervals && new Chain(sets, intervals).judge();
}

interface Sets {
  readonly count: number;
  /** Position of the add of each element; adds of unknown outcome that no read saw are left out. */
  readonly adds: Int32Array;
  /** Positions of the reads, and the elements of each. */
  readonly reads: readonly number[];
  readonly seen: readonly Int32Array[];
}

function readSets(operations: readonly Operation[]): Sets | Contradiction | undefined {
  const elements = new Map<unknown, number>();
  const adds: number[] = [];
  const reads: number[] = [];
  for (let i = 0; i < operations.length; i++) {
    const { f, input, outcome, output } = operations[i] as Operation;
    if (f === 'read' && outcome === 'ok') {
      if (!Array.isArray(output)) return undefined;
      reads.push(i);
    } else if (f === 'add' && outcome !== 'fail') {
      const key = valueKey(input);
      // Told that it was there already: by whom, nobody knows.
      if (elements.has(key) || (outcome === 'ok' && output === false)) return undefined;
      elements.set(key, adds.push(i) - 1);
    } else return undefined;
  }
  const seen: Int32Array[] = [];
  for (const i of reads) {
    const found = elementsOf((operations[i] as Operation).output as readonly Plain[], elements, i);
    if (!(found instanceof Int32Array)) return found;
    seen.push(found);
  }
  return { count: operations.length, adds: withoutUnseen(adds, seen, operations), reads, seen };
}

function elementsOf(
  values: readonly Plain[],
  elements: ReadonlyMap<unknown, number>,
  read: number,
): Int32Array | Contradiction {
  const found = new Int32Array(values.length);
  for (const [k, value] of values.entries()) {
    const element = elements.get(valueKey(value));
    if (element === undefined) {
      return contradiction([read], read, (tell) => `${tell(read)}, in which there is something nobody added`);
    }
    found[k] = element;
  }
  if (new Set(found).size < found.length) {
    return contradiction([read], read, (tell) => `${tell(read)}, in which an element stands twice`);
  }
  return found;
}

function withoutUnseen(
  adds: readonly number[],
  seen: readonly Int32Array[],
  operations: readonly Operation[],
): Int32Array {
  const isSeen = new Uint8Array(adds.length);
  for (const elements of seen) for (const element of elements) isSeen[element] = 1;
  return Int32Array.from(adds, (i, element) =>
    isSeen[element] === 0 && (operations[i] as Operation).outcome === 'unknown' ? -1 : i,
  );
}

class Chain {
  private readonly sets: Sets;
  private readonly intervals: Intervals;
  /** Reads from the smallest to the largest, as places in `sets.reads`. */
  private readonly sorted: number[];
  /** The place in `sorted` of the first read that has an element; behind the last read when none has. */
  private readonly first: Int32Array;

  constructor(sets: Sets, intervals: Intervals) {
    this.sets = sets;
    this.intervals = intervals;
    this.sorted = [...sets.reads.keys()].sort((a, b) => this.size(a) - this.size(b));
    this.first = new Int32Array(sets.adds.length).fill(this.sorted.length);
  }

  judge(): MonitorVerdict {
    const wrong = this.findEarlyRead() ?? this.findIncomparable();
    if (wrong !== undefined) return wrong;
    const { adds, reads, count } = this.sets;
    // A rank for every operation: adds ahead of the reads of the size at which their element first shows.
    const rank = new Float64Array(count).fill(-1);
    let group = 0;
    for (const [k, read] of this.sorted.entries()) {
      if (k > 0 && this.size(read) > this.size(this.sorted[k - 1] as number)) group = k;
      rank[reads[read] as number] = 2 * group + 1;
    }
    for (const [element, i] of adds.entries()) if (i !== -1) rank[i] = 2 * (this.first[element] as number);
    const positions = [...rank.keys()].filter((i) => (rank[i] as number) >= 0);
    const { begins } = this.intervals;
    const order = positions.sort(
      (a, b) =>
        (rank[a] as number) - (rank[b] as number) || (begins[a] as number) - (begins[b] as number) || a - b,
    );
    return this.findReversed(order) ?? { status: 'holds', order: Int32Array.from(order) };
  }

  private size(read: number): number {
    return (this.sets.seen[read] as Int32Array).length;
  }

  /** A read that was over before an element it has was begun to be added. */
  private findEarlyRead(): Contradiction | undefined {
    const { reads, seen, adds } = this.sets;
    const { begins, ends } = this.intervals;
    for (const [read, elements] of seen.entries()) {
      const i = reads[read] as number;
      const element = elements.find((each) => (begins[adds[each] as number] as number) > (ends[i] as number));
      if (element === undefined) continue;
      const add = adds[element] as number;
      const why = (tell: (position: number) => string): string =>
        `${tell(i)}, which was over before ${tell(add)} began, and yet has that element`;
      return contradiction([i], i, why);
    }
    return undefined;
  }

  /** Two reads neither of which contains the other. */
  private findIncomparable(): Contradiction | undefined {
    let known = 0;
    for (const [k, read] of this.sorted.entries()) {
      const elements = this.sets.seen[read] as Int32Array;
      for (const element of elements) {
        if ((this.first[element] as number) < k) continue;
        this.first[element] = k;
        known++;
      }
      // Of the elements seen so far it has those it should, or it lacks one that a smaller read, or one of its size, had.
      if (known > elements.length) return this.incomparable(k, elements);
    }
    return undefined;
  }

  private incomparable(k: number, elements: Int32Array): Contradiction {
    const { reads, seen } = this.sets;
    const own = new Set(elements);
    const lacking = this.first.findIndex((at, element) => at < k && !own.has(element));
    const other = this.sorted[this.first[lacking] as number] as number;
    const its = new Set(seen[other]);
    const extra = elements.find((element) => !its.has(element)) ?? -1;
    const [a, b] = [reads[other], reads[this.sorted[k] as number]] as [number, number];
    const pair = [this.sets.adds[lacking], this.sets.adds[extra]] as [number, number];
    return contradiction([a, b], Math.max(a, b), (tell) => {
      return `${tell(a)} and ${tell(b)}: each has an element that the other lacks (${tell(pair[0])}, ${tell(pair[1])})`;
    });
  }

  /** An operation that was over before one began that must come before it. */
  private findReversed(order: readonly number[]): Contradiction | undefined {
    const { begins, ends } = this.intervals;
    let latest = -1;
    for (const i of order) {
      if (latest !== -1 && (ends[i] as number) < (begins[latest] as number)) return this.reversed(i, latest);
      if (latest === -1 || (begins[i] as number) > (begins[latest] as number)) latest = i;
    }
    return undefined;
  }

  private reversed(early: number, late: number): Contradiction {
    const { adds, reads } = this.sets;
    if (reads.includes(late)) {
      return contradiction(
        [early, late],
        late,
        (tell) => `${tell(late)}, but ${tell(early)} was over before that began`,
      );
    }
    // Some read has the element of the late one, and not that of the early one.
    const element = adds.indexOf(late);
    const read = reads[this.sorted[this.first[element] as number] as number] as number;
    return contradiction(
      [early, read],
      read,
      (tell) =>
        `${tell(read)}: it has what ${tell(late)}, and lacks what ${tell(early)}, which was over before that began`,
    );
  }
}
