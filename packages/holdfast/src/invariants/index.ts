export { atMostOnce, doneTwice, type Effect } from './atMostOnce.ts';
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
