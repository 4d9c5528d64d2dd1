import type { Stream } from '../choices/stream.ts';
import { assertInRange, assertProbability, assertWhole } from '../models/optionError.ts';
import { assertLatencyModel, drawLatencyUs, type LatencyModel } from './latency.ts';

/** How one direction of a link treats packets. Build it with `linkPolicy`, which checks it once. */
export interface LinkPolicy {
  /** Time on the way, one direction. */
  readonly latency: LatencyModel;
  /** Probability that a packet is lost. */
  readonly loss: number;
  /** Probability that a packet arrives twice; the copy draws its own latency. */
  readonly duplicate: number;
  /** Probability that a packet is held back by `reorderExtra`, so that later ones overtake it. */
  readonly reorder: number;
  readonly reorderExtra: LatencyModel;
  /** Probability that a packet arrives altered. */
  readonly corrupt: number;
  /** Bits per second; packets queue behind one another. 0 means unlimited. */
  readonly bitsPerSecond: number;
  /** With a bandwidth: a packet that would wait longer than this in the queue is dropped. 0 means no limit. */
  readonly maxQueueUs: number;
  /** Multiplies every latency, 1 or more. */
  readonly slowFactor: number;
  /** `swallow` is a black hole: accepted, never answered. `refuse` answers with a refusal after one round trip. */
  readonly answer: 'deliver' | 'swallow' | 'refuse';
}

const NO_EXTRA: LatencyModel = { kind: 'constant', us: 0 };

/** A fault-free policy with the given fields changed. Throws `BadOptionError` naming a field out of range. */
export function linkPolicy(options: Partial<LinkPolicy> & { readonly latency: LatencyModel }): LinkPolicy {
  const policy: LinkPolicy = {
    latency: options.latency,
    loss: options.loss ?? 0,
    duplicate: options.duplicate ?? 0,
    reorder: options.reorder ?? 0,
    reorderExtra: options.reorderExtra ?? NO_EXTRA,
    corrupt: options.corrupt ?? 0,
    bitsPerSecond: options.bitsPerSecond ?? 0,
    maxQueueUs: options.maxQueueUs ?? 0,
    slowFactor: options.slowFactor ?? 1,
    answer: options.answer ?? 'deliver',
  };
  assertLatencyModel(policy.latency);
  assertLatencyModel(policy.reorderExtra, 'reorderExtra');
  assertProbability('loss', policy.loss);
  assertProbability('duplicate', policy.duplicate);
  assertProbability('reorder', policy.reorder);
  assertProbability('corrupt', policy.corrupt);
  assertWhole('bitsPerSecond', policy.bitsPerSecond, 0, 1e12);
  assertWhole('maxQueueUs', policy.maxQueueUs, 0, Number.MAX_SAFE_INTEGER);
  assertInRange('slowFactor', policy.slowFactor, 1, 1e6);
  return policy;
}

/** What one direction of a link remembers between packets. */
export interface LinkState {
  /** The link is sending earlier packets until then; only moves when the policy has a bandwidth. */
  busyUntilUs: number;
}

/** An idle link. */
export function newLinkState(): LinkState {
  return { busyUntilUs: 0 };
}

/** Why a packet does not arrive; `''` when it does. `refused` reaches the sender as an answer, the others are silence. */
export type DropReason = '' | 'loss' | 'black-hole' | 'queue-full' | 'refused';

/** At most this many copies of one packet arrive. */
export const MAX_DELIVERIES = 2;

/** The fate of one packet. One object is reused for all packets of a world. */
export interface LinkDecision {
  dropped: DropReason;
  /** How many entries of `atUs` hold: 0 when dropped, else 1 to `MAX_DELIVERIES`. */
  count: number;
  /** Delivery times; with `refused`, entry 0 is when the sender hears of the refusal. */
  readonly atUs: Float64Array;
  /** The contents were altered on the way, in every copy. */
  corrupt: boolean;
}

/** A decision to be reused. */
export function newLinkDecision(): LinkDecision {
  return { dropped: '', count: 0, atUs: new Float64Array(MAX_DELIVERIES), corrupt: false };
}

/** Answers of one 32-bit choice. */
const WORD = 0x1_0000_0000;

/**
 * Decides what happens to a packet of `sizeBytes` sent at `nowUs`, into `out`. A fault of probability zero draws nothing;
 * the others draw in a fixed order: loss and duplicate (one answer for both), latency, reorder, corrupt. Delivery is never before `nowUs`.
 * A lost packet still takes its time on a link of limited bandwidth. Allocates nothing.
 */
export function decideLink(
  policy: LinkPolicy,
  state: LinkState,
  sizeBytes: number,
  nowUs: number,
  stream: Stream,
  out: LinkDecision,
): void {
  out.count = 0;
  out.corrupt = false;
  out.dropped = '';
  if (policy.answer !== 'deliver') {
    decideUnanswered(policy, nowUs, stream, out);
    return;
  }
  const leavesUs = policy.bitsPerSecond > 0 ? transmit(policy, state, sizeBytes, nowUs) : nowUs;
  if (leavesUs < 0) {
    out.dropped = 'queue-full';
    return;
  }
  const luck = policy.loss > 0 || policy.duplicate > 0 ? stream.below(WORD, 'loss or duplicate') : 0;
  decideByLuck(policy, luck, leavesUs, stream, out);
}

/**
 * The rest of `decideLink` for a packet that leaves at `leavesUs`: one answer, `luck`, says whether it is lost and, if not, whether it
 * arrives twice; 0 is neither.
 */
export function decideByLuck(
  policy: LinkPolicy,
  luck: number,
  leavesUs: number,
  stream: Stream,
  out: LinkDecision,
): void {
  out.count = 0;
  out.corrupt = false;
  out.dropped = '';
  const kept = WORD - WORD * policy.loss;
  if (luck >= kept) {
    out.dropped = 'loss';
    return;
  }
  const delayUs = slowed(policy, drawLatencyUs(policy.latency, stream));
  out.atUs[0] = leavesUs + delayUs + (policy.reorder > 0 ? heldBackUs(policy, stream) : 0);
  out.count = 1;
  if (luck >= kept - kept * policy.duplicate && policy.duplicate > 0) {
    out.atUs[1] = leavesUs + slowed(policy, drawLatencyUs(policy.latency, stream, 'duplicate-latency'));
    out.count = 2;
  }
  if (policy.corrupt > 0) out.corrupt = stream.chance(policy.corrupt, 'corrupt');
}

function decideUnanswered(policy: LinkPolicy, nowUs: number, stream: Stream, out: LinkDecision): void {
  if (policy.answer === 'swallow') {
    out.dropped = 'black-hole';
    return;
  }
  out.dropped = 'refused';
  const there = slowed(policy, drawLatencyUs(policy.latency, stream));
  out.atUs[0] = nowUs + there + slowed(policy, drawLatencyUs(policy.latency, stream, 'refusal-latency'));
}

function heldBackUs(policy: LinkPolicy, stream: Stream): number {
  return stream.chance(policy.reorder, 'reorder')
    ? drawLatencyUs(policy.reorderExtra, stream, 'reorder-extra')
    : 0;
}

function slowed(policy: LinkPolicy, delayUs: number): number {
  return policy.slowFactor === 1 ? delayUs : Math.floor(delayUs * policy.slowFactor);
}

/** How long `sizeBytes` occupy a link of this bandwidth, rounded up to whole microseconds. */
export function transmissionUs(sizeBytes: number, bitsPerSecond: number): number {
  return Math.ceil((sizeBytes * 8_000_000) / bitsPerSecond);
}

/** When the last bit leaves; -1 when the queue is too long. */
function transmit(policy: LinkPolicy, state: LinkState, sizeBytes: number, nowUs: number): number {
  const startUs = Math.max(nowUs, state.busyUntilUs);
  if (policy.maxQueueUs > 0 && startUs - nowUs > policy.maxQueueUs) return -1;
  state.busyUntilUs = startUs + transmissionUs(sizeBytes, policy.bitsPerSecond);
  return state.busyUntilUs;
}
