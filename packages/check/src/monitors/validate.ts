import { encodePlain, type Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { BadOrderError, replayOrder } from '../linearizable/replay.ts';
import type { Model } from '../models/model.ts';

/** An object run one operation at a time; true when the operation can happen now with its result. */
export type Runner = (operation: Operation) => boolean;

/** A model that allows everything, to have the order itself validated. */
const ANYTHING: Model<null> = { name: 'anything', init: () => null, step: () => null };

/**
 * Validates the order a monitor found in linear time, by code that knows nothing of how it was found: its members, real time and
 * each process's own order by `replayOrder`, and the object by running it. Throws `BadOrderError`.
 */
export function validateOrder(operations: readonly Operation[], order: Int32Array, run: Runner): void {
  replayOrder(operations, order, ANYTHING);
  for (const i of order) {
    const operation = operations[i] as Operation;
    if (!run(operation)) throw new BadOrderError(`operation ${operation.id} is illegal where it stands`);
  }
}

/** A queue in an array with a head that moves. */
export function queueRunner(): Runner {
  const items: string[] = [];
  let head = 0;
  return ({ f, input, output }) => {
    if (f === 'enqueue' || f === 'offer' || f === 'add') {
      items.push(encodePlain(input));
      return true;
    }
    if (output === null) return head === items.length;
    return items[head++] === encodePlain(output);
  };
}

/** A stack in an array. */
export function stackRunner(): Runner {
  const items: string[] = [];
  return ({ f, input, output }) => {
    if (f === 'push') {
      items.push(encodePlain(input));
      return true;
    }
    return output === null ? items.length === 0 : items.pop() === encodePlain(output);
  };
}

/** A priority queue: how many items each number has, in a binary heap of the numbers that were there. */
export function priorityRunner(): Runner {
  const heap: number[] = [];
  const items = new Map<string, number>();
  const sizes = new Map<number, number>();
  const numberIn = (item: Plain): number => Number(Array.isArray(item) ? item[0] : item);
  const smallest = (): number | undefined => {
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      if ((sizes.get(top) ?? 0) > 0) return top;
      popSmallest(heap);
    }
    return undefined;
  };
  return ({ f, input, output }) => {
    const isTake = f === 'delete-min' || f === 'dequeue' || f === 'poll';
    if (isTake && output === null) return smallest() === undefined;
    const item = isTake ? output : input;
    const text = encodePlain(item);
    const number = numberIn(item);
    if (isTake && (smallest() !== number || !items.has(text))) return false;
    const change = isTake ? -1 : 1;
    const left = (items.get(text) ?? 0) + change;
    if (left === 0) items.delete(text);
    else items.set(text, left);
    const size = (sizes.get(number) ?? 0) + change;
    if (change === 1 && size === 1) pushNumber(heap, number);
    sizes.set(number, size);
    return true;
  };
}

/** A set that only grows. */
export function growingSetRunner(): Runner {
  const elements = new Set<string>();
  return ({ f, input, output }) => {
    if (f !== 'read') {
      elements.add(encodePlain(input));
      return true;
    }
    const seen = output as readonly Plain[];
    return seen.length === elements.size && seen.every((value) => elements.has(encodePlain(value)));
  };
}

function pushNumber(heap: number[], number: number): void {
  let at = heap.push(number) - 1;
  for (let parent = (at - 1) >> 1; at > 0 && (heap[parent] as number) > number; parent = (at - 1) >> 1) {
    heap[at] = heap[parent] as number;
    at = parent;
  }
  heap[at] = number;
}

function popSmallest(heap: number[]): void {
  const last = heap.pop() as number;
  if (heap.length === 0) return;
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
    if ((heap[child] as number) >= last) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = last;
}
