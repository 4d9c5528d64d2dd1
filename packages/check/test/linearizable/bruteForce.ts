import type { History, Operation } from '../../src/history/operation.ts';
import { illegal, type Model } from '../../src/models/model.ts';

/**
 * Linearizability straight from its definition: tries every order of every choice of unknown operations, all objects
 * together. For a dozen operations at most; shares nothing with the checker but the model.
 */
export function bruteForce<S>(history: History, model: Model<S>): boolean {
  const matter = history.operations.filter(
    (o) => o.outcome !== 'fail' || (model.failedIsObservation !== undefined && model.failedIsObservation(o)),
  );
  return fits(matter, new Map(), model);
}

function fits<S>(left: readonly Operation[], states: ReadonlyMap<string, S>, model: Model<S>): boolean {
  if (left.every((o) => o.outcome === 'unknown')) return true;
  for (const operation of left) {
    if (left.some((other) => other !== operation && precedes(other, operation))) continue;
    const key = model.key?.(operation) ?? '';
    const after = model.step(states.has(key) ? (states.get(key) as S) : model.init(), operation);
    if (after === illegal) continue;
    const rest = left.filter((o) => o !== operation);
    if (fits(rest, new Map(states).set(key, after), model)) return true;
  }
  return false;
}

/** Real time, and the order of one process where it goes on at the very instant it ended. Unknown ones precede nothing. */
function precedes(a: Operation, b: Operation): boolean {
  if (a.outcome === 'unknown') return false;
  return (
    a.completedAt < b.invokedAt || (a.process === b.process && a.id < b.id && a.completedAt <= b.invokedAt)
  );
}
