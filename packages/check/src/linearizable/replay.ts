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

/** An order that has been validated. */
export interface ValidOrder {
  /** Its operations' ids. */
  readonly ids: number[];
  /** How many of them are of unknown outcome. */
  readonly unknown: number;
}

/**
 * Validates an order, given as positions in `operations`, by means independent of the search and in linear time: every
 * operation that must happen is there, none twice, real time and each process's own order are respected, and the model allows each
 * step from the one before. Throws `BadOrderError` at the first breach.
 */
export function replayOrder<S>(
  operations: readonly Operation[],
  order: Int32Array,
  model: Model<S>,
): ValidOrder {
  const isPlaced = new Uint8Array(operations.length);
  const ids = new Array<number>(order.length);
  const objects = new Objects(model);
  let latest = Number.NEGATIVE_INFINITY;
  let touches = false;
  let unknown = 0;
  for (let k = 0; k < order.length; k++) {
    const i = order[k] as number;
    if (!(i >= 0 && i < operations.length)) throw new BadOrderError(`there is no operation at ${i}`);
    const operation = operations[i] as Operation;
    const { id, invokedAt, completedAt } = operation;
    if (isPlaced[i] === 1) throw new BadOrderError(`operation ${id} stands in it twice`);
    isPlaced[i] = 1;
    if (completedAt < latest) {
      throw new BadOrderError(`operation ${id} had completed before one placed ahead of it was invoked`);
    }
    // It ended at an instant at which one placed ahead of it began.
    if (completedAt === latest) touches = true;
    if (invokedAt > latest) latest = invokedAt;
    if (operation.outcome === 'unknown') unknown++;
    objects.step(operation);
    ids[k] = id;
  }
  if (order.length < operations.length) checkNoneMissing(operations, isPlaced);
  if (touches) checkProcesses(operations, order);
  return { ids, unknown };
}

function checkNoneMissing(operations: readonly Operation[], isPlaced: Uint8Array): void {
  for (let i = 0; i < operations.length; i++) {
    if (isPlaced[i] === 1) continue;
    const { id, outcome } = operations[i] as Operation;
    if (outcome !== 'unknown') throw new BadOrderError(`operation ${id} is missing`);
  }
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

/** The objects as the operations leave them, one after the other. */
class Objects<S> {
  private readonly model: Model<S>;
  private readonly states = new Map<string, S>();
  private key: string | undefined;
  private state: S;

  constructor(model: Model<S>) {
    this.model = model;
    this.state = model.init();
  }

  step(operation: Operation): void {
    const { model } = this;
    if (model.key !== undefined) {
      const key = model.key(operation);
      if (key !== this.key) this.turnTo(key);
    }
    const after = model.step(this.state, operation);
    if (after === illegal) throw new BadOrderError(`operation ${operation.id} is illegal where it stands`);
    this.state = after;
  }

  private turnTo(key: string): void {
    const { states, model } = this;
    if (this.key !== undefined) states.set(this.key, this.state);
    this.state = states.has(key) ? (states.get(key) as S) : model.init();
    this.key = key;
  }
}
