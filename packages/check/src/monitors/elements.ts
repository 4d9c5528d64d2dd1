import { encodePlain } from '@holdfast/plain';
import { illegal, type Model } from '../models/model.ts';
import { setModel } from '../models/set.ts';

/** True when an operation concerns one element alone, so that the elements of a set can be judged one by one. */
export function isAboutOneElement({ f }: { readonly f: string }): boolean {
  return f === 'add' || f === 'remove' || f === 'contains';
}

/**
 * The set model element by element: each element is an object of its own, there or not. The same as the set model for histories in which
 * nobody reads the whole set, as linearizability is kept when independent objects are put together (Herlihy and Wing, 1990).
 */
export function elementModel(): Model<boolean> {
  const whole = setModel();
  return {
    name: 'set',
    init: () => false,
    step(isThere, operation) {
      const element = encodePlain(operation.input);
      const after = whole.step(isThere ? [element] : [], operation);
      return after === illegal ? illegal : (after as readonly string[]).length > 0;
    },
    key: (operation) => `${operation.key ?? ''}\u0000${encodePlain(operation.input)}`,
    observes: (operation) => whole.observes?.(operation) === true,
    describe: (operation) => whole.describe?.(operation) ?? operation.f,
  };
}
