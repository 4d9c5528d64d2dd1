import type { Operation } from '../history/operation.ts';
import { mergeByTime } from './order.ts';
import { settleTies } from './ties.ts';

/** An order of operations, as positions. */
export interface Placed {
  readonly operations: readonly Operation[];
  readonly order: Int32Array;
}

/** One order of the operations of all objects, as positions in a list of them all. */
export interface Merged extends Placed {
  readonly status: 'merged';
}

/**
 * Orders that cannot stand together: the objects, by rank, between which processes went on at one instant in a way the orders found
 * contradict. Others might do, so such objects must be judged as one.
 */
export interface Unmerged {
  readonly status: 'contradicted';
  readonly objects: readonly number[];
}

/**
 * Merges orders of single objects into one that keeps real time and each process's own order. Each operation takes effect no
 * earlier than the latest invocation up to it in its own order; sorting by that instant keeps every order and never puts
 * an operation behind one invoked after its completion. Which comes first within one instant is settled by the processes that both
 * ended and began an operation in it. Where none did so, objects can always be merged (Herlihy and Wing 1990, locality).
 */
export function mergeOrders(orders: readonly Placed[]): Merged | Unmerged {
  const [first] = orders;
  if (first !== undefined && orders.length === 1) return { status: 'merged', ...first };
  const line = lineUp(orders);
  const { operations, positions, instants, objectOf } = line;
  const total = positions.length;
  const places = new Int32Array(total);
  for (let k = 0; k < total; k++) places[k] = k;
  mergeByTime(places, instants, line.starts);
  const contradicted = settleTies({ operations, positions, instants, objectOf, places });
  if (contradicted !== undefined) return { status: 'contradicted', objects: contradicted };
  const order = new Int32Array(total);
  for (let k = 0; k < total; k++) order[k] = positions[places[k] as number] as number;
  return { status: 'merged', operations, order };
}

/** The orders one behind the other. */
interface Line {
  readonly operations: readonly Operation[];
  /** By place in the line: the position in `operations`, the instant it takes effect, the object's rank. */
  readonly positions: Int32Array;
  readonly instants: Float64Array;
  readonly objectOf: Int32Array;
  /** Where each order begins, and where the last one ends. */
  readonly starts: readonly number[];
}

function lineUp(orders: readonly Placed[]): Line {
  let total = 0;
  for (const { order } of orders) total += order.length;
  const operations: Operation[] = [];
  const positions = new Int32Array(total);
  const instants = new Float64Array(total);
  const objectOf = new Int32Array(total);
  const starts = [0];
  let next = 0;
  for (let object = 0; object < orders.length; object++) {
    const { operations: own, order } = orders[object] as Placed;
    const offset = operations.length;
    for (let i = 0; i < own.length; i++) operations.push(own[i] as Operation);
    let latest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < order.length; k++, next++) {
      const i = order[k] as number;
      const { invokedAt } = own[i] as Operation;
      if (invokedAt > latest) latest = invokedAt;
      positions[next] = offset + i;
      instants[next] = latest;
      objectOf[next] = object;
    }
    starts.push(next);
  }
  return { operations, positions, instants, objectOf, starts };
}
