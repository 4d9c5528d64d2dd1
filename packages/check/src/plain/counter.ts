import type { History, Operation } from '../history/operation.ts';
import { UnsupportedOperationError } from '../models/model.ts';
import { shrinkToMinimal } from '../transactions/shrink.ts';
import type { Checker, CheckerVerdict } from './checker.ts';
import { count, FindingLog, verdictOf } from './findings.ts';
import { ReachableSums } from './reachable.ts';
import { requireRealTime } from './time.ts';
import { Narrator, ofKey, show } from './words.ts';

/** What a counter checker asks for. */
export interface CounterOptions {
  /**
   * What a read may have missed. `fresh`: nothing that was acknowledged before it began. `stale`: anything, until it is a
   * final read, as replicas converge late.
   */
  readonly reads: 'fresh' | 'stale';
  /**
   * Reads begun from this time on are final, in the unit of the history. Unless told: with `stale`, the last read of each process, when
   * it began after every add had completed; with `fresh` every read is held to what is acknowledged anyway.
   */
  readonly finalFrom?: number;
  /** False refuses decrements and adds of negative numbers: a grow-only counter. */
  readonly decrements: boolean;
}

type Kind = 'too-low' | 'too-high' | 'unreachable' | 'decrement';

/** Increments among which the fewest that show an unreachable sum are looked for. */
const MOST_SHRUNK = 2000;

const NAMES = { add: 1, increment: 1, inc: 1, decrement: -1, dec: -1 } as const;
const EXPECTED = "use f 'add' with a whole number, 'increment', 'decrement', or 'read' with one as output";

/**
 * A counter's reads lie within what its increments allow. One counter per `key`, zero at first.
 *
 * - `too-low`, `too-high`: outside what the increments up to the end of the read can have made.
 * - `unreachable`: a final read that no choice among the increments of unknown outcome explains, though it is between the bounds.
 * - `decrement`: one was acknowledged, and the counter is grow-only.
 *
 * A read is held to bounds: at least what it cannot have missed, at most everything invoked before it completed. A final
 * read is held to the very sums that can come about. Operations: `add` with a whole number (null: 1), `increment` (`inc`) and
 * `decrement` (`dec`) with one or null; `read` (`r`) with the value as output. One pass, sorted by time. Throws `TimesNotComparableError`
 * for a history without real time, `UnsupportedOperationError` for amounts that are not whole.
 */
function counterChecker(name: string, promise: string, options: CounterOptions): Checker {
  return { name, promise, check: (history) => judge(history, name, promise, options) };
}

/** Bounds on every read, in the manner of Jepsen's `counter`: a read has all that was acknowledged before it began. */
export const counterBoundsChecker: Checker = counterChecker(
  'counter-bounds',
  'reads of the counter lie within its increments',
  { reads: 'fresh', decrements: true },
);

/** A grow-only counter of replicas that converge late, in the manner of Maelstrom's `g-counter`. */
export function gCounterChecker(options: Partial<CounterOptions> = {}): Checker {
  const promise = 'the grow-only counter ends at the sum of its increments';
  return counterChecker('g-counter', promise, { reads: 'stale', decrements: false, ...options });
}

/** A counter that goes up and down, of replicas that converge late, in the manner of Maelstrom's `pn-counter`. */
export function pnCounterChecker(options: Partial<CounterOptions> = {}): Checker {
  const promise = 'the counter ends at the sum of its increments and decrements';
  return counterChecker('pn-counter', promise, { reads: 'stale', decrements: true, ...options });
}

interface CounterHistory {
  readonly adds: Operation[];
  readonly reads: Operation[];
}

function judge(history: History, name: string, promise: string, options: CounterOptions): CheckerVerdict {
  requireRealTime(history, name);
  const log = new FindingLog<Kind>({
    'too-low': 'violation',
    'too-high': 'violation',
    unreachable: 'violation',
    decrement: 'violation',
  });
  const counters = new Map<string, CounterHistory>();
  for (const operation of history.operations) {
    const { f } = operation;
    const isRead = f === 'read' || f === 'r';
    if (!isRead && !Object.hasOwn(NAMES, f)) {
      log.ignored++;
      continue;
    }
    if (operation.outcome === 'fail' || (isRead && operation.outcome === 'unknown')) continue;
    log.examined++;
    const key = operation.key ?? '';
    const counter = counters.get(key) ?? { adds: [], reads: [] };
    counters.set(key, counter);
    (isRead ? counter.reads : counter.adds).push(operation);
  }
  let reads = 0;
  let finals = 0;
  for (const counter of counters.values()) {
    reads += counter.reads.length;
    finals += new CounterJudge(counter, name, options, log, new Narrator(history)).run();
  }
  return verdictOf(log, {
    promise,
    holds: `${count(reads, 'read')} of ${count(counters.size, 'counter')}, ${finals} of them final, lie within the increments`,
    nothing: reads === 0 ? 'the counter was never read' : undefined,
    counts: { reads, finals },
  });
}

/** What is certain, and what is possible, of the increments around a read. */
interface Bounds {
  readonly low: number;
  readonly high: number;
}

class CounterJudge {
  private readonly adds: readonly Operation[];
  private readonly reads: readonly Operation[];
  private readonly name: string;
  private readonly options: CounterOptions;
  private readonly log: FindingLog<Kind>;
  private readonly narrator: Narrator;

  constructor(
    counter: CounterHistory,
    name: string,
    options: CounterOptions,
    log: FindingLog<Kind>,
    narrator: Narrator,
  ) {
    this.adds = counter.adds;
    this.reads = counter.reads;
    this.name = name;
    this.options = options;
    this.log = log;
    this.narrator = narrator;
  }

  /** Judges every read; returns how many were final. */
  run(): number {
    this.refuseDecrements();
    const finals = this.finalReads();
    const bounds = this.boundsOfReads();
    let sums: ReachableSums | undefined;
    let acknowledged = 0;
    for (const [i, read] of this.reads.entries()) {
      const value = this.valueOf(read);
      const bound = bounds[i] as Bounds;
      if (!finals.has(read)) {
        this.hold(read, value, bound, false);
        continue;
      }
      if (sums === undefined) {
        const lost = this.adds.filter(({ outcome }) => outcome === 'unknown');
        sums = new ReachableSums(lost.map((add) => this.amountOf(add)));
        for (const add of this.adds) if (add.outcome === 'ok') acknowledged += this.amountOf(add);
      }
      const exact = { low: acknowledged + sums.least, high: Math.min(bound.high, acknowledged + sums.most) };
      if (this.hold(read, value, exact, true) && !sums.has(value - acknowledged))
        this.unreachable(read, value);
    }
    return finals.size;
  }

  private refuseDecrements(): void {
    if (this.options.decrements) return;
    for (const add of this.adds) {
      if (add.outcome !== 'ok' || this.amountOf(add) >= 0) continue;
      this.log.add('decrement', () => ({
        sentence: `${this.tell(add)}, and the counter only grows`,
        operations: [add],
      }));
    }
  }

  /** The reads that must have every acknowledged increment. */
  private finalReads(): Set<Operation> {
    const { finalFrom } = this.options;
    let over = Number.NEGATIVE_INFINITY;
    for (const { completedAt, invokedAt, outcome } of this.adds) {
      over = Math.max(over, outcome === 'ok' ? completedAt : invokedAt);
    }
    const last = new Map<number, Operation>();
    for (const read of this.reads) {
      if (read.invokedAt > over && (finalFrom === undefined || read.invokedAt >= finalFrom)) {
        last.set(finalFrom === undefined && this.options.reads === 'stale' ? read.process : read.id, read);
      }
    }
    return new Set(last.values());
  }

  /**
   * What each read may have seen, in one sweep: everything invoked by its completion is possible, and with `fresh` everything
   * completed before its invocation certain.
   */
  private boundsOfReads(): Bounds[] {
    const { reads, adds } = this;
    const byInvocation = adds.toSorted((a, b) => a.invokedAt - b.invokedAt);
    const byCompletion = adds.toSorted((a, b) => a.completedAt - b.completedAt);
    const upper = { positive: 0, negative: 0 };
    const certain = { positive: 0, negative: 0 };
    const bounds = reads.map((): Bounds => ({ low: 0, high: 0 }));
    // The reads' ends in order, then their beginnings, each against the adds in the matching order.
    const ends = [...reads.keys()].sort((a, b) => this.read(a).completedAt - this.read(b).completedAt);
    let next = 0;
    for (const i of ends) {
      for (
        let add = byInvocation[next];
        add && add.invokedAt <= this.read(i).completedAt;
        add = byInvocation[++next]
      )
        this.count(upper, add);
      bounds[i] = { low: upper.negative, high: upper.positive };
    }
    if (this.options.reads === 'stale') return bounds;
    const begins = [...reads.keys()].sort((a, b) => this.read(a).invokedAt - this.read(b).invokedAt);
    next = 0;
    for (const i of begins) {
      for (
        let add = byCompletion[next];
        add && add.completedAt < this.read(i).invokedAt;
        add = byCompletion[++next]
      )
        this.count(certain, add);
      const { low, high } = bounds[i] as Bounds;
      bounds[i] = { low: low + certain.positive, high: high + certain.negative };
    }
    return bounds;
  }

  private read(i: number): Operation {
    return this.reads[i] as Operation;
  }

  private count(sums: { positive: number; negative: number }, add: Operation): void {
    const amount = this.amountOf(add);
    this.log.steps++;
    if (amount > 0) sums.positive += amount;
    else sums.negative += amount;
  }

  /** True when the value lies within the bounds; else it is a finding. */
  private hold(read: Operation, value: number, { low, high }: Bounds, isFinal: boolean): boolean {
    if (value >= low && value <= high) return true;
    const isLow = value < low;
    this.log.add(isLow ? 'too-low' : 'too-high', () => {
      const shown = this.enoughFor(read, value, isLow, isFinal);
      const limit = isLow
        ? `at least ${low} had to be there`
        : `no more than ${high} can have been there by then`;
      return {
        sentence: `${this.tell(read)}, but ${limit}: ${this.why(read, isLow, shown.length)}`,
        operations: [...shown, read],
      };
    });
    return false;
  }

  private why(read: Operation, isLow: boolean, shown: number): string {
    const known = this.adds.filter((add) => add.outcome === 'ok' && add.completedAt < read.invokedAt);
    const open = this.adds.filter((add) => !known.includes(add) && add.invokedAt <= read.completedAt);
    const enough = shown === 0 ? '' : `, of which ${shown} are enough to show it`;
    return (
      `${count(known.length, 'increment')} acknowledged before it began${isLow ? enough : ''}, ` +
      `${count(open.length, 'more', 'more')} that may have counted${isLow ? '' : enough}`
    );
  }

  /** The fewest acknowledged increments that put the read out of bounds by themselves, largest first. */
  private enoughFor(read: Operation, value: number, isLow: boolean, isFinal: boolean): Operation[] {
    const sign = isLow ? 1 : -1;
    const isCertain = (add: Operation): boolean =>
      add.outcome === 'ok' &&
      this.amountOf(add) * sign > 0 &&
      (isFinal || (this.options.reads === 'fresh' && add.completedAt < read.invokedAt));
    const chosen: Operation[] = [];
    let sum = 0;
    for (const add of this.adds
      .filter(isCertain)
      .sort((a, b) => (this.amountOf(b) - this.amountOf(a)) * sign)) {
      if ((sum - value) * sign > 0) break;
      chosen.push(add);
      sum += this.amountOf(add);
    }
    return chosen;
  }

  private unreachable(read: Operation, value: number): void {
    this.log.add('unreachable', () => {
      const isShown = (adds: readonly Operation[]): boolean => {
        const unknown = new ReachableSums(
          adds.filter(({ outcome }) => outcome === 'unknown').map((add) => this.amountOf(add)),
        );
        const sure = adds.reduce((sum, add) => sum + (add.outcome === 'ok' ? this.amountOf(add) : 0), 0);
        const missing = value - sure;
        return missing >= unknown.least && missing <= unknown.most && !unknown.has(missing);
      };
      const lost = this.adds.filter(({ outcome }) => outcome === 'unknown').length;
      return {
        sentence:
          `${this.tell(read)}, which no choice among the ${count(lost, 'increment')} of unknown outcome makes of the ` +
          'acknowledged ones',
        operations: [...(this.adds.length > MOST_SHRUNK ? this.adds : this.fewest(isShown)), read],
      };
    });
  }

  private fewest(isShown: (adds: readonly Operation[]) => boolean): readonly Operation[] {
    return shrinkToMinimal(this.adds, isShown) ?? this.adds;
  }

  private tell(operation: Operation): string {
    const { f, output } = operation;
    if (f === 'read' || f === 'r') {
      return this.narrator.tell(operation, `read ${show(output)}${ofKey(operation, 'from')}`);
    }
    return this.narrator.tell(operation, `added ${this.amountOf(operation)}${ofKey(operation, 'to')}`);
  }

  private amountOf(operation: Operation): number {
    const sign = NAMES[operation.f as keyof typeof NAMES];
    const amount = operation.input ?? 1;
    if (!Number.isSafeInteger(amount)) throw new UnsupportedOperationError(this.name, operation, EXPECTED);
    return sign * (amount as number);
  }

  private valueOf(read: Operation): number {
    if (!Number.isSafeInteger(read.output)) throw new UnsupportedOperationError(this.name, read, EXPECTED);
    return read.output as number;
  }
}
