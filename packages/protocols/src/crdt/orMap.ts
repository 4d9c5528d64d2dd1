import { assertPlain, clonePlain, type Plain } from '@holdfast/plain';
import type { Dot } from '../clocks/dot.ts';
import { byCodeUnit } from '../clocks/vector.ts';
import {
  type CausalContext,
  contextOf,
  EMPTY_CONTEXT,
  joinContexts,
  nextDot,
  parseContext,
} from './causalContext.ts';
import { type DotFun, type DotMap, type DotSet, joinDotFuns, joinDotMaps } from './dotStores.ts';
import { parseDotFun } from './mvRegister.ts';
import { dotsOf, joinElements, parseElements } from './orSet.ts';
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

/** What stands under one key: a multi-value register and an observed-remove set, either of which may be empty. */
export interface ORMapValue {
  readonly register: DotFun;
  readonly set: DotMap<DotSet>;
}

/** An observed-remove map from strings to registers and sets, under one causal context. */
export interface ORMap {
  readonly entries: DotMap<ORMapValue>;
  readonly context: CausalContext;
}

const NOTHING: ORMapValue = { register: [], set: [] };

/**
 * The OR-map: removing a key removes what was observed under it, and an update concurrent with the removal keeps the
 * key with that update alone. Two replicas may use one key as a register and as a set: both are kept and readable.
 * Counters do not belong here, since a removal would have to forget others' concurrent counts.
 */
export const ORMap: StateCrdt<ORMap> & {
  /** The delta of `actor` writing `value` (plain data, copied) to the register under `key`. */
  readonly assign: (state: ORMap, actor: string, key: string, value: Plain) => ORMap;
  /** The delta of `actor` adding an element to the set under `key`. */
  readonly addTo: (state: ORMap, actor: string, key: string, element: string) => ORMap;
  /** The delta of removing an element, as observed here, from the set under `key`. */
  readonly removeFrom: (state: ORMap, key: string, element: string) => ORMap;
  /** The delta of removing all that is observed under `key`: here, or as listed (`observed`, read elsewhere). */
  readonly remove: (state: ORMap, key: string, observed?: readonly Dot[]) => ORMap;
  readonly keys: (state: ORMap) => readonly string[];
  /** The concurrent values of the register under `key`; empty when there is none. */
  readonly register: (state: ORMap, key: string) => readonly Plain[];
  /** The elements of the set under `key`. */
  readonly set: (state: ORMap, key: string) => readonly string[];
  /** All dots under `key`: what a reader must hand back to remove what it saw. */
  readonly observed: (state: ORMap, key: string) => readonly Dot[];
} = {
  name: 'or-map',
  empty: { entries: [], context: EMPTY_CONTEXT },
  join: (a, b) => ({
    entries: joinDotMaps(a.entries, a.context, b.entries, b.context, NOTHING, joinValues, isNothing),
    context: joinContexts(a.context, b.context),
  }),
  parse: (value) => readingDelta(() => parseMap(value)),
  assign: (state, actor, key, value) => {
    assertPlain(value, 'value');
    const dot = nextDot(state.context, actor);
    const old = under(state, key).register.map(([held]) => held);
    const child = { register: [[dot, clonePlain(value)]], set: [] } as const;
    return { entries: [[key, child]], context: contextOf([...old, dot]) };
  },
  addTo: (state, actor, key, element) => {
    const dot = nextDot(state.context, actor);
    const old = dotsOf(under(state, key).set, element);
    return {
      entries: [[key, { register: [], set: [[element, [dot]]] }]],
      context: contextOf([...old, dot]),
    };
  },
  removeFrom: (state, key, element) => ({
    entries: [],
    context: contextOf(dotsOf(under(state, key).set, element)),
  }),
  remove: (state, key, observed = dotsUnder(under(state, key))) => ({
    entries: [],
    context: contextOf(observed),
  }),
  keys: (state) => state.entries.map(([key]) => key),
  register: (state, key) => under(state, key).register.map(([, value]) => value),
  set: (state, key) => under(state, key).set.map(([element]) => element),
  observed: (state, key) => dotsUnder(under(state, key)),
};

function under(state: ORMap, key: string): ORMapValue {
  return state.entries[indexSorted(state.entries, ([name]) => byCodeUnit(name, key))]?.[1] ?? NOTHING;
}

function dotsUnder({ register, set }: ORMapValue): readonly Dot[] {
  return [...register.map(([dot]) => dot), ...set.flatMap(([, dots]) => dots)];
}

function joinValues(a: ORMapValue, seenA: CausalContext, b: ORMapValue, seenB: CausalContext): ORMapValue {
  return {
    register: joinDotFuns(a.register, seenA, b.register, seenB),
    set: joinElements(a.set, seenA, b.set, seenB),
  };
}

function isNothing({ register, set }: ORMapValue): boolean {
  return register.length === 0 && set.length === 0;
}

function parseMap(value: unknown): ORMap {
  const fields = readObject(value, 'delta');
  const context = parseContext(fields.context, 'delta.context');
  const entries = readItems(fields.entries, 'delta.entries').map((item, i): readonly [string, ORMapValue] => {
    const at = `delta.entries[${i}]`;
    const [key, child] = readPair(item, at);
    const stores = readObject(child, `${at}[1]`);
    const read = {
      register: parseDotFun(stores.register, context, `${at}[1].register`),
      set: parseElements(stores.set, context, `${at}[1].set`),
    };
    if (isNothing(read)) throw new MalformedDeltaError(`${at}[1]`, 'a register or a set', child);
    return [readText(key, `${at}[0]`), read];
  });
  return { entries: readAscending(entries, (x, y) => byCodeUnit(x[0], y[0]), 'delta.entries'), context };
}
