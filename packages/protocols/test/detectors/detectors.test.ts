import { describe, expect, test } from 'vitest';
import {
  adaptiveTimeout,
  DetectorOptionsError,
  DetectorTimeError,
  type FailureDetector,
  fixedTimeout,
  leaseDetector,
  leaseHolderMayAct,
  log10NormalTail,
  measureDetector,
  phiAccrual,
  phiOf,
  type PhiModel,
  type PhiOptions,
  type PhiState,
} from '../../src/detectors/index.ts';
import { Draws } from '../clocks/executions.ts';

const MODELS: readonly PhiModel[] = ['normal', 'logistic', 'exponential'];

const PHI: PhiOptions = { model: 'normal', threshold: 8, firstIntervalMs: 1_000 };

/** A detector that has seen this many heartbeats, one every `periodMs`, the last at `count * periodMs`. */
function fed<S>(detector: FailureDetector<S>, count: number, periodMs = 1_000): S {
  const state = detector.start(0);
  for (let i = 1; i <= count; i++) detector.heartbeat(state, i * periodMs);
  return state;
}

describe('phi accrual', () => {
  test('S2.9 phi 1, 2, 3, 8 are a mistaken suspicion in 0.1, 0.01, 0.001, 1e-8 of cases, not of life (X1)', () => {
    for (const model of ['normal', 'exponential'] as const) {
      for (const phi of [1, 2, 3, 8]) {
        const deadline = phiAccrual({ ...PHI, model, threshold: phi, minDeviationMs: 100 });
        const silence = deadline.deadlineMs(fed(deadline, 1_200)) - 1_200_000;
        const later =
          model === 'normal' ? 10 ** log10NormalTail((silence - 1_000) / 100) : Math.exp(-silence / 1_000);
        expect(later / 10 ** -phi).toBeCloseTo(1, 3);
      }
    }
    // Measured: of exponential intervals one in ten is longer than the silence at which phi reaches 1.
    const silence = 1_000 * Math.LN10;
    const draws = new Draws(29);
    const longer = Array.from({ length: 50_000 }, () => -1_000 * Math.log(1 - draws.below(1e9) / 1e9)).filter(
      (interval) => interval > silence,
    );
    expect(longer.length / 50_000).toBeCloseTo(0.1, 2);
  });

  test('S2.9 for a mean of 1 s phi reaches 8 at 1.561 s (normal, 100 ms) and at 18.42 s (exponential)', () => {
    const at = (model: PhiModel) => {
      const detector = phiAccrual({ ...PHI, model, minDeviationMs: 100 });
      return (detector.deadlineMs(fed(detector, 1_200)) - 1_200_000) / 1_000;
    };
    expect(at('normal')).toBeCloseTo(1.561, 3);
    expect(at('exponential')).toBeCloseTo(18.42, 2);
    expect(at('logistic')).toBeCloseTo(1.523, 3);
  });

  test('S2.9 phi never falls between heartbeats, in every model, and the deadline is where suspicion begins', () => {
    for (const model of MODELS) {
      const detector = phiAccrual({ ...PHI, model });
      const state = fed(detector, 30);
      let last = 0;
      for (let ms = 0; ms < 60_000; ms += 37) {
        const phi = detector.suspicion(state, 30_000 + ms);
        expect(phi).toBeGreaterThanOrEqual(last);
        last = phi;
      }
      expect(Number.isFinite(detector.suspicion(state, 1e9))).toBe(true);
      const deadline = detector.deadlineMs(state);
      expect(detector.suspects(state, deadline)).toBe(true);
      expect(detector.suspects(state, deadline - 0.01)).toBe(false);
    }
  });

  test('the normal tail agrees with published values and stays finite far out', () => {
    expect(10 ** log10NormalTail(0)).toBeCloseTo(0.5, 15);
    expect(10 ** log10NormalTail(1)).toBeCloseTo(0.15865525393145707, 12);
    expect(10 ** log10NormalTail(3) / 1.3498980316300933e-3).toBeCloseTo(1, 10);
    expect(10 ** log10NormalTail(6) / 9.865876450376981e-10).toBeCloseTo(1, 9);
    expect(log10NormalTail(40)).toBeCloseTo(-349.437, 3);
    expect(10 ** log10NormalTail(-3)).toBeCloseTo(0.9986501019683699, 12);
    // The logistic stand-in is close where it matters.
    for (const z of [0.5, 1, 2, 3]) {
      expect(Math.abs(phiOf('logistic', z, 0, 1) - phiOf('normal', z, 0, 1))).toBeLessThan(0.05);
    }
  });

  test('S2.9 the window is bounded, and old intervals leave it exactly', () => {
    const detector = phiAccrual({ ...PHI, windowSize: 50 });
    const state = detector.start(0);
    const draws = new Draws(50);
    const intervals: number[] = [];
    let now = 0;
    for (let i = 0; i < 1_234; i++) {
      const interval = 900 + draws.below(200);
      intervals.push(interval);
      now += interval;
      detector.heartbeat(state, now);
    }
    expect(state.intervals).toHaveLength(50);
    const kept = intervals.slice(-50);
    const ascending = (list: readonly number[]) => list.slice().sort((a, b) => a - b);
    expect(ascending(state.intervals)).toEqual(ascending(kept));
    expect(state.sum).toBeCloseTo(
      kept.reduce((a, b) => a + b, 0),
      6,
    );
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  test('S2.9 before any heartbeat the bootstrap interval judges, so a silent peer is suspected', () => {
    const detector = phiAccrual({ ...PHI, firstIntervalMs: 2_000 });
    const state = detector.start(500);
    expect(detector.suspects(state, 2_500)).toBe(false);
    expect(detector.deadlineMs(state)).toBeLessThan(500 + 2 * 2_000 + 1_000);
  });

  test('catalogue 105: with near-zero variance 1 ms convicts; the least deviation and the pause forgive', () => {
    const suspectsAt = (options: Partial<PhiOptions>, silence: number) => {
      const detector = phiAccrual({ ...PHI, ...options });
      return detector.suspects(fed(detector, 3_000), 3_000_000 + silence);
    };
    // 3,000 identical intervals leave only the window's own deviation: none.
    expect(suspectsAt({ minDeviationMs: 0.001 }, 1_001)).toBe(true);
    expect(suspectsAt({ minDeviationMs: 100 }, 1_001)).toBe(false);
    expect(suspectsAt({ minDeviationMs: 100 }, 3_500)).toBe(true);
    expect(suspectsAt({ minDeviationMs: 100, acceptablePauseMs: 3_000 }, 3_500)).toBe(false);
  });

  test('catalogue 105: the interval after a suspicion is not recorded; recording it hides the next crash', () => {
    const detector = phiAccrual({ ...PHI, windowSize: 20 });
    const outage = (heartbeat: (state: PhiState, nowMs: number) => void) => {
      const state = fed(detector, 30);
      heartbeat(state, 30_000 + 600_000);
      return detector.deadlineMs(state) - 630_000;
    };
    const kept = outage((state, nowMs) => detector.heartbeat(state, nowMs));
    // The twin takes the outage for an interval like any other.
    const taught = outage((state, nowMs) => {
      const interval = nowMs - state.lastMs;
      const old = state.intervals[state.next] ?? 0;
      state.intervals[state.next] = interval;
      state.sum += interval - old;
      state.squares += interval * interval - old * old;
      state.lastMs = nowMs;
    });
    expect(kept).toBeLessThan(2_000);
    expect(taught).toBeGreaterThan(600_000);
  });
});

describe('timeouts and leases', () => {
  test('S2.8 a heartbeat each second and a timeout of 5 s detect a crash in (4, 5] s plus the delay', () => {
    const detector = fixedTimeout({ timeoutMs: 5_000 });
    const delays = [0, 35];
    for (const delay of delays) {
      for (let crashedAtMs = 20_000; crashedAtMs < 21_000; crashedAtMs += 50) {
        const arrivals = Array.from({ length: 60 }, (_, i) => i * 1_000)
          .filter((at) => at <= crashedAtMs)
          .map((at) => at + delay);
        const truth = { fromMs: 0, untilMs: 60_000, crashedAtMs };
        const { detectionMs } = measureDetector(detector, arrivals, truth);
        expect(detectionMs).toBeGreaterThan(4_000 + delay);
        expect(detectionMs).toBeLessThanOrEqual(5_000 + delay);
      }
    }
  });

  test('an adaptive timeout follows the intervals, within its bounds', () => {
    const detector = adaptiveTimeout({ firstIntervalMs: 1_000, minTimeoutMs: 1_200, maxTimeoutMs: 10_000 });
    const timeout = (periodMs: number) => {
      const state = fed(detector, 200, periodMs);
      return detector.deadlineMs(state) - 200 * periodMs;
    };
    expect(timeout(1_000)).toBeCloseTo(1_200, 0);
    expect(timeout(3_000)).toBeCloseTo(3_000, 0);
    expect(timeout(60_000)).toBeCloseTo(10_000, 0);
  });

  test('S2.10 a lease ends at the grantor only after it ended at the holder, for all clocks within the drift', () => {
    const leaseMs = 10_000;
    const detector = leaseDetector({ leaseMs, maxDriftPpm: 50_000 });
    let overlaps = 0;
    const overlap = (holderRate: number, grantorRate: number) => {
      const state = detector.start(0);
      for (let trueMs = 0; trueMs < 15_000; trueMs += 1) {
        const mayAct = leaseHolderMayAct(leaseMs, 0, trueMs * holderRate);
        if (mayAct && detector.suspects(state, trueMs * grantorRate)) return true;
      }
      return false;
    };
    for (const holder of [0.95, 1, 1.05]) {
      for (const grantor of [0.95, 1, 1.05]) if (overlap(holder, grantor)) overlaps++;
    }
    expect(overlaps).toBe(0);
    expect(overlap(0.9, 1.05)).toBe(true);
    // Without the margin two clocks inside the bound are enough.
    const naive = fixedTimeout({ timeoutMs: leaseMs });
    const state = naive.start(0);
    expect(leaseHolderMayAct(leaseMs, 0, 10_100 * 0.95) && naive.suspects(state, 10_100)).toBe(true);
    expect(leaseHolderMayAct(leaseMs, 100, 99)).toBe(false);
  });

  test('time that goes back and options that cannot be are refused, and the state stays', () => {
    const detectors = [
      fixedTimeout({ timeoutMs: 1_000 }),
      leaseDetector({ leaseMs: 1_000, maxDriftPpm: 100 }),
      adaptiveTimeout({ firstIntervalMs: 1_000, minTimeoutMs: 1, maxTimeoutMs: 9_000 }),
      phiAccrual(PHI),
    ] as readonly FailureDetector<unknown>[];
    for (const detector of detectors) {
      const state = detector.start(1_000);
      const before = JSON.stringify(state);
      expect(() => detector.heartbeat(state, 999)).toThrow(DetectorTimeError);
      expect(() => detector.heartbeat(state, Number.NaN)).toThrow(
        expect.objectContaining({ code: 'DETECTOR_TIME', lastMs: 1_000 }),
      );
      expect(JSON.stringify(state)).toBe(before);
      expect(detector.suspicion(state, 1_000)).toBeLessThan(0.5);
    }
    expect(() => fixedTimeout({ timeoutMs: 0 })).toThrow(DetectorOptionsError);
    expect(() => phiAccrual({ ...PHI, windowSize: 2.5 })).toThrow(/windowSize/);
    expect(() => phiAccrual({ ...PHI, threshold: Number.NaN })).toThrow(/threshold/);
    expect(() => leaseDetector({ leaseMs: 1, maxDriftPpm: 1e6 })).toThrow(/maxDriftPpm/);
    expect(() => adaptiveTimeout({ firstIntervalMs: 1, minTimeoutMs: 5, maxTimeoutMs: 4 })).toThrow(
      /maxTimeoutMs/,
    );
  });
});
