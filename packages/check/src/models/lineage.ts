import { encodePlain, type Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { actionOf, type ActionNames } from './sequences.ts';

/**
 * Where the values of a container went, as far as that is certain: a value put in once and taken out once was taken out
 * by that one operation.
 */
export class Lineage {
  private readonly takers = new Map<unknown, Operation>();
  private readonly isAmbiguous = new Set<unknown>();
  /** When the first operation began that may have taken anything. */
  private firstUnknownTake: number = Number.POSITIVE_INFINITY;

  constructor(operations: readonly Operation[], names: ActionNames) {
    const put = new Set<unknown>();
    for (const operation of operations) {
      const action = actionOf(names, operation);
      if (action === 'put') {
        const value = identity(operation.input);
        if (put.has(value)) this.isAmbiguous.add(value);
        put.add(value);
      } else if (action === 'take' && operation.outcome === 'unknown') {
        this.firstUnknownTake = Math.min(this.firstUnknownTake, operation.invokedAt);
      } else if (action === 'take' && operation.output !== null) {
        const value = identity(operation.output);
        if (this.takers.has(value)) this.isAmbiguous.add(value);
        this.takers.set(value, operation);
      }
    }
  }

  /** True when `first`, in the container together with `second`, cannot be the one to leave first, or to leave at all ahead of it. */
  mustStayBehind(first: Plain, second: Plain): boolean {
    const [a, b] = [identity(first), identity(second)];
    if (this.isAmbiguous.has(a) || this.isAmbiguous.has(b)) return false;
    const taker = this.takers.get(b);
    if (taker === undefined) return false;
    const own = this.takers.get(a);
    if (own !== undefined) return taker.completedAt < own.invokedAt;
    // Nobody is known to have taken it: only an operation of unknown outcome can have, in time.
    return this.firstUnknownTake > taker.completedAt;
  }
}

function identity(value: Plain): unknown {
  if (typeof value === 'object' && value !== null) return `plain ${encodePlain(value)}`;
  return typeof value === 'string' ? `text ${value}` : value;
}
