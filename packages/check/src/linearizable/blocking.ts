import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { lineUp, NEVER } from './events.ts';
import { attempt } from './fast.ts';
import { Arena } from './ints.ts';
import { insistOn } from './minimise.ts';

/**
 * The operation at whose completion a violated history became impossible to explain, those still open then counting as unknown:
 * up to any earlier completion it can be explained. All completions ahead of event `from` are known to be explained. Each attempt gets `steps` steps; one that needs more counts as explained.
 */
export function findBlocking<S>(
  operations: readonly Operation[],
  from: number,
  model: Model<S>,
  steps: number,
): Operation {
  const { events, returnAt } = lineUp(operations, new Arena());
  const returns: number[] = [];
  for (let e = from; e < events.length; e++) {
    const event = events[e] as number;
    if ((event & 1) === 1) returns.push(event >> 1);
  }
  const isImpossible = (rank: number): boolean => {
    const last = returnAt[returns[rank] as number] as number;
    const { begun, over } = upTo(operations, last, returnAt);
    return attempt(insistOn(begun, over, model), model, steps).status === 'violated';
  };
  // It is usually near: look one, two, four, ... further, then between the last two places.
  let low = 0;
  let stride = 1;
  let high = 0;
  while (high < returns.length - 1 && !isImpossible(high)) {
    low = high + 1;
    high = Math.min(high + stride, returns.length - 1);
    stride *= 2;
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isImpossible(middle)) high = middle;
    else low = middle + 1;
  }
  return operations[returns[high] as number] as Operation;
}

/** The operations begun before event `last`, and those over with it. */
function upTo(
  operations: readonly Operation[],
  last: number,
  returnAt: Int32Array,
): { begun: Operation[]; over: Set<Operation> } {
  const begun: Operation[] = [];
  const over = new Set<Operation>();
  let latest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < operations.length; i++) {
    const operation = operations[i] as Operation;
    const returns = returnAt[i] as number;
    if (returns === NEVER || returns > last) continue;
    over.add(operation);
    latest = Math.max(latest, operation.completedAt);
  }
  for (const operation of operations) if (operation.invokedAt <= latest) begun.push(operation);
  return { begun, over };
}
