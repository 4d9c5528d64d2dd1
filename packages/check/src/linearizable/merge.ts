import type { Operation } from '../history/operation.ts';
import { sortByTime } from './order.ts';

/** An order of one object's operations, as positions. */
export interface Placed {
  readonly operations: readonly Operation[];
  readonly order: Int32Array;
}

/** One order of the operations of all objects. */
export interface Merged {
  /** Ids of the operations. */
  readonly ids: number[];
  /** How many of them are of unknown outcome. */
  readonly unknown: number;
}

/**
 * Merges orders of independent objects into one that keeps real time. Each operation takes effect no
 * earlier than the latest invocation up to it in its own order; sorting by that instant keeps every order and never puts
 * an operation behind one invoked after its completion.
 */
export function mergeOrders(orders: readonly Placed[]): Merged {
  const total = orders.reduce((sum, { order }) => sum + order.length, 0);
  const ids: number[] = new Array<number>(total);
  const instants = new Float64Array(orders.length === 1 ? 0 : total);
  const indexes = new Int32Array(instants.length);
  let next = 0;
  let unknown = 0;
  for (const { operations, order } of orders) {
    let latest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < order.length; k++) {
      const { id, invokedAt, outcome } = operations[order[k] as number] as Operation;
      ids[next] = id;
      if (outcome === 'unknown') unknown++;
      if (invokedAt > latest) latest = invokedAt;
      if (indexes.length > 0) {
        instants[next] = latest;
        indexes[next] = next;
      }
      next++;
    }
  }
  if (orders.length === 1) return { ids, unknown };
  sortByTime(indexes, instants);
  const merged: number[] = new Array<number>(total);
  for (let k = 0; k < total; k++) merged[k] = ids[indexes[k] as number] as number;
  return { ids: merged, unknown };
}
