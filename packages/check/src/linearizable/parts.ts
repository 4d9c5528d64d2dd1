import type { History, Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';

/** The operations of one object that a checker must place in an order, by invocation. */
export interface Part {
  /** The object's key; '' when the history is judged as one object. */
  readonly key: string;
  readonly operations: readonly Operation[];
}

/**
 * Leaves out what says nothing and splits the rest by object: a `fail` had no effect (unless the model counts it as an
 * observation), and an operation of unknown outcome that only observes tells and changes nothing.
 */
export function splitParts<S>(history: History, model: Model<S>, byKey: boolean): Part[] {
  const keyed = byKey && model.key !== undefined;
  if (isOnePart(history.operations, model, keyed)) {
    const [first] = history.operations;
    const key = keyed && first !== undefined ? (model.key?.(first) ?? '') : '';
    return [{ key, operations: history.operations }];
  }
  const lists = new Map<string, Operation[]>();
  let key: string | undefined;
  let list: Operation[] = [];
  for (const operation of history.operations) {
    if (!matters(operation, model)) continue;
    const next = keyed ? (model.key?.(operation) ?? '') : '';
    if (next !== key) {
      key = next;
      list = lists.get(key) ?? [];
      if (list.length === 0) lists.set(key, list);
    }
    list.push(operation);
  }
  const parts: Part[] = [];
  for (const [name, operations] of lists) {
    sortByInvocation(operations);
    parts.push({ key: name, operations });
  }
  return parts;
}

/** The operations of several objects as one part. */
export function joinParts(parts: readonly Part[]): Part {
  const operations = parts.flatMap((part) => part.operations);
  operations.sort((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
  return { key: '', operations };
}

/** True when all operations are about one object. */
export function areOfOneObject<S>(operations: readonly Operation[], model: Model<S>): boolean {
  const [first] = operations;
  if (first === undefined || model.key === undefined) return true;
  const key = model.key(first);
  return operations.every((operation) => model.key?.(operation) === key);
}

/** True when the history is one object's, nothing is to be left out, and it is in order: then it need not be copied. */
function isOnePart<S>(operations: readonly Operation[], model: Model<S>, keyed: boolean): boolean {
  const [first] = operations;
  if (first === undefined) return false;
  const key = keyed ? model.key?.(first) : undefined;
  let latest = Number.NEGATIVE_INFINITY;
  for (const operation of operations) {
    if (operation.invokedAt < latest || !matters(operation, model)) return false;
    if (keyed && model.key?.(operation) !== key) return false;
    latest = operation.invokedAt;
  }
  return true;
}

function matters<S>(operation: Operation, model: Model<S>): boolean {
  if (operation.outcome === 'ok') return true;
  if (operation.outcome === 'fail') return model.failedIsObservation?.(operation) === true;
  return model.observes?.(operation) !== true;
}

function sortByInvocation(operations: Operation[]): void {
  for (let i = 1; i < operations.length; i++) {
    const before = operations[i - 1] as Operation;
    if (before.invokedAt > (operations[i] as Operation).invokedAt) {
      operations.sort((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
      return;
    }
  }
}
