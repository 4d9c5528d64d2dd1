import type { Core, NodeId, NodeView, Outbox, RequestId } from '../core/core.ts';
import type { Plain } from '@holdfast/plain';

/**
 * What a link does for the messages of one sender. `at-most-once`: sent once, effect 0 or 1. `at-least-once`: sent until answered, effect
 * at least 1. `effectively-once`: sent until answered and recognised by the receiver, effect exactly 1.
 */
export type DeliverySemantics = 'at-most-once' | 'at-least-once' | 'effectively-once';

/** What sender and receiver say. Numbers count from 1, in the order of sending. */
export type DeliveryMessage =
  | { readonly type: 'data'; readonly number: number; readonly value: Plain }
  | { readonly type: 'ack'; readonly number: number };

/**
 * `ok`: the message was answered; for `at-most-once` that it was sent, which says nothing of arrival. The errors: nothing was sent.
 */
export type DeliveryResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: 'not-sender' | 'too-many-unanswered' };

/** Sender and receiver in one shape: plain data. */
export interface DeliveryState {
  readonly self: NodeId;
  /** Sender: the last number used, and messages not answered, by number. */
  lastNumber: number;
  unanswered: Record<number, { readonly value: Plain; readonly request: RequestId }>;
  /** Receiver: all numbers up to this one have had their effect, and these beyond it. */
  seenTo: number;
  seen: Record<number, true>;
  /** Receiver: the numbers of the effects its application had, in order. */
  effects: number[];
  /** Messages this node has sent. */
  sent: number;
}

/** Who sends to whom. Durations are in milliseconds of the node's own clock. */
export interface DeliveryOptions {
  readonly sender: NodeId;
  readonly receiver: NodeId;
  readonly semantics: DeliverySemantics;
  /** Time between repetitions. Default 100. */
  readonly retryMs?: number;
  /** Messages the sender holds until they are answered; beyond it requests are refused. Default 1,000. */
  readonly maxUnanswered?: number;
}

type Out = Outbox<DeliveryMessage, DeliveryResult>;

/**
 * Delivery over a link that loses, repeats and reorders. What the receiver's application did (`effects`), and what it remembers of it, are
 * one record, as are the sender's unanswered messages: they survive crashes.
 */
export function delivery(
  options: DeliveryOptions,
): Core<DeliveryState, DeliveryMessage, Plain, DeliveryResult> {
  const { sender, semantics, retryMs = 100 } = options;
  return {
    name: `delivery-${semantics}`,
    boot({ self, records }, out): DeliveryState {
      const saved = records['delivery'] as Omit<DeliveryState, 'self' | 'sent'> | undefined;
      const fresh = { lastNumber: 0, unanswered: {}, seenTo: 0, seen: {}, effects: [] };
      if (self === sender && semantics !== 'at-most-once') out.setTimer('retry', retryMs);
      return { self, ...structured(saved ?? fresh), sent: 0 };
    },
    step(state, event, out): void {
      if (event.kind === 'request') send(options, state, event.id, event.command, out);
      else if (event.kind === 'timer') repeat(options, state, out, retryMs);
      else if (event.kind === 'message') {
        if (event.message.type === 'ack') answered(state, event.message.number, out);
        else receive(options, state, event.message, out);
      }
    },
    messageType: (message): string => message.type,
    view: (state): NodeView => ({
      sent: state.sent,
      unanswered: Object.keys(state.unanswered).length,
      remembered: Object.keys(state.seen).length,
      seenTo: state.seenTo,
      effects: state.effects.length,
    }),
  };
}

type Saved = Omit<DeliveryState, 'self' | 'sent'>;

function structured({ lastNumber, unanswered, seenTo, seen, effects }: Saved): Saved {
  return { lastNumber, unanswered: { ...unanswered }, seenTo, seen: { ...seen }, effects: [...effects] };
}

function save(state: DeliveryState, out: Out): number {
  return out.store([{ key: 'delivery', value: structured(state) }]);
}

function send(
  { sender, receiver, semantics, maxUnanswered = 1_000 }: DeliveryOptions,
  state: DeliveryState,
  request: RequestId,
  value: Plain,
  out: Out,
): void {
  if (state.self !== sender) {
    out.reply(request, { ok: false, error: 'not-sender' });
    return;
  }
  if (Object.keys(state.unanswered).length >= maxUnanswered) {
    out.reply(request, { ok: false, error: 'too-many-unanswered' });
    return;
  }
  const number = ++state.lastNumber;
  state.sent++;
  if (semantics === 'at-most-once') {
    // Persist BEFORE send: a number is never used for two messages.
    const token = save(state, out);
    out.send(receiver, { type: 'data', number, value }, token);
    out.reply(request, { ok: true }, token);
    return;
  }
  state.unanswered[number] = { value, request };
  out.send(receiver, { type: 'data', number, value }, save(state, out));
}

function repeat({ receiver }: DeliveryOptions, state: DeliveryState, out: Out, retryMs: number): void {
  for (const [number, { value }] of Object.entries(state.unanswered)) {
    state.sent++;
    out.send(receiver, { type: 'data', number: Number(number), value });
  }
  out.setTimer('retry', retryMs);
}

function answered(state: DeliveryState, number: number, out: Out): void {
  const waiting = state.unanswered[number];
  if (waiting === undefined) return;
  delete state.unanswered[number];
  const token = save(state, out);
  if (waiting.request > 0) out.reply(waiting.request, { ok: true }, token);
}

function receive(
  { sender, semantics }: DeliveryOptions,
  state: DeliveryState,
  { number }: Extract<DeliveryMessage, { type: 'data' }>,
  out: Out,
): void {
  // Also at most once must recognise what the link repeats; at least once remembers nothing.
  const known = number <= state.seenTo || state.seen[number] === true;
  if (semantics !== 'at-least-once' && !known) {
    state.seen[number] = true;
    while (state.seen[state.seenTo + 1] === true) delete state.seen[++state.seenTo];
  }
  if (semantics === 'at-least-once' || !known) state.effects.push(number);
  if (semantics === 'at-most-once' && known) return;
  const token = save(state, out);
  if (semantics === 'at-most-once') return;
  state.sent++;
  // Persist BEFORE send: the sender forgets what is answered.
  out.send(sender, { type: 'ack', number }, token);
}
