import { tellTimes } from '../text/times.ts';
import { encodePlain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';

const MOST_NAMED = 6;

/** Puts operations into words. */
export class Teller<S> {
  private readonly model: Model<S>;
  private readonly timeUnit: History['timeUnit'];

  constructor(model: Model<S>, timeUnit: History['timeUnit']) {
    this.model = model;
    this.timeUnit = timeUnit;
  }

  /** Who did what, and when: `process 3 read 1 from x (40 to 45 us)`. */
  tell(operation: Operation): string {
    return `process ${operation.process} ${this.deed(operation)} (${this.when(operation)})`;
  }

  /** Several operations, the earliest first; a long list is cut. */
  list(operations: readonly Operation[]): string {
    const told = operations.slice(0, MOST_NAMED).map((operation) => this.tell(operation));
    if (operations.length > MOST_NAMED) told.push(`${operations.length - MOST_NAMED} more`);
    const last = told.pop() ?? '';
    return told.length === 0 ? last : `${told.join(', ')} and ${last}`;
  }

  private deed(operation: Operation): string {
    return this.model.describe?.(operation) ?? plainDeed(operation);
  }

  private when(operation: Operation): string {
    const { invokedAt, completedAt, outcome } = operation;
    if (outcome === 'unknown') return `outcome unknown, from ${tellTimes([invokedAt], this.timeUnit)}`;
    return tellTimes([invokedAt, completedAt], this.timeUnit);
  }
}

function plainDeed(operation: Operation): string {
  const { f, key, input, output, outcome } = operation;
  const at = key === undefined ? '' : ` on ${key}`;
  const argument = input === null ? '' : ` ${encodePlain(input)}`;
  const result = outcome !== 'ok' || output === null ? '' : ` with result ${encodePlain(output)}`;
  return `did ${f}${argument}${at}${result}`;
}

/** `1 operation`, `2 operations`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
