import {
  advanceVector,
  counterOf,
  EMPTY_VECTOR,
  mergeVectors,
  parseVector,
  type Vector,
  vectorSum,
} from '../clocks/vector.ts';
import { readingDelta, type StateCrdt } from './stateCrdt.ts';

/** A grow-only counter: how much each actor has added. */
export type GCounter = Vector;

/** The grow-only counter: its value is the sum over actors, each of whom counts alone. */
export const GCounter: StateCrdt<GCounter> & {
  /** The delta of `actor` adding `by` (1 or more). Only the actor itself may count under its name. */
  readonly increment: (state: GCounter, actor: string, by?: number) => GCounter;
  /** The sum; exact up to 2^53. */
  readonly value: (state: GCounter) => number;
} = {
  name: 'g-counter',
  empty: EMPTY_VECTOR,
  join: mergeVectors,
  parse: (value) => readingDelta(() => parseVector(value, 'delta')),
  increment: (state, actor, by = 1) => ownEntry(advanceVector(state, actor, by), actor),
  value: vectorSum,
};

/** The vector of one actor's counter alone. */
export function ownEntry(vector: Vector, actor: string): Vector {
  return { actors: [actor], counters: [counterOf(vector, actor)] };
}
