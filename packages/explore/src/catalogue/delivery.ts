import type { DeliverySemantics } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import { deliverySystem } from '../models/deliverySystem.ts';
import { idempotentCalls, type IdempotencyDefect } from '../models/idempotentCalls.ts';
import { type OutboxDefect, outboxRelay } from '../models/outboxRelay.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'delivery';

/** A link that loses, doubles and reorders, and a crash of either end at any point. */
const BAD_LINK: Bounds = { timers: { retry: 2 }, crashes: 1, drops: 1, duplicates: 1 };

const LINKS: readonly [DeliverySemantics, NamedModel['size'], number][] = [
  ['at-most-once', 'short', 2],
  ['at-least-once', 'medium', 2],
  ['effectively-once', 'medium', 2],
];

const OUTBOX = { changes: 2, crashes: 2, copies: 1 };
const EVERY = 'every change has its effect';
const ONCE = 'no effect twice';
const OUTBOX_TWINS: readonly [OutboxDefect, string, string][] = [
  ['marks-before-publishing', EVERY, 'the relay marks an event as published before it publishes it'],
  ['event-apart-from-change', EVERY, 'a change and its event are two transactions'],
  ['effect-apart-from-memory', ONCE, 'the consumer acts, and remembers in a second transaction'],
  ['memory-apart-from-effect', EVERY, 'the consumer remembers, and acts in a second transaction'],
  ['acknowledges-first', EVERY, 'the consumer tells the broker before it has acted'],
];

const CALLS = { deliveries: 3, crashes: 1, frees: 2 };
const CALL_TWINS: readonly [IdempotencyDefect, string][] = [
  ['checks-then-acts', 'looks whether the key is known, and claims it in a later step'],
  ['effect-apart-from-record', 'commits the effect, and records it in a second transaction'],
  ['forgets-the-claim', 'lets a worker act whose claim was taken away'],
  ['forgets-early', 'forgets a key before the last retry comes'],
];

/** Delivery over a bad link, outbox and inbox, idempotency keys, and what they look like when they are got wrong. */
export const DELIVERY_MODELS: readonly NamedModel[] = [
  ...LINKS.map(([semantics, size, messages]) =>
    correct({
      name: `delivery-${semantics}`,
      family,
      size,
      about: `${messages} messages ${semantics.replaceAll('-', ' ')} over a bad link, a crash at any point`,
      bounds: BAD_LINK,
      model: (name) => deliverySystem({ name, messages, semantics }),
    }),
  ),
  broken(ONCE, {
    name: 'delivery-not-recognised',
    family,
    about: 'sends until it is answered, and the receiver does not recognise what it has had',
    bounds: BAD_LINK,
    model: (name) =>
      deliverySystem({ name, messages: 2, semantics: 'at-least-once', judgedAs: 'effectively-once' }),
  }),
  broken('what was answered has had its effect', {
    name: 'delivery-sent-is-done',
    family,
    about: 'takes what was sent for delivered',
    bounds: BAD_LINK,
    model: (name) =>
      deliverySystem({ name, messages: 2, semantics: 'at-most-once', judgedAs: 'at-least-once' }),
  }),
  correct({
    name: 'outbox',
    family,
    about: 'outbox and inbox, 2 changes, 2 crashes between any two steps, a copy made by the broker',
    model: (name) => outboxRelay(name, OUTBOX),
  }),
  ...OUTBOX_TWINS.map(([defect, breaks, about]) =>
    broken(breaks, {
      name: `outbox-${defect}`,
      family,
      about,
      model: (name) => outboxRelay(name, { ...OUTBOX, defect }),
    }),
  ),
  correct({
    name: 'idempotency',
    family,
    about: 'one key, 3 deliveries, a worker that crashes, keys freed twice, rightly or not',
    model: (name) => idempotentCalls(name, CALLS),
  }),
  ...CALL_TWINS.map(([defect, about]) =>
    broken(ONCE, {
      name: `idempotency-${defect}`,
      family,
      about,
      model: (name) => idempotentCalls(name, { ...CALLS, defect }),
    }),
  ),
];
