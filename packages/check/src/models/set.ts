import { encodePlain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { illegal, type Model, UnsupportedOperationError } from './model.ts';
import { keyOf } from './register.ts';
import { showValue } from './words.ts';

const EXPECTED = "use f 'add', 'remove', 'contains' with an element, or 'read' with a list as output";

/** A set: the texts of its elements, sorted. */
type Elements = readonly string[];

/**
 * One set per `key`, empty at first.
 *
 * - `add`, `remove`: input the element. An output of true or false says whether the set changed; any other is ignored.
 * - `contains`: input the element, output true or false.
 * - `read`: output the elements as a list, in any order.
 */
export function setModel(): Model<Elements> {
  return {
    name: 'set',
    init: () => [],
    step: setStep,
    key: keyOf,
    observes: ({ f, outcome, output }) =>
      f === 'read' ||
      f === 'contains' ||
      (outcome === 'ok' && output === false && (f === 'add' || f === 'remove')),
    canReach(state, observation, changes) {
      if (observation.f !== 'read') return true;
      const seen = elementsOf(observation);
      return (
        state.every(
          (element) => includes(seen, element) || changes.some((c) => isChange(c, 'remove', element)),
        ) &&
        seen.every((element) => includes(state, element) || changes.some((c) => isChange(c, 'add', element)))
      );
    },
    describe: describeSet,
  };
}

function setStep(state: Elements, operation: Operation): Elements | typeof illegal {
  const { f, input, output, outcome } = operation;
  const isKnown = outcome === 'ok';
  if (f === 'read') return !isKnown || sameElements(state, elementsOf(operation)) ? state : illegal;
  const element = encodePlain(input);
  const isThere = includes(state, element);
  if (f === 'contains') return !isKnown || output === isThere ? state : illegal;
  if (f !== 'add' && f !== 'remove') throw new UnsupportedOperationError('set', operation, EXPECTED);
  const changes = isThere === (f === 'remove');
  if (isKnown && typeof output === 'boolean' && output !== changes) return illegal;
  if (!changes) return state;
  return f === 'add' ? inserted(state, element) : state.filter((other) => other !== element);
}

function isChange(change: Operation, f: 'add' | 'remove', element: string): boolean {
  return change.f === f && encodePlain(change.input) === element;
}

function elementsOf(operation: Operation): Elements {
  if (!Array.isArray(operation.output)) throw new UnsupportedOperationError('set', operation, EXPECTED);
  return operation.output.map(encodePlain).sort();
}

function sameElements(a: Elements, b: Elements): boolean {
  return a.length === b.length && a.every((element, i) => element === b[i]);
}

/** The place of the element in the sorted list, or where it would stand. */
function placeOf(elements: Elements, element: string): number {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((elements[middle] ?? '') < element) low = middle + 1;
    else high = middle;
  }
  return low;
}

function includes(elements: Elements, element: string): boolean {
  return elements[placeOf(elements, element)] === element;
}

function inserted(elements: Elements, element: string): Elements {
  return elements.toSpliced(placeOf(elements, element), 0, element);
}

function describeSet(operation: Operation): string {
  const { f, key, input, output, outcome } = operation;
  const set = key ?? 'the set';
  const element = showValue(input);
  if (f === 'read') return outcome === 'ok' ? `read ${showValue(output)} from ${set}` : `read ${set}`;
  if (f === 'contains') return `found ${element} ${output === true ? 'in' : 'not in'} ${set}`;
  const answer = typeof output === 'boolean' ? `, told ${output ? 'it was a change' : 'it was none'}` : '';
  return `${f === 'add' ? 'added' : 'removed'} ${element} ${f === 'add' ? 'to' : 'from'} ${set}${answer}`;
}
