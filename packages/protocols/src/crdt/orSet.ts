import { compareDots, type Dot } from '../clocks/dot.ts';
import { byCodeUnit } from '../clocks/vector.ts';
import {
  type CausalContext,
  contextOf,
  EMPTY_CONTEXT,
  joinContexts,
  nextDot,
  parseContext,
} from './causalContext.ts';
import { type DotMap, type DotSet, joinDotMaps, joinDotSets } from './dotStores.ts';
import { parseCovered } from './mvRegister.ts';
import { indexSorted } from './sorted.ts';
import {
  MalformedDeltaError,
  readAscending,
  readingDelta,
  readItems,
  readObject,
  readPair,
  readText,
  type StateCrdt,
} from './stateCrdt.ts';

/** An observed-remove set of strings: the dots of the adds that keep each element in, and what has been seen. */
export interface ORSet {
  readonly entries: DotMap<DotSet>;
  readonly context: CausalContext;
}

/**
 * The optimised OR-set: add wins over a concurrent remove, a remove takes away exactly the adds it has observed, and
 * elements may come back. No tombstones: a removed element leaves nothing but the context, whose size follows the
 * actors. Immutable, O(elements) per join; `ORSetReplica` holds large sets. Sources: Shapiro et al. 2011; Bieniusa et
 * al., "An Optimized Conflict-free Replicated Set", 2012.
 */
export const ORSet: StateCrdt<ORSet> & {
  /** The delta of `actor` adding an element; it replaces the adds observed here, so repeated adds do not pile up. */
  readonly add: (state: ORSet, actor: string, element: string) => ORSet;
  /**
   * The delta of removing the adds of an element that `observed` lists: those held here, or those a client read at
   * another replica. This replica need not hold, or ever have seen, the element.
   */
  readonly remove: (state: ORSet, element: string, observed?: readonly Dot[]) => ORSet;
  readonly has: (state: ORSet, element: string) => boolean;
  readonly values: (state: ORSet) => readonly string[];
  /** The dots that keep an element in: what a reader must hand back to remove what it saw. */
  readonly observed: (state: ORSet, element: string) => readonly Dot[];
} = {
  name: 'or-set',
  empty: { entries: [], context: EMPTY_CONTEXT },
  join: (a, b) => ({
    entries: joinElements(a.entries, a.context, b.entries, b.context),
    context: joinContexts(a.context, b.context),
  }),
  parse: (value) =>
    readingDelta(() => {
      const fields = readObject(value, 'delta');
      const context = parseContext(fields.context, 'delta.context');
      return { entries: parseElements(fields.entries, context, 'delta.entries'), context };
    }),
  add: (state, actor, element) => {
    const dot = nextDot(state.context, actor);
    return { entries: [[element, [dot]]], context: contextOf([...dotsOf(state.entries, element), dot]) };
  },
  remove: (state, element, observed = dotsOf(state.entries, element)) => ({
    entries: [],
    context: contextOf(observed),
  }),
  has: (state, element) => dotsOf(state.entries, element).length > 0,
  values: (state) => state.entries.map(([element]) => element),
  observed: (state, element) => dotsOf(state.entries, element),
};

/** The dots of one element. */
export function dotsOf(entries: DotMap<DotSet>, element: string): DotSet {
  return entries[indexSorted(entries, ([name]) => byCodeUnit(name, element))]?.[1] ?? [];
}

/** Joins the elements of two observed-remove sets. */
export function joinElements(
  a: DotMap<DotSet>,
  seenA: CausalContext,
  b: DotMap<DotSet>,
  seenB: CausalContext,
): DotMap<DotSet> {
  return joinDotMaps(a, seenA, b, seenB, [], joinDotSets, (dots) => dots.length === 0);
}

/** Reads the elements of an observed-remove set, or throws. */
export function parseElements(value: unknown, context: CausalContext, path: string): DotMap<DotSet> {
  const entries = readItems(value, path).map((item, i): readonly [string, DotSet] => {
    const [element, dots] = readPair(item, `${path}[${i}]`);
    const at = `${path}[${i}][1]`;
    const read = readItems(dots, at).map((dot, d) => parseCovered(dot, context, `${at}[${d}]`));
    if (read.length === 0) throw new MalformedDeltaError(at, 'at least one dot', dots);
    return [readText(element, `${path}[${i}][0]`), readAscending(read, compareDots, at)];
  });
  return readAscending(entries, (x, y) => byCodeUnit(x[0], y[0]), path);
}
