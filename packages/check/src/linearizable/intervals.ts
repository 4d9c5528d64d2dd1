import type { Operation } from '../history/operation.ts';
import { lineUp, NEVER } from './events.ts';
import { Arena } from './ints.ts';

/** Process numbers below this go by index. */
const SMALL_PROCESSES = 1024;

/** When operations begin and end: one precedes another exactly if its end is less than the other's begin. */
export interface Intervals {
  readonly begins: Float64Array;
  /** `Infinity` where the outcome is unknown. */
  readonly ends: Float64Array;
}

/**
 * The intervals of operations sorted by invocation: their times, or where a process goes on at the very instant it ended, places
 * in one line of events. Undefined when several processes do so at one instant, which no intervals can express.
 */
export function intervalsOf(operations: readonly Operation[]): Intervals | undefined {
  const reader = new IntervalReader(operations.length);
  for (let i = 0; i < operations.length; i++) reader.add(i, operations[i] as Operation);
  return reader.finish(operations);
}

/** Takes the intervals of operations one by one, for who has to look at them anyway. */
export class IntervalReader {
  private readonly begins: Float64Array;
  private readonly ends: Float64Array;
  /** When each process ended what it did last. */
  private readonly recent: Float64Array;
  private readonly others = new Map<number, number>();
  private isChained = false;

  constructor(count: number) {
    this.begins = new Float64Array(count);
    this.ends = new Float64Array(count);
    this.recent = new Float64Array(Math.min(count, SMALL_PROCESSES)).fill(Number.NaN);
  }

  add(i: number, { process, invokedAt, completedAt, outcome }: Operation): void {
    const isSmall = process >= 0 && process < this.recent.length;
    if ((isSmall ? this.recent[process] : this.others.get(process)) === invokedAt) this.isChained = true;
    const isUnknown = outcome === 'unknown';
    this.begins[i] = invokedAt;
    this.ends[i] = isUnknown ? Number.POSITIVE_INFINITY : completedAt;
    // An unknown operation comes before nothing, so what came before it still counts.
    if (isUnknown) return;
    if (isSmall) this.recent[process] = completedAt;
    else this.others.set(process, completedAt);
  }

  /** See `intervalsOf`; `operations` are those that were added. */
  finish(operations: readonly Operation[]): Intervals | undefined {
    return this.isChained ? linedUp(operations) : { begins: this.begins, ends: this.ends };
  }
}

function linedUp(operations: readonly Operation[]): Intervals | undefined {
  const { invokeAt, returnAt, after } = lineUp(operations, new Arena());
  if (after !== undefined) return undefined;
  const begins = Float64Array.from(invokeAt);
  const ends = new Float64Array(operations.length);
  for (let i = 0; i < ends.length; i++) {
    ends[i] = returnAt[i] === NEVER ? Number.POSITIVE_INFINITY : (returnAt[i] as number);
  }
  return { begins, ends };
}
