import { assertWhole } from '../models/optionError.ts';
import type { HostClock } from './hostClock.ts';

/** How far the clocks of a system disagree at one instant. */
export interface SkewReading {
  /** True time of the reading. */
  readonly atUs: number;
  /** Each clock against official time, in the order given. */
  readonly skewsUs: readonly number[];
  /** The largest difference between two wall clocks. */
  readonly spreadUs: number;
  readonly alertUs: number;
  /** The spread is above the bound: order by wall clock is not to be trusted. */
  readonly alert: boolean;
}

/** Reads the skew gauge of all hosts; `alertUs` is the bound above which it alerts. */
export function readSkew(clocks: readonly HostClock[], trueUs: number, alertUs: number): SkewReading {
  assertWhole('alertUs', alertUs, 0, Number.MAX_SAFE_INTEGER);
  const skewsUs = clocks.map((clock) => clock.skewUs(trueUs));
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const skew of skewsUs) {
    low = Math.min(low, skew);
    high = Math.max(high, skew);
  }
  const spreadUs = skewsUs.length === 0 ? 0 : high - low;
  return { atUs: trueUs, skewsUs, spreadUs, alertUs, alert: spreadUs > alertUs };
}
