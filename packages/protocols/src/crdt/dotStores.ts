import type { Plain } from '@holdfast/plain';
import { compareDots, type Dot } from '../clocks/dot.ts';
import { byCodeUnit } from '../clocks/vector.ts';
import { type CausalContext, hasDot } from './causalContext.ts';

/*
 * Dot stores and their joins: what every observed-remove type here is made of. A dot lives on when both sides hold it,
 * or one holds it and the other has not seen it; a dot one side has seen and no longer holds was removed there.
 * Source: Almeida, Shoker and Baquero 2018, section 7.
 */

/** Dots, ascending. */
export type DotSet = readonly Dot[];

/** Values by dot, ascending. */
export type DotFun = readonly (readonly [dot: Dot, value: Plain])[];

/** Stores by name, ascending, none of them empty. */
export type DotMap<T> = readonly (readonly [key: string, store: T])[];

/** Joins two sets of dots. */
export function joinDotSets(a: DotSet, seenA: CausalContext, b: DotSet, seenB: CausalContext): DotSet {
  return survivors(a, seenA, b, seenB, (dot) => dot);
}

/** Joins two functions of dots. One dot has one value, whichever side it is taken from. */
export function joinDotFuns(a: DotFun, seenA: CausalContext, b: DotFun, seenB: CausalContext): DotFun {
  return survivors(a, seenA, b, seenB, ([dot]) => dot);
}

/** Joins two maps of stores; a store that comes out empty takes its key along. */
export function joinDotMaps<T>(
  a: DotMap<T>,
  seenA: CausalContext,
  b: DotMap<T>,
  seenB: CausalContext,
  empty: T,
  joinStores: (a: T, seenA: CausalContext, b: T, seenB: CausalContext) => T,
  isEmpty: (store: T) => boolean,
): DotMap<T> {
  const joined: (readonly [string, T])[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    const order = !left ? 1 : !right ? -1 : byCodeUnit(left[0], right[0]);
    const key = (order <= 0 ? left : right)?.[0] ?? '';
    const store = joinStores(
      order <= 0 && left ? left[1] : empty,
      seenA,
      order >= 0 && right ? right[1] : empty,
      seenB,
    );
    if (!isEmpty(store)) joined.push([key, store]);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return joined;
}

function survivors<T>(
  a: readonly T[],
  seenA: CausalContext,
  b: readonly T[],
  seenB: CausalContext,
  dotOf: (item: T) => Dot,
): readonly T[] {
  if (a === b) return a;
  const left: T[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const x = a[i];
    const y = b[j];
    const order = x === undefined ? 1 : y === undefined ? -1 : compareDots(dotOf(x), dotOf(y));
    if (order <= 0 && x !== undefined && (order === 0 || !hasDot(seenB, dotOf(x)))) left.push(x);
    if (order > 0 && y !== undefined && !hasDot(seenA, dotOf(y))) left.push(y);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return left;
}
