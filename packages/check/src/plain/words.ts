import { encodePlain, type Plain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import { tellTimes } from '../text/times.ts';

const LONGEST_SHOWN = 60;
const MOST_LISTED = 6;

/** A value as a sentence shows it; long ones are cut in the middle. */
export function show(value: Plain): string {
  const text = encodePlain(value);
  if (text.length <= LONGEST_SHOWN) return text;
  const half = (LONGEST_SHOWN - 3) >> 1;
  return `${text.slice(0, half)}...${text.slice(-half)}`;
}

/** A value as the key of a map: equal values have equal keys, different ones different keys. */
export function valueKey(value: Plain): unknown {
  if (typeof value === 'string') return value.startsWith('\u0000') ? `\u0000${value}` : value;
  return typeof value === 'object' && value !== null ? `\u0000{${encodePlain(value)}` : value;
}

/** Who did what, and when, in the words every checker uses. */
export class Narrator {
  private readonly timeUnit: History['timeUnit'];

  constructor(history: Pick<History, 'timeUnit'>) {
    this.timeUnit = history.timeUnit;
  }

  /** `process 3 added 7 (40 to 45 us)`. */
  tell(operation: Operation, deed: string): string {
    return `process ${operation.process} ${deed} (${this.when(operation)})`;
  }

  /** `40 to 45 us`, or `outcome unknown, from 40 us`. */
  when({ invokedAt, completedAt, outcome }: Operation): string {
    if (outcome === 'unknown') return `outcome unknown, from ${tellTimes([invokedAt], this.timeUnit)}`;
    return tellTimes([invokedAt, completedAt], this.timeUnit);
  }

  /** A length of time. */
  span(time: number): string {
    return this.timeUnit === 'us' ? tellTimes([time], this.timeUnit) : `${time} lines`;
  }
}

/** `a, b and c`; a long list is cut. */
export function listed(parts: readonly string[]): string {
  const shown = parts.slice(0, MOST_LISTED);
  if (parts.length > MOST_LISTED) shown.push(`${parts.length - MOST_LISTED} more`);
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** ` of x` for an operation that addresses an object, else nothing. */
export function ofKey(operation: Operation, preposition = 'of'): string {
  return operation.key === undefined ? '' : ` ${preposition} ${operation.key}`;
}
