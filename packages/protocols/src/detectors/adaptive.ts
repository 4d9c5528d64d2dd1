import { checkOption, checkTime, DetectorOptionsError, type FailureDetector } from './detector.ts';

/** How an adaptive timeout follows the intervals between heartbeats. */
export interface AdaptiveOptions {
  /** The interval expected before any was seen. */
  readonly firstIntervalMs: number;
  /** Deviations above the mean that a silence may last; 4 when not given. */
  readonly deviations?: number;
  readonly minTimeoutMs: number;
  readonly maxTimeoutMs: number;
}

/** What an adaptive timeout remembers: running mean and mean deviation of the intervals. */
export interface AdaptiveState {
  lastMs: number;
  meanMs: number;
  deviationMs: number;
}

/**
 * Suspects after mean + k deviations of silence, both estimated as Jacobson does for retransmission ("Congestion
 * Avoidance and Control", 1988; used for heartbeats by Bertier et al., 2002). An interval that ended a mistaken
 * suspicion counts too (up to the largest timeout): the timeout grows after a mistake, so that mistakes end once
 * intervals stay below `maxTimeoutMs`. Suspicion is the share of the timeout that has passed.
 */
export function adaptiveTimeout(options: AdaptiveOptions): FailureDetector<AdaptiveState> {
  const firstMs = checkOption('firstIntervalMs', options.firstIntervalMs, Number.MIN_VALUE);
  const deviations = checkOption('deviations', options.deviations ?? 4, 0);
  const least = checkOption('minTimeoutMs', options.minTimeoutMs, Number.MIN_VALUE);
  const most = checkOption('maxTimeoutMs', options.maxTimeoutMs, Number.MIN_VALUE);
  if (most < least) throw new DetectorOptionsError('maxTimeoutMs', `at least minTimeoutMs (${least})`, most);
  const timeoutMs = (state: AdaptiveState) =>
    Math.min(most, Math.max(least, state.meanMs + deviations * state.deviationMs));
  return {
    name: `adaptive mean + ${deviations} deviations`,
    start: (nowMs) => ({ lastMs: checkTime(nowMs), meanMs: firstMs, deviationMs: firstMs / 2 }),
    heartbeat: (state, nowMs) => {
      const interval = Math.min(most, checkTime(nowMs, state.lastMs) - state.lastMs);
      const error = interval - state.meanMs;
      state.meanMs += error / 8;
      state.deviationMs += (Math.abs(error) - state.deviationMs) / 4;
      state.lastMs = nowMs;
    },
    suspicion: (state, nowMs) => Math.max(0, nowMs - state.lastMs) / timeoutMs(state),
    suspects: (state, nowMs) => nowMs >= state.lastMs + timeoutMs(state),
    deadlineMs: (state) => state.lastMs + timeoutMs(state),
  };
}
