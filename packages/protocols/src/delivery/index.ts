export {
  askBreaker,
  type Breaker,
  type BreakerOptions,
  BreakerOptionsError,
  recordCall,
  startBreaker,
} from './breaker.ts';
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
