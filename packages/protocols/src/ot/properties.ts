import { applyOperation, type TextOperation } from './operation.ts';

/** A transformation: [a after b, b after a]. */
export type Transform = (a: TextOperation, b: TextOperation) => readonly [TextOperation, TextOperation];

/** Two ways round that end in different texts. */
export interface TransformDivergence {
  readonly left: string;
  readonly right: string;
}

/** TP1: a, then b after a, gives what b, then a after b, gives. Undefined when it holds. */
export function breakTP1(
  transform: Transform,
  text: string,
  a: TextOperation,
  b: TextOperation,
): TransformDivergence | undefined {
  const [aAfterB, bAfterA] = transform(a, b);
  const left = applyOperation(applyOperation(text, a), bAfterA);
  const right = applyOperation(applyOperation(text, b), aAfterB);
  return left === right ? undefined : { left, right };
}

/**
 * TP2: c comes out the same when carried past a and then b, and past b and then a. Peers without a common order need
 * it, and published transformations fail it. Undefined when it holds here. The operations stand in order of their
 * sites: an earlier one goes first at one place.
 */
export function breakTP2(
  transform: Transform,
  text: string,
  [a, b, c]: readonly [TextOperation, TextOperation, TextOperation],
  moved: 0 | 1 | 2,
): TransformDivergence | undefined {
  const operations = [a, b, c] as const;
  const [first, second] = ([0, 1, 2] as const).filter((site) => site !== moved) as [0 | 1 | 2, 0 | 1 | 2];
  /** Operation x of site i after operation y of site j, the earlier site going first. */
  const past = (x: TextOperation, i: number, y: TextOperation, j: number) =>
    i < j ? transform(x, y)[0] : transform(y, x)[1];
  const route = (i: 0 | 1 | 2, j: 0 | 1 | 2): string => {
    const later = past(operations[j], j, operations[i], i);
    const carried = past(past(operations[moved], moved, operations[i], i), moved, later, j);
    return applyOperation(applyOperation(applyOperation(text, operations[i]), later), carried);
  };
  const left = route(first, second);
  const right = route(second, first);
  return left === right ? undefined : { left, right };
}
