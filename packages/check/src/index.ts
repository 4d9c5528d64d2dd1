export type { History, Operation, Outcome } from './history/operation.ts';
export { type Evidence, type Verdict, type VerdictStatus, worstStatus } from './verdict.ts';
export { type CausalModel, checkCausal } from './causal/check.ts';
export { NotRegisterError } from './causal/errors.ts';
export type { RegisterCheckOptions } from './causal/judge.ts';
export {
  type ConvergenceOptions,
  type ConvergenceVerdict,
  checkConvergence,
} from './convergence/eventual.ts';
export type { DifferingKey } from './convergence/differing.ts';
export { checkEventual, type EventualOptions } from './convergence/reads.ts';
export { type Replica, ReplicaRunError, type ReplicaState, type UpdateId } from './convergence/replicas.ts';
export { checkStrongConvergence, type StrongConvergenceVerdict } from './convergence/strong.ts';
export { checkConsistency, type ConsistencyOptions, MissingBoundError } from './litmus/consistency.ts';
export { LITMUS_BOUNDS, type Litmus, litmusHistories } from './litmus/histories.ts';
export { readLitmus } from './litmus/notation.ts';
export {
  compileRequirement,
  type Requirement,
  RequirementError,
  type RequirementKind,
} from './litmus/requirement.ts';
export {
  CONSISTENCY_IMPLIES,
  type ConsistencyName,
  consistencyNames,
  impliedBy,
  isConsistencyName,
} from './litmus/spectrum.ts';
export { judgeLitmus, litmusColumns, litmusTable } from './litmus/table.ts';
export {
  readTransactions,
  type TransactionLitmus,
  transactionLitmus,
  transactionLitmusTable,
} from './litmus/transactionLitmus.ts';
export { checkSequential, type SequentialOptions } from './sequential/check.ts';
export { checkAppliedOrder, type SessionUpdate } from './sessions/applied.ts';
export { checkSession } from './sessions/check.ts';
export type { SessionGuarantee } from './sessions/required.ts';
export { RealTimeError } from './staleness/realTime.ts';
export { checkRegular, type RegularKind, type RegularOptions } from './staleness/regular.ts';
export { checkTimeStaleness, type TimeBound } from './staleness/time.ts';
export {
  checkVersionStaleness,
  MOST_VERSIONS,
  type StalenessVerdict,
  type VersionBound,
} from './staleness/versions.ts';
export { detectFormat } from './formats/detect.ts';
export { HistoryFormatError, type HistoryFormatCode } from './formats/error.ts';
export {
  type HistoryFile,
  type ParsedColumns,
  type ParsedHistory,
  type ParseOptions,
  parseHistory,
  parseHistoryChunks,
  parseHistoryColumns,
  parseHistoryFiles,
} from './formats/parse.ts';
export type { Annotation, FormatOptions, Parsed } from './formats/parsed.ts';
export { printHistory, printHistoryFiles } from './formats/print.ts';
export { HistoryPrintError } from './formats/printError.ts';
export { type FormatName, formatNames } from './formats/registry.ts';
export { HistoryBuilder } from './history/builder.ts';
export {
  ColumnsBuilder,
  fromColumns,
  type HistoryColumns,
  NO_CLASS,
  operationAt,
  OUTCOMES,
  toColumns,
  valueOfClass,
} from './history/columns.ts';
export { eventsOf, type HistoryEvent } from './history/events.ts';
export type { OperationSink, Place } from './history/sink.ts';
export { isMicroOperations, isTransaction, type MicroOperation, TRANSACTION } from './history/transaction.ts';
export { HistoryError, type HistoryErrorCode, validateHistory } from './history/validate.ts';
export { checkLinearizableColumns } from './linearizable/columns.ts';
export {
  checkLinearizable,
  DEFAULT_STEP_BUDGET,
  type LinearizableOptions,
  NoRealTimeError,
} from './linearizable/check.ts';
export { appendLogModel } from './models/appendLog.ts';
export { casRegisterModel } from './models/casRegister.ts';
export { counterModel } from './models/counter.ts';
export { fencedLockModel, type FencedLockOptions } from './models/fencedLock.ts';
export { fifoQueueModel } from './models/fifoQueue.ts';
export { kvModel } from './models/kv.ts';
export { illegal, type Model, type RegisterView, UnsupportedOperationError } from './models/model.ts';
export { multiRegisterModel } from './models/multiRegister.ts';
export { mutexModel, type MutexOptions } from './models/mutex.ts';
export { type ModelName, modelNamed, modelNames } from './models/named.ts';
export { priorityQueueModel } from './models/priorityQueue.ts';
export { registerModel, type RegisterOptions } from './models/register.ts';
export { setModel } from './models/set.ts';
export { stackModel } from './models/stack.ts';
export { uniqueIdsModel } from './models/uniqueIds.ts';
export type {
  AnomalyName,
  CycleAnomalyName,
  Dependency,
  DependencyKind,
  DirectAnomalyName,
  TransactionAnomaly,
} from './transactions/anomalies.ts';
export {
  checkTransactionColumns,
  checkTransactions,
  type TransactionCheckOptions,
  type TransactionVerdict,
} from './transactions/check.ts';
export {
  checkCommitLog,
  type CommitLog,
  type CommitLogModel,
  type CommitLogOptions,
} from './transactions/commitLog.ts';
export {
  type TransactionColumns,
  TransactionColumnsBuilder,
  type TransactionColumnsOptions,
  type TransactionWorkload,
} from './transactions/columns.ts';
export { TransactionInputError, type TransactionInputCode } from './transactions/errors.ts';
export { transactionColumns } from './transactions/input.ts';
export {
  type ModelDefinition,
  strongerThan,
  TRANSACTION_MODEL_NAMES,
  TRANSACTION_MODELS,
  type TransactionModel,
  weakerThan,
} from './transactions/models.ts';
export {
  type AvailabilityOptions,
  availabilityChecker,
  checkAvailability,
  isAnswer,
} from './plain/availability.ts';
export { type BankOptions, bankChecker, checkBank } from './plain/bank.ts';
export type { Checker, CheckerVerdict, Finding } from './plain/checker.ts';
export { asChecker, compose, linearizabilityChecker, transactionsChecker } from './plain/compose.ts';
export {
  counterBoundsChecker,
  type CounterOptions,
  gCounterChecker,
  pnCounterChecker,
} from './plain/counter.ts';
export { PlainOptionsError } from './plain/errors.ts';
export {
  checkLatency,
  type LatencyCheckOptions,
  latencyChecker,
  type LatencyLimit,
  type LatencyOptions,
  latencySummaries,
  type LatencySummary,
  rates,
  type RateSample,
} from './plain/latency.ts';
export { checkLog, logChecker } from './plain/log.ts';
export { checkLongFork, longForkChecker } from './plain/longFork.ts';
export { checkSetFinal, setFinalChecker } from './plain/setFinal.ts';
export { checkSetFull, setFullChecker, type SetFullOptions } from './plain/setFull.ts';
export { TimesNotComparableError } from './plain/time.ts';
export {
  checkQueue,
  checkTotalQueue,
  queueChecker,
  totalQueueChecker,
  type TotalQueueOptions,
} from './plain/totalQueue.ts';
export { checkUniqueIds, uniqueIdsChecker } from './plain/uniqueIds.ts';
export type {
  CheckerFamily,
  CheckerSetting,
  JudgeOptions,
  NamedChecker,
  NamedVerdict,
  Settings,
} from './named/entry.ts';
export { ModelNeededError } from './named/consistency.ts';
export { judgeColumns } from './named/columns.ts';
export { checkerNamed, checkerNames, checkers, judge, UnknownCheckerError } from './named/registry.ts';
export { CheckerSettingError } from './named/settings.ts';
export { type HistoryShape, shapeOf } from './named/shape.ts';
export { fittingCheckers, type Suggestion, suggestCheckers } from './named/suggest.ts';
export { judgeTransactions } from './named/transactions.ts';
export { TransactionTimesError } from './transactions/errors.ts';
export { drawOperations, type DrawOptions } from './text/draw.ts';
export { labelOf } from './text/label.ts';
export {
  checkContract,
  type ContractSituation,
  type ContractVerdict,
  type OperationReport,
  type PropertyVerdict,
} from './contract/check.ts';
export type { ClauseVerdict } from './contract/consistency.ts';
export {
  AVAILABILITY_CLASSES,
  type Authority,
  type AvailabilityClass,
  type Contract,
  DURING_PARTITION,
  type DuringPartition,
  type FaultInterval,
  type Freshness,
  type OperationPromise,
} from './contract/promise.ts';
export { ContractError, type ContractProblem, contractProblems } from './contract/validate.ts';
