import { checkOption, type FailureDetector } from './detector.ts';
import { type LastHeard, silenceDetector } from './fixedTimeout.ts';

/** A lease as its grantor and its holder agree on it. */
export interface LeaseOptions {
  /** The holder may act this long after it SENT the renewal that was accepted, by its own clock. */
  readonly leaseMs: number;
  /** How far either clock may run fast or slow, in parts per million: an assumption. */
  readonly maxDriftPpm: number;
}

/**
 * The grantor's side: a peer is given up only when its lease has certainly ended by the peer's own clock. It says
 * nothing about life, only that a holder within the drift bound has stopped acting (Gray and Cheriton 1989). Both
 * clocks must go on counting while a host is suspended, and a holder that checks, pauses, and then writes is stopped
 * only by a fencing token at the resource.
 */
export function leaseDetector(options: LeaseOptions): FailureDetector<LastHeard> {
  const leaseMs = checkOption('leaseMs', options.leaseMs, Number.MIN_VALUE);
  const drift = checkOption('maxDriftPpm', options.maxDriftPpm, 0, 999_999) / 1_000_000;
  // The holder's clock may be slow by the drift while the grantor's is fast by it.
  return silenceDetector(`lease ${leaseMs} ms`, (leaseMs * (1 + drift)) / (1 - drift));
}

/** The holder's side: whether it may act at `nowMs`, having sent its last accepted renewal at `sentAtMs`. */
export function leaseHolderMayAct(leaseMs: number, sentAtMs: number, nowMs: number): boolean {
  return nowMs >= sentAtMs && nowMs < sentAtMs + leaseMs;
}
