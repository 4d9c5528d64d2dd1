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

const EXPECTED = "use f 'enqueue', 'dequeue' or 'peek'";

const ACTIONS: ActionNames = {
  enqueue: 'put',
  offer: 'put',
  add: 'put',
  dequeue: 'take',
  poll: 'take',
  remove: 'take',
  peek: 'peek',
};

/**
 * One first-in first-out queue per `key`, empty at first.
 *
 * - `enqueue` (or `offer`, `add`): input the value, output ignored. Null cannot be enqueued.
 * - `dequeue` (or `poll`, `remove`): output the value taken, null when the queue was empty. A `fail` says nothing.
 * - `peek`: output the value next to be taken, null when empty.
 */
export function fifoQueueModel(): Model<readonly Plain[]> {
  return {
    name: 'fifo-queue',
    init: () => [],
    step(items, operation) {
      const action = actionOf(ACTIONS, operation);
      if (action === undefined || (action === 'put' && operation.input === null)) {
        throw new UnsupportedOperationError('fifo-queue', operation, EXPECTED);
      }
      if (action === 'put') return [...items, operation.input];
      if (action === 'peek') return answersWith(operation, items[0]) ? items : illegal;
      return takeAt(items, items.length === 0 ? -1 : 0, operation);
    },
    key: keyOf,
    observes: (operation) => looksOnly(ACTIONS, operation),
    plan(operations) {
      const lineage = new Lineage(operations, ACTIONS);
      return {
        // Whatever stands in the queue leaves it ahead of what is added.
        allows: (items, { f, input }) =>
          ACTIONS[f] !== 'put' || !items.some((item) => lineage.mustStayBehind(item, input)),
      };
    },
    canReach: (items, observation, changes) => canBeEmptied(ACTIONS, items, observation, changes),
    describe: (operation) => describeContainer(ACTIONS, operation, ['added', 'took'], 'the queue'),
  };
}
