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
  // The lists read, sorted once each.
  const lists = new WeakMap<Operation, Elements>();
  const listOf = (operation: Operation): Elements => {
    let list = lists.get(operation);
    if (list === undefined) {
      list = elementsOf(operation);
      lists.set(operation, list);
    }
    return list;
  };
  return {
    name: 'set',
    init: () => [],
    step: (state, operation) => setStep(state, operation, listOf),
    key: keyOf,
    observes: ({ f, outcome, output }) =>
      f === 'read' ||
      f === 'contains' ||
      (outcome === 'ok' && output === false && (f === 'add' || f === 'remove')),
    canReach(state, observation, changes) {
      if (observation.f !== 'read' || observation.outcome !== 'ok') return true;
      const { missing, surplus } = differences(state, listOf(observation));
      return (
        missing.every((e) => changesSome(changes, 'add', e)) &&
        surplus.every((e) => changesSome(changes, 'remove', e))
      );
    },
    describe: describeSet,
  };
}

function setStep(
  state: Elements,
  operation: Operation,
  listOf: (operation: Operation) => Elements,
): Elements | typeof illegal {
  const { f, input, output, outcome } = operation;
  const isKnown = outcome === 'ok';
  if (f === 'read') return !isKnown || sameElements(state, listOf(operation)) ? state : illegal;
  const element = encodePlain(input);
  const isThere = includes(state, element);
  if (f === 'contains') return !isKnown || output === isThere ? state : illegal;
  if (f !== 'add' && f !== 'remove') throw new UnsupportedOperationError('set', operation, EXPECTED);
  const changes = isThere === (f === 'remove');
  if (isKnown && typeof output === 'boolean' && output !== changes) return illegal;
  if (!changes) return state;
  return f === 'add' ? inserted(state, element) : state.filter((other) => other !== element);
}

function changesSome(changes: readonly Operation[], f: 'add' | 'remove', element: string): boolean {
  return changes.some((change) => change.f === f && encodePlain(change.input) === element);
}

/** What the list has and the state has not, and the other way round; both are sorted. */
function differences(state: Elements, list: Elements): { missing: string[]; surplus: string[] } {
  const missing: string[] = [];
  const surplus: string[] = [];
  let s = 0;
  for (const element of list) {
    for (; s < state.length && (state[s] ?? '') < element; s++) surplus.push(state[s] ?? '');
    if (state[s] === element) s++;
    else missing.push(element);
  }
  for (; s < state.length; s++) surplus.push(state[s] ?? '');
  return { missing, surplus };
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
