import type { Stream } from '../choices/stream.ts';
import { assertInRange, assertWhole } from '../models/optionError.ts';
import { decideLink, type LinkDecision, type LinkPolicy, type LinkState } from './link.ts';

/** A sender that repeats a packet until it arrives, as transports do. Build it with `retransmissionPolicy`. */
export interface RetransmissionPolicy {
  /** How long the first attempt is waited for. */
  readonly timeoutUs: number;
  /** Each further wait is this many times longer, 1 or more. */
  readonly backoff: number;
  readonly maxTimeoutUs: number;
  readonly maxAttempts: number;
}

/** The largest `maxAttempts`. */
export const MAX_RETRANSMISSIONS = 1_000;

/** Checks the options once; throws `BadOptionError` naming the field out of range. */
export function retransmissionPolicy(options: RetransmissionPolicy): RetransmissionPolicy {
  assertWhole('maxTimeoutUs', options.maxTimeoutUs, 1, Number.MAX_SAFE_INTEGER);
  assertWhole('timeoutUs', options.timeoutUs, 1, options.maxTimeoutUs);
  assertInRange('backoff', options.backoff, 1, 1_000);
  assertWhole('maxAttempts', options.maxAttempts, 1, MAX_RETRANSMISSIONS);
  return options;
}

/** What became of a packet sent until it arrived. */
export interface ReliableSend {
  outcome: 'delivered' | 'gave-up' | 'refused';
  /** Packets put on the link: the load it caused. */
  attempts: number;
  /** When it arrived, when the sender gave up, or when it heard of the refusal. */
  atUs: number;
}

/**
 * Sends one packet again after each timeout until one copy arrives. Acknowledgements are taken to arrive, so every
 * repetition is due to a loss on this link. Meant for links without a bandwidth limit: later attempts are decided at once.
 */
export function sendUntilDelivered(
  link: LinkPolicy,
  state: LinkState,
  sizeBytes: number,
  nowUs: number,
  policy: RetransmissionPolicy,
  stream: Stream,
  decision: LinkDecision,
): ReliableSend {
  let sentAtUs = nowUs;
  let waitUs = policy.timeoutUs;
  for (let attempt = 1; ; attempt++) {
    decideLink(link, state, sizeBytes, sentAtUs, stream, decision);
    const atUs = decision.atUs[0] as number;
    if (decision.count > 0) return { outcome: 'delivered', attempts: attempt, atUs };
    if (decision.dropped === 'refused') return { outcome: 'refused', attempts: attempt, atUs };
    sentAtUs += waitUs;
    if (attempt >= policy.maxAttempts) return { outcome: 'gave-up', attempts: attempt, atUs: sentAtUs };
    waitUs = Math.min(policy.maxTimeoutUs, Math.floor(waitUs * policy.backoff));
  }
}

/** The load factor of retransmission: mean packets put on a link per packet wanted, at loss rate `loss`. */
export function expectedAttempts(loss: number, maxAttempts: number): number {
  if (loss >= 1) return maxAttempts;
  let lostSoFar = 1;
  let attempts = 0;
  for (let i = 0; i < maxAttempts; i++) {
    attempts += lostSoFar;
    lostSoFar *= loss;
  }
  return attempts;
}

/** How long the sender waited before attempt `attempt` (from 1): the sum of the timeouts before it. */
export function waitBeforeAttemptUs(policy: RetransmissionPolicy, attempt: number): number {
  let total = 0;
  let waitUs = policy.timeoutUs;
  for (let i = 1; i < attempt; i++) {
    total += waitUs;
    waitUs = Math.min(policy.maxTimeoutUs, Math.floor(waitUs * policy.backoff));
  }
  return total;
}
