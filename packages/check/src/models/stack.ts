import type { Plain } from '@holdfast/plain';
import { Lineage } from './lineage.ts';
import { illegal, type Model, UnsupportedOperationError } from './model.ts';
import { keyOf } from './register.ts';
import {
  actionOf,
  type ActionNames,
  answersWith,
  canBeEmptied,
  describeContainer,
  looksOnly,
  takeAt,
} from './sequences.ts';

const EXPECTED = "use f 'push', 'pop' or 'peek'";

const ACTIONS: ActionNames = { push: 'put', pop: 'take', peek: 'peek', top: 'peek' };

/**
 * One last-in first-out stack per `key`, empty at first.
 *
 * - `push`: input the value, output ignored. Null cannot be pushed.
 * - `pop`: output the value taken, null when the stack was empty. A `fail` says nothing.
 * - `peek` (or `top`): output the value on top, null when empty.
 */
export function stackModel(): Model<readonly Plain[]> {
  return {
    name: 'stack',
    init: () => [],
    step(items, operation) {
      const action = actionOf(ACTIONS, operation);
      if (action === undefined || (action === 'put' && operation.input === null)) {
        throw new UnsupportedOperationError('stack', operation, EXPECTED);
      }
      if (action === 'put') return [...items, operation.input];
      if (action === 'peek') return answersWith(operation, items.at(-1)) ? items : illegal;
      return takeAt(items, items.length - 1, operation);
    },
    key: keyOf,
    observes: (operation) => looksOnly(ACTIONS, operation),
    plan(operations) {
      const lineage = new Lineage(operations, ACTIONS);
      return {
        // What is pushed leaves the stack ahead of whatever stands in it.
        allows: (items, { f, input }) =>
          ACTIONS[f] !== 'put' || !items.some((item) => lineage.mustStayBehind(input, item)),
      };
    },
    canReach: (items, observation, changes) => canBeEmptied(ACTIONS, items, observation, changes),
    describe: (operation) => describeContainer(ACTIONS, operation, ['pushed', 'popped'], 'the stack'),
  };
}
