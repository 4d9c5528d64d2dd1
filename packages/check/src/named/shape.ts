import type { History, Operation } from '../history/operation.ts';
import { isTransaction, TRANSACTION } from '../history/transaction.ts';
import { UnsupportedOperationError, type Model } from '../models/model.ts';

/** Operations looked at one by one; of each name a few are among them, however late it comes. */
const MOST_SAMPLED = 2_000;
const OF_EACH_NAME = 20;

/** What a history holds, as far as it decides who can judge it. */
export interface HistoryShape {
  /** How many operations there are of each name. */
  readonly names: ReadonlyMap<string, number>;
  /** Some of the operations, of every name. */
  readonly sample: readonly Operation[];
  /** Only each process's own order is known. */
  readonly isOfSessions: boolean;
}

/** Looks a history over. */
export function shapeOf(history: History): HistoryShape {
  const names = new Map<string, number>();
  const sample: Operation[] = [];
  for (const operation of history.operations) {
    const seen = names.get(operation.f) ?? 0;
    names.set(operation.f, seen + 1);
    if (sample.length < MOST_SAMPLED || seen < OF_EACH_NAME) sample.push(operation);
  }
  return { names, sample, isOfSessions: history.order === 'session' };
}

/** True when every name is one of these, and there is one. */
export function hasOnly(shape: HistoryShape, names: readonly string[]): boolean {
  return shape.names.size > 0 && [...shape.names.keys()].every((name) => names.includes(name));
}

/** True when one of these names occurs. */
export function hasSome(shape: HistoryShape, names: readonly string[]): boolean {
  return names.some((name) => shape.names.has(name));
}

/** True when every answered operation of these names answered with something of that kind. */
export function answersAre(
  shape: HistoryShape,
  names: readonly string[],
  is: (operation: Operation) => boolean,
): boolean {
  return shape.sample.every((o) => o.outcome !== 'ok' || !names.includes(o.f) || is(o));
}

/** True when the model knows every operation. */
export function isKnownTo<S>(shape: HistoryShape, model: Model<S>): boolean {
  if (shape.sample.length === 0) return false;
  try {
    for (const operation of shape.sample) {
      if (operation.outcome === 'fail' && model.failedIsObservation?.(operation) !== true) {
        // It says nothing, but its name must be one the model has.
        model.step(model.init(), { ...operation, outcome: 'unknown' });
      } else model.step(model.init(), operation);
    }
    return true;
  } catch (error) {
    if (error instanceof UnsupportedOperationError) return false;
    throw error;
  }
}

/** True when there are transactions and nothing else. */
export function isOfTransactions(shape: HistoryShape): boolean {
  return hasOnly(shape, [TRANSACTION]) && shape.sample.every(isTransaction);
}
