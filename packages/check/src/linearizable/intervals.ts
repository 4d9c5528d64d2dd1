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
  const begins = new Float64Array(operations.length);
  const ends = new Float64Array(operations.length);
  const lastEnd = new Map<number, number>();
  const recent: (number | undefined)[] = [];
  for (let i = 0; i < operations.length; i++) {
    const { process, invokedAt, completedAt, outcome } = operations[i] as Operation;
    const isSmall = process >= 0 && process < SMALL_PROCESSES;
    if ((isSmall ? recent[process] : lastEnd.get(process)) === invokedAt) return linedUp(operations);
    const end = outcome === 'unknown' ? Number.POSITIVE_INFINITY : completedAt;
    begins[i] = invokedAt;
    ends[i] = end;
    // An unknown operation comes before nothing, so what came before it still counts.
    if (outcome === 'unknown') continue;
    if (isSmall) recent[process] = completedAt;
    else lastEnd.set(process, completedAt);
  }
  return { begins, ends };
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
