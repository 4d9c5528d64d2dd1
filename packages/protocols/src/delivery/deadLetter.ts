import { clonePlain, type Plain } from '@holdfast/plain';
import { requireWhole } from './policyError.ts';

/** A message with the times it has failed. */
export interface QueuedMessage {
  readonly id: number;
  readonly value: Plain;
  readonly failures: number;
}

/** A queue consumed in order, with a place for what cannot be consumed: plain data, changed in place by the functions here only. */
export interface ConsumerQueue {
  /** A message that fails so often is set aside; Infinity never. */
  readonly maxFailures: number;
  readonly waiting: QueuedMessage[];
  /** Set aside, in order, with the last reason. Nothing leaves it by itself. */
  readonly deadLetters: { readonly message: QueuedMessage; readonly why: string }[];
  consumed: number;
  lastId: number;
}

/** An empty queue. Throws `PolicyError` unless `maxFailures` is a whole number of at least 1, or Infinity. */
export function startConsumerQueue(maxFailures: number): ConsumerQueue {
  if (maxFailures !== Number.POSITIVE_INFINITY) requireWhole('maxFailures', maxFailures, 1);
  return { maxFailures, waiting: [], deadLetters: [], consumed: 0, lastId: 0 };
}

/** Adds a message at the end. */
export function enqueue(queue: ConsumerQueue, value: Plain): void {
  queue.waiting.push({ id: ++queue.lastId, value: clonePlain(value), failures: 0 });
}

/** The message to consume now; undefined when none waits. It stays first until it is settled, so that order is kept. */
export function nextMessage(queue: ConsumerQueue): QueuedMessage | undefined {
  return queue.waiting[0];
}

/** The first message was consumed. Answers false, and changes nothing, when another one is first. */
export function messageConsumed(queue: ConsumerQueue, id: number): boolean {
  if (queue.waiting[0]?.id !== id) return false;
  queue.waiting.shift();
  queue.consumed++;
  return true;
}

/** Consuming the first message failed: it is tried again, or set aside so that those behind it get on. `stale`: another one is first. */
export function messageFailed(
  queue: ConsumerQueue,
  id: number,
  why: string,
): 'again' | 'set-aside' | 'stale' {
  const first = queue.waiting[0];
  if (first?.id !== id) return 'stale';
  const message = { ...first, failures: first.failures + 1 };
  if (message.failures < queue.maxFailures) {
    queue.waiting[0] = message;
    return 'again';
  }
  queue.waiting.shift();
  queue.deadLetters.push({ message, why });
  return 'set-aside';
}
