import { equalPlain, type Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { illegal } from './model.ts';
import { showValue } from './words.ts';

/** What a container of values does with an operation. */
export type ContainerAction = 'put' | 'take' | 'peek';

/** The names of a container's actions, as histories have them in `f`. */
export type ActionNames = Readonly<Record<string, ContainerAction>>;

/** The action behind an operation's `f`; undefined when the container has none of that name. */
export function actionOf(names: ActionNames, operation: Operation): ContainerAction | undefined {
  return Object.hasOwn(names, operation.f) ? names[operation.f] : undefined;
}

/** True when an `ok` answer is the value, or null where there is none; an unknown one fits anything. */
export function answersWith(operation: Operation, value: Plain | undefined): boolean {
  return operation.outcome === 'unknown' || equalPlain(operation.output, value ?? null);
}

/** True for operations that leave a container as it is: looking, and taking from an empty one. */
export function looksOnly(names: ActionNames, operation: Operation): boolean {
  const action = actionOf(names, operation);
  return action === 'peek' || (action === 'take' && operation.outcome === 'ok' && operation.output === null);
}

/**
 * Takes the item at `at` (-1: there is none). Taking from an empty container answers null and changes nothing; an unknown
 * one then had no effect, so it is illegal.
 */
export function takeAt(
  items: readonly Plain[],
  at: number,
  operation: Operation,
): readonly Plain[] | typeof illegal {
  if (at === -1) return operation.outcome === 'ok' && operation.output === null ? items : illegal;
  return answersWith(operation, items[at]) ? items.toSpliced(at, 1) : illegal;
}

/** False when the observation wants the container empty and something in it has nobody to take it. */
export function canBeEmptied(
  names: ActionNames,
  items: readonly Plain[],
  observation: Operation,
  changes: readonly Operation[],
): boolean {
  if (observation.output !== null || items.length === 0) return true;
  const takers = changes.filter((change) => actionOf(names, change) === 'take');
  if (takers.some((taker) => taker.outcome === 'unknown')) return true;
  return items.every((item) => takers.some((taker) => equalPlain(taker.output, item)));
}

/** The operation in words; `verbs` are those for putting in and taking out. */
export function describeContainer(
  names: ActionNames,
  operation: Operation,
  verbs: readonly [put: string, take: string],
  thing: string,
): string {
  const { key, input, output, outcome } = operation;
  const where = key ?? thing;
  const action = actionOf(names, operation);
  if (action === 'put') return `${verbs[0]} ${showValue(input)} to ${where}`;
  const verb = action === 'peek' ? 'looked at' : verbs[1];
  if (outcome !== 'ok') return `${verb} something from ${where}`;
  if (output === null)
    return action === 'peek' ? `saw ${where} empty` : `found nothing to take from ${where}`;
  return action === 'peek'
    ? `saw ${showValue(output)} next in ${where}`
    : `${verb} ${showValue(output)} from ${where}`;
}
