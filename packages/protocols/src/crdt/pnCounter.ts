import {
  advanceVector,
  EMPTY_VECTOR,
  mergeVectors,
  parseVector,
  type Vector,
  vectorSum,
} from '../clocks/vector.ts';
import { ownEntry } from './gCounter.ts';
import { readingDelta, readObject, type StateCrdt } from './stateCrdt.ts';

/** A counter of increments and decrements: two grow-only counters. */
export interface PNCounter {
  readonly increments: Vector;
  readonly decrements: Vector;
}

/**
 * The counter that goes both ways. Its value may be negative, also where every replica alone kept it positive: no
 * replica sees the others' concurrent decrements. For a lower bound use `BoundedCounter`.
 */
export const PNCounter: StateCrdt<PNCounter> & {
  /** The delta of `actor` adding `by` (1 or more). */
  readonly increment: (state: PNCounter, actor: string, by?: number) => PNCounter;
  /** The delta of `actor` subtracting `by` (1 or more). */
  readonly decrement: (state: PNCounter, actor: string, by?: number) => PNCounter;
  readonly value: (state: PNCounter) => number;
} = {
  name: 'pn-counter',
  empty: { increments: EMPTY_VECTOR, decrements: EMPTY_VECTOR },
  join: (a, b) => ({
    increments: mergeVectors(a.increments, b.increments),
    decrements: mergeVectors(a.decrements, b.decrements),
  }),
  parse: (value) =>
    readingDelta(() => {
      const fields = readObject(value, 'delta');
      return {
        increments: parseVector(fields.increments, 'delta.increments'),
        decrements: parseVector(fields.decrements, 'delta.decrements'),
      };
    }),
  increment: (state, actor, by = 1) => ({
    increments: ownEntry(advanceVector(state.increments, actor, by), actor),
    decrements: EMPTY_VECTOR,
  }),
  decrement: (state, actor, by = 1) => ({
    increments: EMPTY_VECTOR,
    decrements: ownEntry(advanceVector(state.decrements, actor, by), actor),
  }),
  value: (state) => vectorSum(state.increments) - vectorSum(state.decrements),
};
