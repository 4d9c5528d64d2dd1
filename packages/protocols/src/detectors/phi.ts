import { checkOption, checkTime, DetectorOptionsError, type FailureDetector } from './detector.ts';
import { log10NormalTail } from './normalTail.ts';

/**
 * The assumed distribution of the intervals between heartbeats: `normal` as in the paper, `logistic` (a close and
 * cheap stand-in for the normal tail, as Akka uses it), `exponential` (as Cassandra uses it: no variance, heavy tail).
 */
export type PhiModel = 'normal' | 'logistic' | 'exponential';

/** How a phi accrual detector judges. */
export interface PhiOptions {
  readonly model: PhiModel;
  /** Suspected from this phi on: 8 means that a suspicion is mistaken once in 1e8, if the model fits. */
  readonly threshold: number;
  /** The interval expected before any was seen; stands for two samples, a quarter of it above and below. */
  readonly firstIntervalMs: number;
  /** Most intervals remembered; 1,000 when not given. */
  readonly windowSize?: number;
  /** The deviation is taken as at least this (not used by `exponential`); 100 ms when not given. */
  readonly minDeviationMs?: number;
  /** A silence this much longer than the mean is expected now and then (a collector's pause); 0 when not given. */
  readonly acceptablePauseMs?: number;
}

/** What a phi accrual detector remembers: a bounded window of intervals, as a ring, with its sums. */
export interface PhiState {
  lastMs: number;
  readonly intervals: number[];
  /** Where the next interval goes once the window is full. */
  next: number;
  sum: number;
  squares: number;
}

/** Largest window. */
export const PHI_WINDOW_LIMIT = 100_000;

/**
 * The phi accrual detector: phi = -log10(the probability that a heartbeat would still arrive later than now), so phi
 * 1, 2, 3 mean that suspecting now is a mistake in 10 %, 1 %, 0.1 % of cases. The interval that ends a suspicion is
 * not recorded: one outage would teach the window to accept the next. Source: Hayashibara, Defago, Yared and Katayama,
 * "The phi Accrual Failure Detector", 2004.
 */
export function phiAccrual(options: PhiOptions): FailureDetector<PhiState> {
  const threshold = checkOption('threshold', options.threshold, Number.MIN_VALUE, 1_000);
  const first = checkOption('firstIntervalMs', options.firstIntervalMs, Number.MIN_VALUE);
  const window = checkOption('windowSize', options.windowSize ?? 1_000, 2, PHI_WINDOW_LIMIT);
  if (!Number.isInteger(window)) throw new DetectorOptionsError('windowSize', 'a whole number', window);
  const minDeviation = checkOption('minDeviationMs', options.minDeviationMs ?? 100, Number.MIN_VALUE);
  const pause = checkOption('acceptablePauseMs', options.acceptablePauseMs ?? 0, 0);
  const phi = (state: PhiState, nowMs: number): number => {
    const elapsed = Math.max(0, nowMs - state.lastMs);
    const mean = state.sum / state.intervals.length;
    return phiOf(options.model, elapsed, mean + pause, Math.max(minDeviation, deviationOf(state, mean)));
  };
  return {
    name: `phi ${options.model} ${threshold}`,
    start: (nowMs) => {
      const intervals = [first * 0.75, first * 1.25];
      const state: PhiState = { lastMs: checkTime(nowMs), intervals, next: 0, sum: 0, squares: 0 };
      resum(state);
      return state;
    },
    heartbeat: (state, nowMs) => {
      const interval = checkTime(nowMs, state.lastMs) - state.lastMs;
      if (phi(state, nowMs) < threshold) record(state, interval, window);
      state.lastMs = nowMs;
    },
    suspicion: phi,
    suspects: (state, nowMs) => phi(state, nowMs) >= threshold,
    deadlineMs: (state) => firstAbove(state.lastMs, (nowMs) => phi(state, nowMs) >= threshold),
  };
}

/** Phi after a silence of `elapsedMs`, for intervals of this mean and standard deviation: at least 0, rising. */
export function phiOf(model: PhiModel, elapsedMs: number, meanMs: number, deviationMs: number): number {
  if (model === 'exponential') return elapsedMs / (meanMs * Math.LN10);
  const z = (elapsedMs - meanMs) / deviationMs;
  if (model === 'normal') return Math.max(0, -log10NormalTail(z));
  // log10(1 + e^y): how rare the logistic curve with these two coefficients says a longer silence is.
  const y = z * (1.5976 + 0.070566 * z * z);
  return Math.max(0, (y > 0 ? y + Math.log1p(Math.exp(-y)) : Math.log1p(Math.exp(y))) / Math.LN10);
}

function record(state: PhiState, interval: number, window: number): void {
  if (state.intervals.length < window) {
    state.intervals.push(interval);
    state.sum += interval;
    state.squares += interval * interval;
    return;
  }
  const old = state.intervals[state.next] ?? 0;
  state.intervals[state.next] = interval;
  state.sum += interval - old;
  state.squares += interval * interval - old * old;
  state.next = (state.next + 1) % window;
  // Once round, the sums are taken afresh, so that rounding never adds up.
  if (state.next === 0) resum(state);
}

function resum(state: PhiState): void {
  state.sum = 0;
  state.squares = 0;
  for (const interval of state.intervals) {
    state.sum += interval;
    state.squares += interval * interval;
  }
}

function deviationOf(state: PhiState, mean: number): number {
  return Math.sqrt(Math.max(0, state.squares / state.intervals.length - mean * mean));
}

/** The first instant, to a thousandth of a millisecond, at which a condition that never falls back is true. */
function firstAbove(fromMs: number, isAbove: (nowMs: number) => boolean): number {
  let high = 1;
  while (!isAbove(fromMs + high)) {
    high *= 2;
    if (high > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  }
  let low = 0;
  while (high - low > 0.001) {
    const middle = (low + high) / 2;
    if (isAbove(fromMs + middle)) high = middle;
    else low = middle;
  }
  return fromMs + high;
}
