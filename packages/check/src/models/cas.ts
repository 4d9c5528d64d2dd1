import { equalPlain, type Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { type CompareView, illegal } from './model.ts';
import { showValue } from './words.ts';

/** The two values of a compare-and-set, `[expected, next]`; undefined when the input is something else. */
export function casValues(operation: Operation): readonly [Plain, Plain] | undefined {
  const { input } = operation;
  if (!Array.isArray(input) || input.length !== 2) return undefined;
  return [input[0] as Plain, input[1] as Plain];
}

/** True when the client was told that the compare failed: an `ok` answer of false, or a `fail` counted as an observation. */
export function compareFailed(operation: Operation): boolean {
  return operation.outcome === 'fail' || (operation.outcome === 'ok' && operation.output === false);
}

/** The operation as a compare-and-set; undefined when it is none. */
export function compareOf(operation: Operation): CompareView | undefined {
  const values = operation.f === 'cas' ? casValues(operation) : undefined;
  if (values === undefined) return undefined;
  return { expected: values[0], next: values[1], refused: compareFailed(operation) };
}

/**
 * One compare-and-set on a value. An unknown one that finds another value changes nothing, which is the same as
 * not having happened: illegal.
 */
export function casStep(
  state: Plain,
  operation: Operation,
  values: readonly [Plain, Plain],
): Plain | typeof illegal {
  const matches = equalPlain(state, values[0]);
  if (compareFailed(operation)) return matches ? illegal : state;
  return matches ? values[1] : illegal;
}

/**
 * True for a `fail` that says "found another value" and nothing else: it carries no error text. One that failed for
 * another reason (no leader, connection refused) says nothing of the value.
 */
export function isFailedCompare(operation: Operation): boolean {
  if (operation.f !== 'cas' || operation.outcome !== 'fail') return false;
  return (
    operation.output === null || operation.output === false || equalPlain(operation.output, operation.input)
  );
}

/** A compare-and-set in words; `where` is empty or begins with a space. */
export function describeCas(operation: Operation, values: readonly [Plain, Plain], where: string): string {
  const [expected, next] = [showValue(values[0]), showValue(values[1])];
  return compareFailed(operation)
    ? `tried compare-and-set ${expected} to ${next}${where} and found another value`
    : `changed ${expected} to ${next}${where} by compare-and-set`;
}
