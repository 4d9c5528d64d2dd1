import type { Operation } from '../history/operation.ts';
import { illegal, type Model, UnsupportedOperationError } from './model.ts';
import { isRead, keyOf } from './register.ts';
import { showValue } from './words.ts';

const EXPECTED = "use f 'add' with a number, 'increment', 'decrement' or 'read'";

/**
 * One counter per `key`, zero at first.
 *
 * - `add`: input the number to add, null for 1. `increment` (or `inc`) and `decrement` (or `dec`): input the number, null for 1.
 *   An output that is a number is the value after it; any other is ignored.
 * - `read` (or `r`): output the value.
 */
export function counterModel(): Model<number> {
  return {
    name: 'counter',
    init: () => 0,
    step(state, operation) {
      const { outcome, output } = operation;
      if (isRead(operation)) return outcome === 'unknown' || output === state ? state : illegal;
      const after = state + addedBy(operation);
      return outcome === 'ok' && typeof output === 'number' && output !== after ? illegal : after;
    },
    key: keyOf,
    observes: isRead,
    canReach(state, observation, changes) {
      const missing = (observation.output as number) - state;
      return missing === 0 || changes.some((change) => addedBy(change) * missing > 0);
    },
    describe(operation) {
      const at = operation.key === undefined ? '' : ` ${operation.key}`;
      if (isRead(operation)) {
        return operation.outcome === 'ok'
          ? `read ${showValue(operation.output)}${at && ` from${at}`}`
          : `read${at}`;
      }
      const answer = typeof operation.output === 'number' ? `, making ${operation.output}` : '';
      return `added ${addedBy(operation)}${at && ` to${at}`}${answer}`;
    },
  };
}

function addedBy(operation: Operation): number {
  const { f } = operation;
  const input = operation.input ?? 1;
  if (typeof input === 'number') {
    if (f === 'add' || f === 'increment' || f === 'inc') return input;
    if (f === 'decrement' || f === 'dec') return -input;
  }
  throw new UnsupportedOperationError('counter', operation, EXPECTED);
}
