import type { History, Operation } from '../../src/history/operation.ts';
import { illegal, type Model } from '../../src/models/model.ts';

/**
 * Sequential consistency straight from its definition: tries every order that keeps the order of each process, and every choice
 * of unknown operations, all objects together. For a dozen operations at most; shares nothing with the checker but the model.
 */
export function bruteForceSequential<S>(history: History, model: Model<S>): boolean {
  const matter = history.operations.filter(
    (o) => o.outcome !== 'fail' || (model.failedIsObservation !== undefined && model.failedIsObservation(o)),
  );
  return fits(matter, new Map(), model);
}

function fits<S>(left: readonly Operation[], states: ReadonlyMap<string, S>, model: Model<S>): boolean {
  if (left.every((o) => o.outcome === 'unknown')) return true;
  for (const operation of left) {
    if (left.some((other) => other.process === operation.process && other.id < operation.id)) continue;
    const key = model.key?.(operation) ?? '';
    const after = model.step(states.has(key) ? (states.get(key) as S) : model.init(), operation);
    if (after === illegal) continue;
    const rest = left.filter((o) => o !== operation);
    if (fits(rest, new Map(states).set(key, after), model)) return true;
  }
  return false;
}
