import type { Operation } from '../history/operation.ts';
import { illegal, type Model } from '../models/model.ts';

/** Thrown when an order the engine found does not explain the history: a defect of the checker, never of the history. */
export class BadOrderError extends Error {
  readonly code = 'BAD_ORDER';
  constructor(reason: string) {
    super(
      `Cannot accept the order found as an explanation of the history: ${reason}; please report this as a defect`,
    );
    this.name = 'BadOrderError';
  }
}

/**
 * Validates an order by means independent of the search, in one pass: every operation that must happen is there once, nothing
 * else is, real time and each process's own order are respected, and the model allows each step from the one before.
 * Throws `BadOrderError` at the first breach.
 */
export function replayOrder<S>(
  operations: readonly Operation[],
  order: readonly Operation[],
  model: Model<S>,
): void {
  checkMembers(operations, order);
  let latestInvocation = Number.NEGATIVE_INFINITY;
  let state = model.init();
  const lastOf = new Map<number, Operation>();
  for (const operation of order) {
    if (operation.completedAt < latestInvocation) {
      throw new BadOrderError(
        `operation ${operation.id} had completed before one placed ahead of it was invoked`,
      );
    }
    if (operation.invokedAt > latestInvocation) latestInvocation = operation.invokedAt;
    const last = lastOf.get(operation.process);
    if (last !== undefined && last.invokedAt >= operation.completedAt && last.id > operation.id) {
      throw new BadOrderError(
        `operations ${last.id} and ${operation.id} of process ${last.process} are the wrong way round`,
      );
    }
    lastOf.set(operation.process, operation);
    const after = model.step(state, operation);
    if (after === illegal) throw new BadOrderError(`operation ${operation.id} is illegal where it stands`);
    state = after;
  }
}

function checkMembers(operations: readonly Operation[], order: readonly Operation[]): void {
  let missing = -1;
  const placed = new Set<Operation>(order);
  if (placed.size !== order.length) throw new BadOrderError('an operation stands in it twice');
  for (const operation of operations) {
    if (placed.delete(operation)) continue;
    if (operation.outcome !== 'unknown') missing = operation.id;
  }
  if (missing !== -1) throw new BadOrderError(`operation ${missing} is missing`);
  if (placed.size > 0) throw new BadOrderError('it has an operation the history has not');
}
