export {
  type Admission,
  type AdmissionOptions,
  type Admitted,
  admit,
  type QueueOrder,
  requestEnded,
  setConcurrency,
  type Shed,
  type ShedReason,
  startAdmission,
  type Waiting,
  withdrawRequest,
} from './admission.ts';
export { backoff, type Backoff, type Jitter, JITTERS, waitBefore, type WaitRange } from './backoff.ts';
export {
  askBreaker,
  type Breaker,
  type BreakerOptions,
  BreakerOptionsError,
  forgetCall,
  recordCall,
  startBreaker,
} from './breaker.ts';
export {
  type ConcurrencyLimit,
  type LimitOptions,
  type LimitSample,
  sampleLimit,
  startLimit,
} from './concurrencyLimit.ts';
export {
  type ConsumerQueue,
  enqueue,
  messageConsumed,
  messageFailed,
  nextMessage,
  type QueuedMessage,
  startConsumerQueue,
} from './deadLetter.ts';
export {
  assertWithin,
  childDeadline,
  type Deadline,
  type DeadlineBreach,
  DeadlineError,
  type DeadlineOnWire,
  type DeadlineSpan,
  judgeDeadlines,
  MAX_REMAINING_MS,
  receiveDeadline,
  remainingMs,
  sendDeadline,
  startDeadline,
} from './deadline.ts';
export {
  claimKey,
  finishKey,
  type IdempotencyAnswer,
  IdempotencyError,
  type IdempotencyRecord,
  type IdempotencyState,
  idempotencyState,
  type IdempotencyTable,
  startIdempotency,
} from './idempotency.ts';
export { type IdempotencyEvent, type IdempotencyStep, idempotencySteps } from './idempotencyTable.ts';
export {
  type LatencyHistogram,
  latencyQuantile,
  recordCorrected,
  recordLatency,
  startHistogram,
  timeoutFrom,
} from './latencyTimeout.ts';
export {
  delivery,
  type DeliveryMessage,
  type DeliveryOptions,
  type DeliveryResult,
  type DeliverySemantics,
  type DeliveryState,
} from './link.ts';
export {
  commitWithEvent,
  type InboxStore,
  markPublished,
  nextToPublish,
  type OutboxEvent,
  type OutboxStore,
  receiveOnce,
  startInbox,
  startOutbox,
} from './outbox.ts';
export { PolicyError } from './policyError.ts';
export {
  attemptEnded,
  type AttemptEnd,
  cancelCall,
  nextAttempt,
  type RetryCall,
  type Retried,
  retryPolicy,
  type RetryPolicy,
  type RetryStep,
  startCall,
  type StopReason,
} from './retry.ts';
export {
  hasRetry,
  noteAttemptEnd,
  noteFirstAttempt,
  type RetryBudget,
  type RetryBudgetOptions,
  startRetryBudget,
  takeRetry,
} from './retryBudget.ts';
export {
  answerWhenSpent,
  judgeRetryMetrics,
  policyOf,
  RETRY_FIELDS,
  RETRY_METRICS,
  type RetryBound,
  type RetryContract,
  type RetryField,
  RetryFileError,
  type RetryFinding,
  type RetryMetric,
} from './retryContract.ts';
export { readRetryFields, readRetryFile } from './retryFile.ts';
export {
  answerRetryQuestions,
  type ObservedAttempt,
  RETRY_QUESTIONS,
  type RetryAnswer,
  type RetryQuestion,
  type RetrySetup,
  type RetryTrace,
} from './retryQuestions.ts';
export {
  freshness,
  type Freshness,
  joinFlight,
  landFlight,
  readCached,
  type SingleFlight,
  startSingleFlight,
} from './singleFlight.ts';
export {
  type ApiGrade,
  type ApiTask,
  gradeApi,
  type TaskRequest,
  type TaskResponse,
  type TaskStore,
} from './apiTask.ts';
