export { type Twin, TWINS } from './catalogue/everyTwin.ts';
export { flagship } from './catalogue/flagship.ts';
export { labExperiment, labTwin, labTwinControl } from './catalogue/labs.ts';
export { RAFT_TWINS, raftTwin, raftTwinControl } from './catalogue/twins.ts';
export {
  EVIDENCE_VERSION,
  type Evidence,
  EvidenceError,
  evidenceOf,
  parseEvidence,
  printEvidence,
} from './evidence/evidence.ts';
export {
  boundedStaleness,
  causal,
  type DuringPartition,
  eventual,
  linearizable,
  type OperationContract,
  pram,
  type PromiseOptions,
  regular,
  type ScopedOptions,
  sequential,
  type SessionPromise,
  sessions,
  unclaimed,
} from './experiment/contract.ts';
export { ExperimentError } from './experiment/errors.ts';
export {
  type Bounds,
  type Experiment,
  type ExperimentDefinition,
  experiment,
  isExperiment,
} from './experiment/experiment.ts';
export type {
  Asked,
  Call,
  OperationEnd,
  RunningSubject,
  Subject,
  SubjectContext,
} from './experiment/subject.ts';
export type { PlannedOperation, PlanningContext, Workload } from './experiment/workload.ts';
export { exactly } from './faults/exactly.ts';
export { lying, type LyingOptions } from './faults/lying.ts';
export { type PartitionOptions, partition } from './faults/partition.ts';
export type { FaultDraft, FaultPlanningContext, FaultSpec } from './faults/spec.ts';
export { type SteadyOptions, steady } from './faults/steady.ts';
export { type StormOptions, storm } from './faults/storm.ts';
export { type SwarmOptions, swarm } from './faults/swarm.ts';
export { type ShrinkOptions, type ShrinkResult, shrinkRun } from './shrink/shrinkRun.ts';
export type { Properties } from './simulate/judge.ts';
export { byzantineDiagram, membershipDiagram, replicationDiagram } from './pictures/quorums.ts';
export { type RunSlice, sliceRun, type SliceOptions } from './shrink/sliceRun.ts';
export { planRun, type RunPlan } from './simulate/plan.ts';
export { type RunResult, type SimulateOptions, simulate, simulatePlan } from './simulate/simulate.ts';
export { NondeterminismError, simulateTwice, type TwiceResult } from './simulate/twice.ts';
export type { OperatorChange, RaftKvOptions } from './subjects/raft/options.ts';
export { protocol, type ProtocolOptions } from './subjects/protocol/subject.ts';
export { raftKv } from './subjects/raftKv.ts';
export { type RegistersOptions, registers } from './workloads/registers.ts';
export { labLoad } from './workloads/labLoad.ts';
export {
  type AnchorName,
  beliefs,
  type CaseDefinition,
  CaseError,
  type CaseExperiments,
  type CasePair,
  type CaseRuns,
  type CaseStudy,
  caseStudy,
  type CapstoneName,
  type DocumentRecipe,
  type FieldSource,
  isCaseStudy,
  lostWrites,
  type Measured,
  type Mechanism,
  partitionTrace,
  raftStepTrace,
  type ReadApi,
  readContract,
  type ReadProbes,
  type StaleRead,
  staleReads,
  retryBudget,
  scenarioAnswers,
  reasonOf,
  retryMeasures,
  messageTraceOf,
  idempotentApi,
  threeNodeEventTrace,
  type TradeoffChoice,
  type TradeoffClaim,
  type TradeoffColumn,
  type Tradeoffs,
} from './casebook/index.ts';
export {
  type BeliefSheet,
  beliefSheet,
  consistencyMatrix,
  EIGHT_FALLACIES,
  eightFallacies,
  designNote,
  OUTAGE_CONCEPTS,
  PHI_THRESHOLDS,
  phiTuningNote,
  postmortem,
  type DocumentForm,
  type FactReader,
  type Facts,
  type FieldForm,
  markdownTable,
  partitionRunbook,
  quorumOf,
  quorumWorksheet,
} from '@holdfast/report';
export { callOptionsOf, payments, type PaymentsOptions } from './subjects/service/payments.ts';
export { calls, type CallsOptions } from './subjects/service/load.ts';
export type {
  CallOptions,
  Dependency,
  ServiceBounds,
  ServiceOptions,
  Tier,
} from './subjects/service/options.ts';
export { service } from './subjects/service/service.ts';
export {
  judgeRetryMetrics,
  readRetryFields,
  readRetryFile,
  type RetryContract,
  type RetryFinding,
  type RetryMetric,
} from '@holdfast/protocols';
export {
  kv,
  raft,
  type RaftCommand,
  type RaftMessage,
  type RaftResult,
  type RaftState,
} from '@holdfast/protocols';
export { measureDetector, phiAccrual } from '@holdfast/protocols';
export type {
  Core,
  CoreEvent,
  LabAnswer,
  LabCall,
  LabDefect,
  LabMonitor,
  LabOperation,
  LabVariant,
  NodeId,
  Outbox,
  ProtocolLab,
} from '@holdfast/protocols';
export { editor, type EditorOptions, edits, type EditsOptions } from './subjects/editor/editor.ts';
export type { ConflictRule } from './subjects/editor/rules.ts';
export { cache, type CacheOptions } from './subjects/patterns/cache.ts';
export { consumer, type ConsumerOptions } from './subjects/patterns/consumer.ts';
export { meter, type MeterOptions } from './subjects/patterns/meter.ts';
export { shards, type ShardsOptions, zipfPuts } from './subjects/patterns/shards.ts';
export { askUntilAnswered } from './subjects/sketch/asking.ts';
export { sketch } from './subjects/sketch/sketch.ts';
export type {
  HeardMessage,
  SketchAnswer,
  SketchEffect,
  SketchMessage,
  SketchNode,
  SketchOptions,
  SketchProgram,
  SketchRequest,
  SketchRun,
} from './subjects/sketch/options.ts';
export type { PatternVerdict } from './subjects/patterns/running.ts';
export {
  type AskedScenario,
  askScenario,
  DECLARED_FRESHNESS_MS,
  FAILURE_SCENARIOS,
  type FailureScenario,
  failureScenario,
  type ScenarioAnswer,
  scenarioExperiment,
  type ScenarioId,
  scenarioPromise,
} from './casebook/scenarios/index.ts';
export { type JudgedPromise, promising } from './subjects/promising.ts';
export {
  AUTHORITY_SYSTEMS,
  type AuthoritySystem,
  failoverLab,
  leaseLab,
  SPLIT_BRAIN_PREVENTIONS,
  type SplitBrainPrevention,
} from '@holdfast/protocols';
export { brokenRules, type RuleBreak } from './explain/rules.ts';
export { mostTold } from './explain/condense.ts';
export { completed, layoutMessageDrawing, type MessageDrawing, sceneToSvgFile } from '@holdfast/report';
export {
  type ApiTask,
  askService,
  CONSENSUS_USES,
  COORDINATION_CHOICES,
  gradeApi,
  type Recipe,
  tryService,
  watchService,
} from '@holdfast/protocols';
export * from './learning/index.ts';
export { farApart } from './subjects/distance.ts';
export { HostedCore } from './subjects/sketch/hosted.ts';
export {
  BoundedCounter,
  LWWRegister,
  type LWWWrite,
  type Machine,
  RightsExhaustedError,
} from '@holdfast/protocols';
export { type Explorable, explorable, type Spec, type SpecAction } from '@holdfast/explore';
export type { Plain } from '@holdfast/plain';
export { checkLinearizable, registerModel } from '@holdfast/check';
export * from './diagnosis/index.ts';
export * from './gray/index.ts';
export * from './subjects/dependencies/index.ts';
export * from './subjects/incidents/index.ts';
export * from './subjects/matrix/index.ts';
export * from './subjects/postures/index.ts';
export { type GivingUp, SketchCaller } from './subjects/sketch/caller.ts';
export {
  type Allocation,
  atMostOnce,
  attemptMove,
  doneTwice,
  type Effect,
  isFinal,
  isState,
  leadsTo,
  neverGoesBack,
  neverOversold,
  noRefusals,
  oversold,
  type RefusedMoves,
  type Sighting,
  type StateMachine,
  type AuditEntry,
  type AuditEvent,
  auditFault,
  type AuditFault,
  auditHead,
  type AuditHead,
  nextAuditEntry,
  type Capability,
  type CapabilityCheck,
  capabilityRefusal,
  type CapabilityRefusal,
  type Grant,
  issueCapability,
  type Use,
  type Move,
  movesLegally,
  INVARIANT_QUESTIONS,
  type InvariantAnswers,
  type InvariantGap,
  invariantGaps,
  type InvariantModel,
  type InvariantQuestion,
  neverCrosses,
  type Shown,
  type Tagged,
  tagged,
  tagsIn,
} from './invariants/index.ts';
export * from './review/index.ts';
export {
  type Degradation,
  STRESS_KNOBS,
  stressed,
  type StressKnobs,
  stressReport,
} from './subjects/stress/stress.ts';
