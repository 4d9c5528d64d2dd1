import type { Operation } from '../history/operation.ts';
import { illegal, type Model } from '../models/model.ts';
import { Interner } from './intern.ts';
import { Arena } from './ints.ts';

const MOST_STATES = 200;
const MOST_CALLS = 50_000;

/**
 * The operations that can lead to what `observer` saw: those that, in some state the operations can bring about in any order
 * and number, change it to one in which the observer is legal. Undefined when there are too many states to say.
 */
export function causesOf<S>(
  observer: Operation,
  operations: readonly Operation[],
  model: Model<S>,
): Operation[] | undefined {
  const changes = operations.filter((operation) => model.observes?.(operation) !== true);
  const states = new Interner(new Arena());
  const causes = new Set<Operation>();
  const queue = [states.idOf(model.init())];
  const seen = new Set(queue);
  let calls = 0;
  for (const s of queue) {
    for (const change of changes) {
      if (++calls > MOST_CALLS) return undefined;
      const after = model.step(states.values[s] as S, change);
      if (after === illegal) continue;
      const t = states.idOf(after);
      if (t !== s && !causes.has(change) && model.step(after, observer) !== illegal) causes.add(change);
      if (seen.has(t)) continue;
      if (seen.size === MOST_STATES) return undefined;
      seen.add(t);
      queue.push(t);
    }
  }
  return changes.filter((change) => causes.has(change));
}
