import { isFree } from '../causal/shrink.ts';
import type { Operation } from '../history/operation.ts';
import { BadOrderError } from '../linearizable/replay.ts';
import { illegal, type Model } from '../models/model.ts';

/**
 * Validates an order by means independent of the search, in one pass: every operation that must happen is there once, nothing else
 * is, each process's own order is respected, and the model allows each step from the one before. Throws `BadOrderError`
 * at the first breach.
 */
export function replaySequential<S>(
  operations: readonly Operation[],
  order: readonly Operation[],
  model: Model<S>,
): void {
  const known = new Set(operations);
  const placed = new Set<Operation>();
  const lastOf = new Map<number, number>();
  const states = new Map<string, S>();
  for (const operation of order) {
    const { id, process } = operation;
    if (!known.has(operation) || placed.has(operation)) {
      throw new BadOrderError(`operation ${id} has no place in it, or two`);
    }
    placed.add(operation);
    if (!isFree(operation)) {
      if ((lastOf.get(process) ?? -1) > id) {
        throw new BadOrderError(`operation ${id} of process ${process} stands behind a later one`);
      }
      lastOf.set(process, id);
    }
    const key = model.key?.(operation) ?? '';
    const after = model.step(states.has(key) ? (states.get(key) as S) : model.init(), operation);
    if (after === illegal) throw new BadOrderError(`operation ${id} is illegal where it stands`);
    states.set(key, after);
  }
  const missing = operations.find((operation) => operation.outcome !== 'unknown' && !placed.has(operation));
  if (missing !== undefined) throw new BadOrderError(`operation ${missing.id} is missing`);
}
