import { assertInRange, assertWhole } from '../models/optionError.ts';
import { DriftingTime } from './drift.ts';
import { assertLeapSecond, type LeapSecond, leapShiftUs, referenceLeapShiftUs } from './leap.ts';
import type { ClockCorrection } from './ntp.ts';

/** Wall clocks start here unless told otherwise: 2026-01-01T00:00:00Z, in microseconds since 1970. */
export const DEFAULT_EPOCH_US = 1_767_225_600_000_000;

/** The largest drift of an oscillator, parts per million. Real ones are below 200. */
export const MAX_DRIFT_PPM = 400_000;
/** The largest slew, parts per million; chrony's default limit is 83,333. */
export const MAX_SLEW_PPM = 100_000;
/** The largest offset to slew: 1,000 s. */
export const MAX_SLEW_US = 1_000_000_000;

/** How the clocks of a host start out and behave. All fields have calm defaults: exact clocks. */
export interface HostClockOptions {
  /** How far the wall clock is ahead of true wall time at the start; negative is behind. */
  readonly offsetUs?: number | undefined;
  /** How much too fast the oscillator is, parts per million, three decimals; negative is too slow. */
  readonly driftPpm?: number | undefined;
  /** True wall time when the world starts, microseconds since 1970 (UTC). */
  readonly epochUs?: number | undefined;
  /**
   * What the monotonic clock does while the host is suspended: `stops` like Linux's CLOCK_MONOTONIC (and Node's), so that
   * a lease can look valid on resume, or `continues` like CLOCK_BOOTTIME. Default `stops`.
   */
  readonly onSuspend?: 'stops' | 'continues' | undefined;
  readonly leap?: LeapSecond | undefined;
}

/**
 * The clocks of one host. Every reading is a pure function of true time and of the changes made so far, which are made in
 * the order of true time. Drift and slew move the wall and the monotonic clock; steps and leap seconds move only
 * the wall clock. After `setDrift`, `slewWall` or `correct`, timers that follow the monotonic clock are due at other times:
 * ask `trueUsAtMonotonic` again.
 */
export class HostClock {
  readonly onSuspend: 'stops' | 'continues';
  private readonly time: DriftingTime;
  private readonly epochUs: number;
  private readonly leap: LeapSecond | undefined;
  private offsetUs: number;
  /** The oscillator's present drift, parts per million. */
  driftPpm: number;
  /** Local time spent suspended, where it does not count. */
  private lostUs = 0;
  /** Local time at the start of the present suspension; -1 while awake. */
  private asleepAtUs = -1;

  constructor(options: HostClockOptions = {}) {
    const { offsetUs = 0, driftPpm = 0, epochUs = DEFAULT_EPOCH_US } = options;
    assertWhole('offsetUs', offsetUs, -1e15, 1e15);
    assertWhole('epochUs', epochUs, 0, 4e15);
    if (options.leap !== undefined) assertLeapSecond(options.leap);
    this.time = new DriftingTime(driftPpb(driftPpm));
    this.driftPpm = driftPpm;
    this.epochUs = epochUs;
    this.offsetUs = offsetUs;
    this.onSuspend = options.onSuspend ?? 'stops';
    this.leap = options.leap;
  }

  /** The wall clock: microseconds since 1970. May be wrong, jump, and go back. */
  wallUs(trueUs: number): number {
    const shift = this.leap === undefined ? 0 : leapShiftUs(this.leap, trueUs);
    return this.epochUs + this.time.at(trueUs) + this.offsetUs + shift;
  }

  /** The monotonic clock: microseconds since the start. Never goes back; for suspension see `onSuspend`. */
  monotonicUs(trueUs: number): number {
    if (this.onSuspend === 'continues') return this.time.at(trueUs);
    return (this.asleepAtUs >= 0 ? this.asleepAtUs : this.time.at(trueUs)) - this.lostUs;
  }

  /** A clock that counts suspended time whatever `onSuspend` says (CLOCK_BOOTTIME): what leases should use. */
  bootTimeUs(trueUs: number): number {
    return this.time.at(trueUs);
  }

  /** How far the wall clock is ahead of official time, leap second included; the skew gauge of the host. */
  skewUs(trueUs: number): number {
    const shift = this.leap === undefined ? 0 : referenceLeapShiftUs(this.leap, trueUs);
    return this.wallUs(trueUs) - (this.epochUs + trueUs + shift);
  }

  get isSuspended(): boolean {
    return this.asleepAtUs >= 0;
  }

  /**
   * The earliest true time, not before `nowUs`, at which the monotonic clock reads `deadlineUs` or more, if no further
   * change is made. While the host is suspended: as if it were resumed now.
   */
  trueUsAtMonotonic(deadlineUs: number, nowUs: number): number {
    const missing = deadlineUs - this.monotonicUs(nowUs);
    if (missing <= 0) return nowUs;
    return this.time.firstUsAt(this.time.at(nowUs) + missing, nowUs);
  }

  /** The earliest true time at which `durationUs` have passed on the monotonic clock from now on. */
  trueTimeForLocal(durationUs: number, nowUs: number): number {
    return this.trueUsAtMonotonic(this.monotonicUs(nowUs) + durationUs, nowUs);
  }

  /** Moves the wall clock at once; the monotonic clock does not notice. */
  stepWall(byUs: number): void {
    assertWhole('byUs', byUs, -1e15, 1e15);
    this.offsetUs += byUs;
  }

  /** From now on the oscillator is this much too fast. */
  setDrift(trueUs: number, ppm: number): void {
    this.time.setDrift(trueUs, driftPpb(ppm));
    this.driftPpm = ppm;
  }

  /** From now on gains (or loses) `byUs` at `ratePpm`, wall and monotonic clock alike; replaces a slew in progress. */
  slewWall(trueUs: number, byUs: number, ratePpm: number): void {
    assertWhole('byUs', byUs, -MAX_SLEW_US, MAX_SLEW_US);
    assertInRange('ratePpm', ratePpm, 1, MAX_SLEW_PPM);
    this.time.slew(trueUs, byUs, Math.round(ratePpm * 1000));
  }

  /** How much of a slew in progress is still to come, signed. */
  remainingSlewUs(trueUs: number): number {
    return this.time.remainingSlew(trueUs);
  }

  /** Carries out what time synchronisation decided; see `disciplineClock`. */
  correct(trueUs: number, correction: ClockCorrection): void {
    if (correction.kind === 'step') {
      this.time.endSlew(trueUs);
      this.stepWall(correction.byUs);
    } else if (correction.kind === 'slew') {
      this.slewWall(trueUs, correction.byUs, correction.ratePpm);
    }
  }

  /** The host falls asleep; nothing when it already is. */
  suspend(trueUs: number): void {
    if (this.asleepAtUs < 0) this.asleepAtUs = this.time.at(trueUs);
  }

  /** The host wakes up; nothing when it is awake. */
  resume(trueUs: number): void {
    if (this.asleepAtUs < 0) return;
    this.lostUs += this.time.at(trueUs) - this.asleepAtUs;
    this.asleepAtUs = -1;
  }
}

function driftPpb(ppm: number): number {
  assertInRange('driftPpm', ppm, -MAX_DRIFT_PPM, MAX_DRIFT_PPM);
  return Math.round(ppm * 1000);
}
