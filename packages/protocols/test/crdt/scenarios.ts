import {
  BoundedCounter,
  GCounter,
  GSet,
  LWWRegister,
  MVRegister,
  ORMap,
  ORSet,
  PNCounter,
  type StateCrdt,
  TwoPhaseSet,
} from '../../src/crdt/index.ts';
import type { Draws } from '../clocks/executions.ts';

/** A replicated type with a random update of it; the update is a delta of the given replica's state. */
export interface Scenario<S> {
  readonly crdt: StateCrdt<S>;
  update(state: S, actor: string, draws: Draws): S;
}

const ELEMENTS = ['a', 'b', 'c', 'd'];

function scenario<S>(crdt: StateCrdt<S>, update: Scenario<S>['update']): Scenario<unknown> {
  return { crdt, update } as Scenario<unknown>;
}

/** Every type here, under random updates. */
export const SCENARIOS: readonly Scenario<unknown>[] = [
  scenario(GCounter, (state, actor, draws) => GCounter.increment(state, actor, 1 + draws.below(3))),
  scenario(PNCounter, (state, actor, draws) =>
    draws.below(2) === 0 ? PNCounter.increment(state, actor) : PNCounter.decrement(state, actor, 2),
  ),
  scenario(GSet, (state, _actor, draws) => GSet.add(state, draws.pick(ELEMENTS))),
  scenario(TwoPhaseSet, (state, _actor, draws) =>
    draws.below(2) === 0
      ? TwoPhaseSet.add(state, draws.pick(ELEMENTS))
      : TwoPhaseSet.remove(state, draws.pick(ELEMENTS)),
  ),
  scenario(ORSet, (state, actor, draws) =>
    draws.below(3) > 0
      ? ORSet.add(state, actor, draws.pick(ELEMENTS))
      : ORSet.remove(state, draws.pick(ELEMENTS)),
  ),
  scenario(LWWRegister, (state, actor, draws) =>
    LWWRegister.write(state, { actor, time: draws.below(4), count: draws.below(2), value: draws.below(100) }),
  ),
  scenario(MVRegister, (state, actor, draws) => MVRegister.write(state, actor, draws.below(100))),
  scenario(ORMap, (state, actor, draws) => {
    const key = draws.pick(ELEMENTS);
    const kind = draws.below(5);
    if (kind === 0) return ORMap.assign(state, actor, key, draws.below(100));
    if (kind === 1) return ORMap.remove(state, key);
    if (kind === 2) return ORMap.removeFrom(state, key, draws.pick(ELEMENTS));
    return ORMap.addTo(state, actor, key, draws.pick(ELEMENTS));
  }),
  scenario(BoundedCounter, (state, actor, draws) => {
    const rights = BoundedCounter.rights(state, actor);
    if (rights === 0 || draws.below(2) === 0)
      return BoundedCounter.increment(state, actor, 1 + draws.below(4));
    if (draws.below(2) === 0) return BoundedCounter.decrement(state, actor, 1 + draws.below(rights));
    return BoundedCounter.transfer(state, actor, draws.pick(['A', 'B', 'C']), 1 + draws.below(rights));
  }),
];

/** States of three replicas after random updates and exchanges, and all deltas that were made, with their makers. */
export function play<S>(scenario: Scenario<S>, draws: Draws, steps: number): { states: S[]; deltas: S[] } {
  const actors = ['A', 'B', 'C'];
  const states: S[] = actors.map(() => scenario.crdt.empty);
  const deltas: S[] = [];
  for (let i = 0; i < steps; i++) {
    const at = draws.below(3);
    const held = states[at] as S;
    if (draws.below(3) < 2) {
      const delta = scenario.update(held, actors[at] as string, draws);
      deltas.push(delta);
      states[at] = scenario.crdt.join(held, delta);
    } else states[at] = scenario.crdt.join(held, states[draws.below(3)] as S);
  }
  return { states, deltas };
}
