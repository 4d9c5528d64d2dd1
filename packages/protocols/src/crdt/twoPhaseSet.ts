import { GSet, parseStrings } from './gSet.ts';
import { readObject, type StateCrdt } from './stateCrdt.ts';

/** A set in which every element has two phases, added and then removed for ever: two grow-only sets. */
export interface TwoPhaseSet {
  readonly added: GSet;
  /** Tombstones: they are never dropped, because an old add may still be on its way. */
  readonly removed: GSet;
}

/** The 2P-set: remove wins, also over every later add. For elements that come back use `ORSet`. */
export const TwoPhaseSet: StateCrdt<TwoPhaseSet> & {
  /** The delta of adding; without effect on an element once removed. */
  readonly add: (state: TwoPhaseSet, element: string) => TwoPhaseSet;
  /** The delta of removing an element that is present; `empty` for any other. */
  readonly remove: (state: TwoPhaseSet, element: string) => TwoPhaseSet;
  readonly has: (state: TwoPhaseSet, element: string) => boolean;
  readonly values: (state: TwoPhaseSet) => readonly string[];
} = {
  name: '2p-set',
  empty: { added: [], removed: [] },
  join: (a, b) => ({ added: GSet.join(a.added, b.added), removed: GSet.join(a.removed, b.removed) }),
  parse: (value) => {
    const fields = readObject(value, 'delta');
    return {
      added: parseStrings(fields.added, 'delta.added'),
      removed: parseStrings(fields.removed, 'delta.removed'),
    };
  },
  add: (_state, element) => ({ added: [element], removed: [] }),
  remove: (state, element) =>
    present(state, element) ? { added: [element], removed: [element] } : TwoPhaseSet.empty,
  has: (state, element) => present(state, element),
  values: (state) => state.added.filter((element) => !GSet.has(state.removed, element)),
};

function present(state: TwoPhaseSet, element: string): boolean {
  return GSet.has(state.added, element) && !GSet.has(state.removed, element);
}
