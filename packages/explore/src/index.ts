export { minimise } from './shrink/minimise.ts';
export { type BrokenRun, shortenRun } from './shrink/shortenRun.ts';
export { type GrowingBound, GrowingBounds } from './bounds/growing.ts';
export { type Bounds, BoundsError, boundsText, type ResolvedBounds, resolveBounds } from './bounds/bounds.ts';
export {
  type ClientRequest,
  type ClientScript,
  type CoreLeadsTo,
  type CoreModel,
  CoreModelError,
  type FairKind,
  type ModelNode,
  type NetworkKind,
} from './engine/cores/model.ts';
export { collisionOdds } from './engine/fingerprints.ts';
export { ImpureModelError } from './engine/impure.ts';
export type { PartialOrderKind, SearchEnd, SearchOrder } from './engine/searchOptions.ts';
export { SearchOrderError } from './engine/depthFirst/searchOrderError.ts';
export type { PropertyKind, Space, SpaceWork, StepText, Successors } from './engine/space.ts';
export {
  type PeerSymmetry,
  type Pick,
  type Spec,
  type SpecAction,
  SpecError,
  type SpecLeadsTo,
} from './engine/spec/spec.ts';
export {
  type Explorable,
  explorable,
  type ExploreModel,
  isExplorable,
  isExploreModel,
  type SpaceOptions,
} from './explorable.ts';
export { Exploration, explore, type ExploreOptions } from './explore.ts';
export {
  historyOf,
  linearizable,
  type OperationEvent,
  type OperationHistory,
  operationRecorder,
} from './properties/operations.ts';
export {
  type CoreProperty,
  type HistoryProperty,
  type MessageProperty,
  type NodeSight,
  type NodesAndHistoryOptions,
  type NodesProperty,
  type NodesPropertyOptions,
  ofHistory,
  ofMessages,
  ofNodes,
  ofNodesAndHistory,
} from './properties/property.ts';
export { type Captured, type Forgets, type Kept, Memory, MemoryError } from './properties/memory.ts';
export { ofSide, type PairedHistory, pairedRecorder } from './properties/paired.ts';
export type { Observation, Recorder } from './properties/recorder.ts';
export type { MessageFacts, StepFacts } from './report/facts.ts';
export { type ExploredPicture, pictureOf } from './report/picture.ts';
export type { ExploreProgress, ExploreResult, ExploreTrace, PropertyResult } from './report/result.ts';
export { exploreText, traceText } from './report/text.ts';
export type { NodeSymmetry, Renaming } from './symmetry/nodeSymmetry.ts';
export { type AbdMessage, abdRegister, type AbdState } from './models/abdRegister.ts';
export { paxosCommit, type PaxosCommitState } from './models/paxosCommit.ts';
export {
  NO_VALUE,
  registerClient,
  type RegisterClientState,
  type RegisterMessage,
  registerRecorder,
} from './models/registerClient.ts';
export { type RegisterSystem, registerSystem } from './models/registerSystem.ts';
export { ringElection, type RingState } from './models/ringElection.ts';
export { singleCopyRegister } from './models/singleCopyRegister.ts';
export { type PaxosMessage, type PaxosState, singleDecreePaxos } from './models/singleDecreePaxos.ts';
export { terminationDetection, type TerminationState } from './models/terminationDetection.ts';
export { transactionCommit, type TransactionState } from './models/transactionCommit.ts';
export { type ManagerState, twoPhaseCommit, type TwoPhaseState } from './models/twoPhaseCommit.ts';
export {
  type RaftCommit,
  type RaftPast,
  raftProperties,
  raftRecorder,
  type RaftSystem,
  raftSystem,
} from './models/raftSystem.ts';
export { raftSymmetry } from './models/raftSymmetry.ts';
export { RAFT_ORDER } from './models/raftOrder.ts';
export { type CommitSystem, commitSystem } from './models/commitSystem.ts';
export { type MultiPaxosSystem, multiPaxosSystem } from './models/multiPaxosSystem.ts';
export { type PaxosSystem, paxosSystem } from './models/paxosSystem.ts';
export {
  LIAR_TELLS_ANYTHING,
  type LiarTells,
  type PbftLyingPrimary,
  pbftLyingPrimary,
} from './models/pbftLyingPrimary.ts';
export { type SwimSystem, swimSystem } from './models/swimSystem.ts';
export { type AbdSystem, abdSystem } from './models/abdSystem.ts';
export { type BenOrSystem, benOrSystem } from './models/benOrSystem.ts';
export { type EPaxosSystem, epaxosSystem } from './models/epaxosSystem.ts';
export { type ZabElection, zabElection } from './models/zabElection.ts';
export { type ZabSystem, zabSystem } from './models/zabSystem.ts';
export { lamportMutex, type LamportMutexState } from './models/lamportMutex.ts';
export {
  type MultiPaxosCommands,
  multiPaxosCommands,
  type MultiPaxosCommandsState,
} from './models/multiPaxosCommands.ts';
export { paxosConsensus, type PaxosConsensusState } from './models/paxosConsensus.ts';
export { type DeliverySystem, deliverySystem } from './models/deliverySystem.ts';
export { type IdempotencyBounds, type IdempotencyDefect, idempotentCalls } from './models/idempotentCalls.ts';
export { type OutboxBounds, type OutboxDefect, outboxRelay } from './models/outboxRelay.ts';
export {
  atomicCommitment,
  type CommitmentBroadcast,
  type CommitmentState,
} from './models/atomicCommitment.ts';
export { type BackupState, commitWithBackup } from './models/commitWithBackup.ts';
export { type LeaseReadPast, type RaftLeaseReads, raftLeaseReads } from './models/raftLeaseReads.ts';
export { type RaftReads, raftReads } from './models/raftReads.ts';
export { NAMED_MODELS } from './catalogue/models.ts';
export type { NamedModel } from './catalogue/named.ts';
export { type EnabledStep, followRun, StepNotEnabledError, Walkthrough } from './walk/walkthrough.ts';
export { type SharedMemory, sharedMemory, type SharedMemorySizes } from './engine/share/memory.ts';
export type { SharedPart } from './engine/share/sharedSearch.ts';
export {
  exploreShared,
  SharedExploration,
  type SharedExplorationOptions,
} from './sharedExploration.ts';
export {
  exploreLiveness,
  type LivenessOptions,
  type LivenessResult,
  withLiveness,
} from './liveness/exploreLiveness.ts';
export { type GuidedOptions, type GuidedResult, guidedSearch } from './guided/guidedSearch.ts';
export type { GuidedStrategy } from './guided/strategies.ts';
export { recorded, type RecordedEffect, type RecordedStep } from './validate/recording.ts';
export {
  type ValidateOptions,
  validateRecording,
  type Validation,
  Validator,
} from './validate/validate.ts';
export { type PartialOrderDefect, PartialOrderError } from './engine/partialOrder/ample.ts';
export type { FingerprintBits } from './engine/searchOptions.ts';
export type { SpillFile, Spilling } from './engine/spill.ts';
export {
  type Checkpoint,
  CheckpointError,
  type PackedStates,
  type SavedBreadth,
  type SavedDepth,
  type SavedSearch,
  type SavedStates,
} from './engine/checkpoint.ts';
export type { SavedLineage } from './engine/lineage.ts';
export { type ViewstampedSystem, viewstampedSystem } from './models/viewstampedSystem.ts';
export { advance, type ClockRate, driftPpm } from './timed/clock.ts';
export {
  type ArmedTimer,
  type FlyingMessage,
  type TimedEvent,
  type TimedNode,
  type TimedRequest,
  type TimedState,
  type TimedSystem,
  TimedSystemError,
  type TimedView,
} from './timed/system.ts';
export { timedSpec } from './timed/timedSpec.ts';
export { type LeasePast, leaseSystem, type LeaseSystem } from './models/leaseSystem.ts';
