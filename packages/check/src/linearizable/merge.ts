import type { Operation } from '../history/operation.ts';

/**
 * Merges orders of independent objects into one that keeps real time. Each operation takes effect no earlier than the latest
 * invocation up to it in its own order; sorting by that instant keeps every order and never puts an operation behind
 * one invoked after its completion.
 */
export function mergeOrders(orders: readonly (readonly Operation[])[]): Operation[] {
  const [only] = orders;
  if (only !== undefined && orders.length === 1) return [...only];
  const placed: { readonly at: number; readonly operation: Operation }[] = [];
  for (const order of orders) {
    let at = Number.NEGATIVE_INFINITY;
    for (const operation of order) {
      if (operation.invokedAt > at) at = operation.invokedAt;
      placed.push({ at, operation });
    }
  }
  placed.sort((a, b) => a.at - b.at);
  return placed.map((item) => item.operation);
}
