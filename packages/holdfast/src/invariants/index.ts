export { atMostOnce, doneTwice, type Effect } from './atMostOnce.ts';
export { type Allocation, neverOversold, oversold } from './capacity.ts';
export { neverGoesBack, type Sighting } from './sightings.ts';
export {
  attemptMove,
  isFinal,
  isState,
  leadsTo,
  noRefusals,
  type RefusedMoves,
  type StateMachine,
} from './stateMachine.ts';
