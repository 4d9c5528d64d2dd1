import { describe, expect, test } from 'vitest';
import {
  beginCommit,
  type CommitWait,
  compareHybrid,
  type HybridClock,
  hybridLimits,
  MalformedClockError,
  type MasterReading,
  masterUncertaintyUs,
  releaseCommits,
  startCommitWait,
  startHybrid,
  synchroniseTrueTime,
  tickHybrid,
  type TimeInterval,
  type TimeMaster,
  TimeMastersError,
  type TrueTime,
  trueTimeAfter,
  trueTimeBefore,
  trueTimeNow,
  uncertaintyUs,
} from '../../src/clocks/index.ts';
import { Draws } from './executions.ts';

const GPS: TimeMaster = { name: 'gps-1', kind: 'gps', baseUncertaintyUs: 500, driftPpm: 0 };
const ATOMIC: TimeMaster = { name: 'atomic-1', kind: 'atomic', baseUncertaintyUs: 100, driftPpm: 5 };
const MASTERS = [GPS, { ...GPS, name: 'gps-2' }, ATOMIC];

/** Honest answers at a true time, each within its master's uncertainty and read somewhere in the round trip. */
function honest(draws: Draws, trueUs: number, masters: readonly TimeMaster[] = MASTERS): MasterReading[] {
  return masters.map((master) => {
    const uncertainty = masterUncertaintyUs(master, 60_000_000);
    const roundTrip = draws.below(2_000);
    const readAt = trueUs - draws.below(roundTrip + 1);
    const error = draws.below(2 * uncertainty + 1) - uncertainty;
    return {
      master: master.name,
      timeUs: readAt + error,
      uncertaintyUs: uncertainty,
      roundTripUs: roundTrip,
    };
  });
}

describe('TrueTime', () => {
  test('S2.19 the interval always contains true time, and after and before are never both true', () => {
    for (let seed = 0; seed < 500; seed++) {
      const draws = new Draws(seed);
      const maxDriftPpm = 10 + draws.below(490);
      const rate = 1 + ((draws.below(2 * maxDriftPpm + 1) - maxDriftPpm) * 1e-6) / (1 + maxDriftPpm * 1e-6);
      const offset = draws.below(1_000_000);
      const local = (trueUs: number) => Math.round(trueUs * rate) + offset;
      let state: TrueTime | undefined;
      for (let trueUs = 1_000_000_000; trueUs < 1_060_000_000; trueUs += 1_000_000 + draws.below(1_000_000)) {
        if (!state || draws.below(10) === 0) {
          state = synchroniseTrueTime(local(trueUs), honest(draws, trueUs), maxDriftPpm);
        }
        const now = trueTimeNow(state, local(trueUs));
        // One microsecond for rounding the simulated local clock.
        expect(now.earliest - 1).toBeLessThanOrEqual(trueUs);
        expect(now.latest + 1).toBeGreaterThanOrEqual(trueUs);
        const t = trueUs + draws.below(20_000) - 10_000;
        expect(trueTimeAfter(now, t) && trueTimeBefore(now, t)).toBe(false);
      }
    }
  });

  test('S2.19 the interval loses true time when the clock drifts more than assumed', () => {
    const draws = new Draws(219);
    const state = synchroniseTrueTime(1_000_000_000, honest(draws, 1_000_000_000), 200);
    const hourUs = 3_600_000_000;
    const now = (ppm: number) => trueTimeNow(state, 1_000_000_000 + Math.round(hourUs * (1 + ppm * 1e-6)));
    const contains = (interval: TimeInterval) =>
      interval.earliest <= 1_000_000_000 + hourUs && interval.latest >= 1_000_000_000 + hourUs;
    expect([-199, 0, 199].every((ppm) => contains(now(ppm)))).toBe(true);
    expect([-210, 210].some((ppm) => contains(now(ppm)))).toBe(false);
  });

  test('S2.19 uncertainty is a sawtooth: it grows by the assumed drift and falls at each synchronisation (X8)', () => {
    const sawtooth = (maxDriftPpm: number) => {
      const points: number[] = [];
      let state: TrueTime | undefined;
      for (let ms = 0; ms <= 60_000; ms += 10_000) {
        const us = 1_000_000_000 + ms * 1_000;
        if (state) points.push(Math.round(uncertaintyUs(trueTimeNow(state, us)) / 100) / 10);
        if (ms % 30_000 === 0) {
          const reading = { master: 'gps-1', timeUs: us, uncertaintyUs: 1_000, roundTripUs: 0 };
          state = synchroniseTrueTime(us, [reading], maxDriftPpm);
          points.push(Math.round(uncertaintyUs(trueTimeNow(state, us)) / 100) / 10);
        }
      }
      return points.join(' ');
    };
    // In milliseconds every ten seconds, synchronising every thirty: Spanner's published 1 to 7 ms at 200 ppm.
    expect(sawtooth(200)).toBe('1 3 5 7 1 3 5 7 1');
    // Nothing is wired in: another drift gives another slope.
    expect(sawtooth(50)).toBe('1 1.5 2 2.5 1 1.5 2 2.5 1');
  });

  test('S2.19 a lying master is left out, and without a majority the synchronisation is refused', () => {
    const good = { master: 'gps-1', timeUs: 1_000_000, uncertaintyUs: 500, roundTripUs: 100 };
    const other = { ...good, master: 'gps-2', timeUs: 1_000_300 };
    const liar = { ...good, master: 'liar', timeUs: 9_000_000 };
    const state = synchroniseTrueTime(0, [good, liar, other], 200);
    expect(state.rejected).toEqual(['liar']);
    expect(state.interval.earliest).toBe(999_800);
    expect(() => synchroniseTrueTime(0, [good, liar], 200)).toThrow(TimeMastersError);
    expect(() => synchroniseTrueTime(0, [], 200)).toThrow(MalformedClockError);
    expect(() => synchroniseTrueTime(0, [{ ...good, timeUs: Number.NaN }], 200)).toThrow(
      /readings\[0\].timeUs/,
    );
    expect(() => trueTimeNow(state, -1)).toThrow(MalformedClockError);
  });

  test('S2.19 an atomic master grows its uncertainty between settings, a GPS master does not', () => {
    expect(masterUncertaintyUs(GPS, 3_600_000_000)).toBe(500);
    expect(masterUncertaintyUs(ATOMIC, 3_600_000_000)).toBe(100 + 18_000);
  });
});

interface Run {
  readonly epsilonUs: number;
  /** Real skew of the clocks, at most epsilon when the bound is kept. */
  readonly skewUs: number;
  readonly wait: boolean;
  readonly startRule: boolean;
}

/** Commits at several coordinators; gives the first pair that an outside observer sees against its timestamps. */
function externalConsistency(seed: number, run: Run) {
  const draws = new Draws(seed);
  const nodes = [0, 1, 2].map(() => ({
    skew: draws.below(2 * run.skewUs + 1) - run.skewUs,
    state: startCommitWait() as CommitWait,
  }));
  const now = (n: number, trueUs: number): TimeInterval => ({
    earliest: trueUs + nodes[n]!.skew - run.epsilonUs,
    latest: trueUs + nodes[n]!.skew + run.epsilonUs,
  });
  let trueUs = 1_000_000;
  let waited = 0;
  let previous: number | undefined;
  let violation: string | undefined;
  const COMMITS = 40;
  for (let i = 0; i < COMMITS; i++) {
    // A client with no message between coordinators starts the next commit after it saw the last one.
    trueUs += 1 + draws.below(200);
    const n = draws.below(3);
    const interval = now(n, trueUs);
    const state = nodes[n]!.state;
    let timestamp: number;
    if (run.startRule) timestamp = beginCommit(state, `${i}`, interval);
    else {
      // The twin takes the middle of the interval.
      timestamp = beginCommit(startCommitWait(), `${i}`, {
        earliest: interval.earliest,
        latest: (interval.earliest + interval.latest) / 2,
      });
      state.waiting.push({ id: `${i}`, timestamp });
    }
    const startedAt = trueUs;
    while (run.wait && releaseCommits(state, now(n, trueUs)).length === 0) trueUs += 50;
    if (!run.wait) state.waiting.pop();
    waited += trueUs - startedAt;
    if (previous !== undefined && timestamp <= previous)
      violation ??= `commit ${i} seen later, stamped earlier`;
    previous = timestamp;
  }
  return { violation, meanWaitUs: waited / COMMITS };
}

describe('commit wait', () => {
  const SEEDS = Array.from({ length: 200 }, (_, i) => i);
  const sound: Run = { epsilonUs: 4_000, skewUs: 4_000, wait: true, startRule: true };

  test('S2.20 external consistency holds for any skew inside the bound, waiting about twice epsilon (X8)', () => {
    let waits = 0;
    for (const seed of SEEDS) {
      const { violation, meanWaitUs } = externalConsistency(seed, { ...sound, skewUs: (seed * 20) % 4_001 });
      expect(violation).toBeUndefined();
      waits += meanWaitUs / SEEDS.length;
    }
    expect(waits / sound.epsilonUs).toBeGreaterThan(1.95);
    expect(waits / sound.epsilonUs).toBeLessThan(2.1);
  });

  test('S2.20 catalogue 107: it breaks without the wait, without the start rule, or past the bound', () => {
    const broken = (change: Partial<Run>) =>
      SEEDS.filter((seed) => externalConsistency(seed, { ...sound, ...change }).violation !== undefined)
        .length;
    expect(broken({ wait: false })).toBeGreaterThan(150);
    expect(broken({ skewUs: 12_000 })).toBeGreaterThan(50);
    expect(broken({ startRule: false, skewUs: 4_000 })).toBeGreaterThan(0);
    expect(broken({})).toBe(0);
  });

  test('X21 S2.20 a hybrid logical clock without messages is not externally consistent', () => {
    const limits = hybridLimits({ maxDriftMs: 500 });
    const ahead: HybridClock = tickHybrid(startHybrid('A'), 1_000 + 4, limits);
    // One millisecond of real time later, at a node that never heard of A and whose clock is behind.
    const behind = tickHybrid(startHybrid('B'), 1_001 - 4, limits);
    expect(compareHybrid(behind, ahead)).toBeLessThan(0);
  });

  test('timestamps rise at a coordinator, are released in order, and a second commit under one id is refused', () => {
    const state = startCommitWait(900);
    expect(beginCommit(state, 'a', { earliest: 90, latest: 110 })).toBe(901);
    expect(beginCommit(state, 'b', { earliest: 990, latest: 1_010 })).toBe(1_010);
    const copy = JSON.stringify(state);
    expect(() => beginCommit(state, 'a', { earliest: 2, latest: 3 })).toThrow(
      expect.objectContaining({ code: 'COMMIT_WAIT' }),
    );
    expect(() => beginCommit(state, 'c', { earliest: 3, latest: 2 })).toThrow(MalformedClockError);
    expect(() => releaseCommits(state, { earliest: 3 })).toThrow(MalformedClockError);
    expect(JSON.stringify(state)).toBe(copy);
    expect(releaseCommits(state, { earliest: 1_010, latest: 1_030 })).toEqual(['a']);
    expect(releaseCommits(state, { earliest: 1_011, latest: 1_031 })).toEqual(['b']);
    expect(state.waiting).toEqual([]);
  });
});
