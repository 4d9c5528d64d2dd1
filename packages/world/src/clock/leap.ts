import { assertWhole } from '../models/optionError.ts';

/**
 * A leap second at one instant, and how a wall clock shows it:
 * - `repeat`: a second is inserted and the clock steps back, showing the last second of the day twice (POSIX, Linux).
 * - `smear`: the inserted second is spread evenly over a window around the instant; the clock never steps.
 * - `skip`: a second is taken out and the clock steps forward over it (a negative leap second).
 */
export interface LeapSecond {
  /** True time of the instant: 23:59:60 begins (`repeat`, `smear`), or 23:59:59 would begin (`skip`). */
  readonly atUs: number;
  readonly mode: 'repeat' | 'smear' | 'skip';
  /** Length of a smear, centred on the instant. Default 86,400: noon to noon, as Google's public NTP does. */
  readonly smearWindowSeconds?: number | undefined;
}

const SECOND_US = 1_000_000;
const DAY_SECONDS = 86_400;

/** Throws `BadOptionError` naming the field out of range. */
export function assertLeapSecond(leap: LeapSecond): void {
  assertWhole('leap.atUs', leap.atUs, 0, Number.MAX_SAFE_INTEGER);
  assertWhole('leap.smearWindowSeconds', leap.smearWindowSeconds ?? DAY_SECONDS, 2, 10 * DAY_SECONDS);
}

/** What the leap second adds to this wall clock at a true time; whole microseconds. */
export function leapShiftUs(leap: LeapSecond, trueUs: number): number {
  if (leap.mode !== 'smear') return referenceLeapShiftUs(leap, trueUs);
  const seconds = leap.smearWindowSeconds ?? DAY_SECONDS;
  const sinceUs = trueUs - (leap.atUs - (seconds * SECOND_US) / 2);
  // One microsecond is lost every `seconds` microseconds: exact, whatever the window. 0 is added to avoid minus zero.
  return 0 - Math.min(SECOND_US, Math.max(0, Math.floor(sinceUs / seconds)));
}

/** What it adds to official time: a step at the instant. */
export function referenceLeapShiftUs(leap: LeapSecond, trueUs: number): number {
  if (trueUs < leap.atUs) return 0;
  return leap.mode === 'skip' ? SECOND_US : -SECOND_US;
}
