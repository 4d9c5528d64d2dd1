import type { Operation } from '../history/operation.ts';
import { sortByTime } from './order.ts';

/** An order of one object's operations, as positions. */
export interface Placed {
  readonly operations: readonly Operation[];
  readonly order: Int32Array;
}

/**
 * Merges orders of independent objects into one that keeps real time; ids of the operations. Each operation takes effect no
 * earlier than the latest invocation up to it in its own order; sorting by that instant keeps every order and never puts
 * an operation behind one invoked after its completion.
 */
export function mergeOrders(orders: readonly Placed[]): number[] {
  const ids: number[] = [];
  for (const { operations, order } of orders)
    for (const i of order) ids.push((operations[i] as Operation).id);
  if (orders.length === 1) return ids;
  const instants = new Float64Array(ids.length);
  let next = 0;
  for (const { operations, order } of orders) {
    let latest = Number.NEGATIVE_INFINITY;
    for (const i of order) {
      latest = Math.max(latest, (operations[i] as Operation).invokedAt);
      instants[next++] = latest;
    }
  }
  const indexes = Int32Array.from(ids, (_, k) => k);
  sortByTime(indexes, instants);
  return Array.from(indexes, (k) => ids[k] as number);
}
