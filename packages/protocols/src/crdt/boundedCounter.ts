import { readActor, readWhole } from '../clocks/boundary.ts';
import {
  advanceVector,
  byCodeUnit,
  counterOf,
  EMPTY_VECTOR,
  mergeVectors,
  parseVector,
  type Vector,
  vectorSum,
} from '../clocks/vector.ts';
import { ownEntry } from './gCounter.ts';
import { indexSorted } from './sorted.ts';
import { readAscending, readingDelta, readItems, readObject, readPair, type StateCrdt } from './stateCrdt.ts';

/** A counter that never goes below 0: who made and handed over how many rights to decrement, and who used them. */
export interface BoundedCounter {
  /** By giver, ascending: how many rights it gave to each actor; to itself when it incremented. */
  readonly given: readonly (readonly [from: string, to: Vector])[];
  readonly used: Vector;
}

/** A decrement or transfer by someone who has too few rights. Nothing was changed. */
export class RightsExhaustedError extends RangeError {
  readonly code = 'RIGHTS_EXHAUSTED';
  readonly actor: string;
  readonly wanted: number;
  readonly available: number;
  constructor(action: string, actor: string, wanted: number, available: number) {
    super(
      `Cannot ${action} ${wanted} as within the rights of '${actor}': it has ${available}; ` +
        'ask another replica to transfer some',
    );
    this.name = 'RightsExhaustedError';
    this.actor = actor;
    this.wanted = wanted;
    this.available = available;
  }
}

/**
 * The bounded (escrow) counter: each replica decrements only against rights it holds, so the value stays at 0 or above
 * without coordination. An increment makes rights, a transfer moves them. Every mutator is for the named actor's own
 * replica alone. For another bound count from it. Sources: O'Neil 1986; Balegas et al., "Extending Eventually
 * Consistent Cloud Databases for Enforcing Numeric Invariants", 2015.
 */
export const BoundedCounter: StateCrdt<BoundedCounter> & {
  /** The delta of `actor` adding `by`, which gives it as many rights. */
  readonly increment: (state: BoundedCounter, actor: string, by?: number) => BoundedCounter;
  /** The delta of `actor` subtracting `by`, or `RightsExhaustedError`. */
  readonly decrement: (state: BoundedCounter, actor: string, by?: number) => BoundedCounter;
  /** The delta of `from` handing rights to `to`, or `RightsExhaustedError`. */
  readonly transfer: (state: BoundedCounter, from: string, to: string, amount: number) => BoundedCounter;
  /** How much `actor` may decrement now. */
  readonly rights: (state: BoundedCounter, actor: string) => number;
  readonly value: (state: BoundedCounter) => number;
} = {
  name: 'bounded-counter',
  empty: { given: [], used: EMPTY_VECTOR },
  join: (a, b) => ({ given: joinRows(a.given, b.given), used: mergeVectors(a.used, b.used) }),
  parse: (value) =>
    readingDelta(() => {
      const fields = readObject(value, 'delta');
      const given = readItems(fields.given, 'delta.given').map((row, i) => {
        const [from, to] = readPair(row, `delta.given[${i}]`);
        const at = `delta.given[${i}]`;
        return [readActor(from, `${at}[0]`), parseVector(to, `${at}[1]`)] as const;
      });
      readAscending(given, (x, y) => byCodeUnit(x[0], y[0]), 'delta.given');
      return { given, used: parseVector(fields.used, 'delta.used') };
    }),
  increment: (state, actor, by = 1) => give(state, actor, actor, by),
  decrement: (state, actor, by = 1) => {
    readWhole(by, 'by', 1);
    demand('decrement', state, actor, by);
    return { given: [], used: ownEntry(advanceVector(state.used, actor, by), actor) };
  },
  transfer: (state, from, to, amount) => {
    readWhole(amount, 'amount', 1);
    demand('transfer', state, from, amount);
    return from === to ? BoundedCounter.empty : give(state, from, to, amount);
  },
  rights: rightsOf,
  value: (state) =>
    state.given.reduce((sum, [from, to]) => sum + counterOf(to, from), 0) - vectorSum(state.used),
};

function rightsOf(state: BoundedCounter, actor: string): number {
  let rights = 0;
  for (const [from, to] of state.given) {
    rights += from === actor ? 2 * counterOf(to, actor) - vectorSum(to) : counterOf(to, actor);
  }
  return rights - counterOf(state.used, actor);
}

function demand(action: string, state: BoundedCounter, actor: string, wanted: number): void {
  const available = rightsOf(state, actor);
  if (wanted > available) throw new RightsExhaustedError(action, actor, wanted, available);
}

function give(state: BoundedCounter, from: string, to: string, amount: number): BoundedCounter {
  const row = rowOf(state.given, from);
  return { given: [[from, ownEntry(advanceVector(row, to, amount), to)]], used: EMPTY_VECTOR };
}

function rowOf(given: BoundedCounter['given'], from: string): Vector {
  return given[indexSorted(given, ([name]) => byCodeUnit(name, from))]?.[1] ?? EMPTY_VECTOR;
}

function joinRows(a: BoundedCounter['given'], b: BoundedCounter['given']): BoundedCounter['given'] {
  if (b.length === 0) return a;
  const names = [...new Set([...a, ...b].map(([from]) => from))].sort(byCodeUnit);
  return names.map((from) => [from, mergeVectors(rowOf(a, from), rowOf(b, from))] as const);
}
