import { byCodeUnit } from '../clocks/vector.ts';
import { indexSorted, unionSorted } from './sorted.ts';
import { readAscending, readItems, readText, type StateCrdt } from './stateCrdt.ts';

/** A grow-only set of strings, ascending by code unit. Encode other elements as text first (`encodePlain`). */
export type GSet = readonly string[];

/** The grow-only set: join is union. */
export const GSet: StateCrdt<GSet> & {
  /** The delta of adding an element. */
  readonly add: (state: GSet, element: string) => GSet;
  readonly has: (state: GSet, element: string) => boolean;
} = {
  name: 'g-set',
  empty: [],
  join: (a, b) => unionSorted(a, b, byCodeUnit),
  parse: (value) => parseStrings(value, 'delta'),
  add: (_state, element) => [element],
  has: (state, element) => indexSorted(state, (item) => byCodeUnit(item, element)) >= 0,
};

/** Strictly ascending strings, or `MalformedDeltaError`. */
export function parseStrings(value: unknown, path: string): readonly string[] {
  const items = readItems(value, path).map((item, i) => readText(item, `${path}[${i}]`));
  return readAscending(items, byCodeUnit, path);
}
