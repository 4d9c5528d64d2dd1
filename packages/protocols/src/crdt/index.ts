export { BoundedCounter, RightsExhaustedError } from './boundedCounter.ts';
export {
  type CausalContext,
  contextOf,
  EMPTY_CONTEXT,
  hasDot,
  joinContexts,
  nextDot,
} from './causalContext.ts';
export {
  type CausalStability,
  isStable,
  learnSeen,
  stableVector,
  startStability,
} from './causalStability.ts';
export {
  acknowledgeDelta,
  applyDelta,
  DELTA_BUFFER_LIMIT,
  type DeltaBuffer,
  receiveShipment,
  type Receipt,
  shipDelta,
  type Shipment,
  startDeltaBuffer,
} from './deltaBuffer.ts';
export type { DotFun, DotMap, DotSet } from './dotStores.ts';
export { GCounter } from './gCounter.ts';
export { GSet } from './gSet.ts';
export { type BrokenLaw, brokenMergeLaw, type MergeLaw } from './laws.ts';
export { type LostWrite, LWWRegister, type LWWWrite } from './lwwRegister.ts';
export { MVRegister } from './mvRegister.ts';
export { ORMap, type ORMapValue } from './orMap.ts';
export { ORSet } from './orSet.ts';
export { ORSetReplica } from './orSetReplica.ts';
export { PNCounter } from './pnCounter.ts';
export { DELTA_ITEM_LIMIT, MalformedDeltaError, type StateCrdt } from './stateCrdt.ts';
export { TwoPhaseSet } from './twoPhaseSet.ts';
