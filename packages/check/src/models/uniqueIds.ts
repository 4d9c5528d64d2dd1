import { encodePlain } from '@holdfast/plain';
import { illegal, type Model, UnsupportedOperationError } from './model.ts';
import { showValue } from './words.ts';

/**
 * A source of ids that never gives one out twice. Each id is an object of its own, so histories of any length are judged fast.
 *
 * - `generate`: output the id. One without an `ok` says nothing.
 */
export function uniqueIdsModel(): Model<boolean> {
  return {
    name: 'unique-ids',
    init: () => false,
    step(isTaken, operation) {
      if (operation.f !== 'generate') {
        throw new UnsupportedOperationError(
          'unique-ids',
          operation,
          "use f 'generate' with the id as output",
        );
      }
      return isTaken ? illegal : true;
    },
    key: (operation) => encodePlain(operation.output),
    observes: (operation) => operation.outcome !== 'ok',
    describe: (operation) => `was given the id ${showValue(operation.output)}`,
  };
}
