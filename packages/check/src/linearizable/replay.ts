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
 * Validates an order, given as positions in `operations`, by means independent of the search and in linear time: every
 * operation that must happen is there, none twice, real time and each process's own order are respected, and the model allows each
 * step from the one before. Throws `BadOrderError` at the first breach.
 */
export function replayOrder<S>(operations: readonly Operation[], order: Int32Array, model: Model<S>): void {
  checkMembers(operations, order);
  const touches = checkRealTime(operations, order);
  if (touches) checkProcesses(operations, order);
  checkModel(operations, order, model);
}

function checkMembers(operations: readonly Operation[], order: Int32Array): void {
  const isPlaced = new Uint8Array(operations.length);
  for (const i of order) {
    if (!(i >= 0 && i < operations.length)) throw new BadOrderError(`there is no operation at ${i}`);
    if (isPlaced[i] === 1) throw new BadOrderError(`operation ${operations[i]?.id} stands in it twice`);
    isPlaced[i] = 1;
  }
  for (let i = 0; i < operations.length; i++) {
    if (isPlaced[i] === 1) continue;
    const { id, outcome } = operations[i] as Operation;
    if (outcome !== 'unknown') throw new BadOrderError(`operation ${id} is missing`);
  }
}

/** True when some operation ended at an instant at which one placed ahead of it began. */
function checkRealTime(operations: readonly Operation[], order: Int32Array): boolean {
  let latest = Number.NEGATIVE_INFINITY;
  let touches = false;
  for (const i of order) {
    const { id, invokedAt, completedAt } = operations[i] as Operation;
    if (completedAt < latest) {
      throw new BadOrderError(`operation ${id} had completed before one placed ahead of it was invoked`);
    }
    if (completedAt === latest) touches = true;
    if (invokedAt > latest) latest = invokedAt;
  }
  return touches;
}

/** Only operations that touch need this; the others are ordered by real time. */
function checkProcesses(operations: readonly Operation[], order: Int32Array): void {
  const latestOf = new Map<number, Operation>();
  for (const i of order) {
    const operation = operations[i] as Operation;
    const latest = latestOf.get(operation.process);
    const isEarlier = latest !== undefined && comesLater(latest, operation);
    if (isEarlier && operation.completedAt <= latest.invokedAt) {
      throw new BadOrderError(
        `operation ${operation.id} stands behind a later one of process ${operation.process}`,
      );
    }
    if (!isEarlier) latestOf.set(operation.process, operation);
  }
}

function comesLater(a: Operation, b: Operation): boolean {
  return a.invokedAt > b.invokedAt || (a.invokedAt === b.invokedAt && a.id > b.id);
}

function checkModel<S>(operations: readonly Operation[], order: Int32Array, model: Model<S>): void {
  const states = new Map<string, S>();
  let key: string | undefined;
  let state = model.init();
  for (const i of order) {
    const operation = operations[i] as Operation;
    if (model.key !== undefined) {
      const next = model.key(operation);
      if (next !== key) {
        if (key !== undefined) states.set(key, state);
        state = states.has(next) ? (states.get(next) as S) : model.init();
        key = next;
      }
    }
    const after = model.step(state, operation);
    if (after === illegal) throw new BadOrderError(`operation ${operation.id} is illegal where it stands`);
    state = after;
  }
}
