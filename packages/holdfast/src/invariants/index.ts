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
export {
  type AuditEntry,
  type AuditEvent,
  auditFault,
  type AuditFault,
  auditHead,
  type AuditHead,
  nextAuditEntry,
} from './auditLog.ts';
export {
  type Capability,
  type CapabilityCheck,
  capabilityRefusal,
  type CapabilityRefusal,
  type Grant,
  issueCapability,
  type Use,
} from './capability.ts';
export { type Move, movesLegally } from './moves.ts';
export {
  INVARIANT_QUESTIONS,
  type InvariantAnswers,
  type InvariantGap,
  invariantGaps,
  type InvariantModel,
  type InvariantQuestion,
} from './questions.ts';
export { neverCrosses, type Shown, type Tagged, tagged, tagsIn } from './tenants.ts';
