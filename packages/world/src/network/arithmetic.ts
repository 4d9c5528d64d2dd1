import { assertInRange, assertWhole, BadOptionError } from '../models/optionError.ts';
import type { NetworkPreset } from './latencyPresets.ts';

const MOST_BYTES = 2 ** 53 - 1;
const BITS = 8;
const GIGABYTE = 1e9;

/** What one gigabyte (10^9 bytes) costs, up to so many bytes in all; the last price has no end. */
export interface PriceTier {
  readonly upToBytes?: number;
  readonly perGigabyte: number;
}

/**
 * Seconds that bytes take over a link that nothing else uses and that loses nothing: the least there is, whatever the latency.
 * Throws `BadOptionError`.
 */
export function transferSeconds({
  bytes,
  bitsPerSecond,
}: {
  readonly bytes: number;
  readonly bitsPerSecond: number;
}): number {
  assertWhole('bytes', bytes, 0, MOST_BYTES);
  assertInRange('bitsPerSecond', bitsPerSecond, 1, 1e18);
  return (bytes / bitsPerSecond) * BITS;
}

/**
 * What it costs to move bytes out at given prices, in their currency. Prices are what a contract says at a date: they are inputs here, and
 * nobody's facts. Tiers are in order; each is paid for what lies between the one before it and its own end. Throws `BadOptionError`.
 */
export function egressCost(bytes: number, prices: readonly PriceTier[]): number {
  assertWhole('bytes', bytes, 0, MOST_BYTES);
  let paid = 0;
  let cost = 0;
  prices.forEach(({ upToBytes = Infinity, perGigabyte }, i) => {
    assertInRange(`prices[${i}].perGigabyte`, perGigabyte, 0, 1e9);
    if (!(upToBytes > paid || upToBytes >= bytes))
      throw new BadOptionError(`prices[${i}].upToBytes`, upToBytes, 'more bytes than the tier before it');
    const until = Math.min(bytes, upToBytes);
    if (until <= paid) return;
    cost += ((until - paid) / GIGABYTE) * perGigabyte;
    paid = until;
  });
  if (paid < bytes)
    throw new BadOptionError('prices', paid, 'prices for all of the bytes: the last one without an end');
  return cost;
}

/** What calls one after another add by the network alone, in milliseconds: as many round trips, from a preset's shortest to its longest. */
export function sequentialCallsMs(
  calls: number,
  { roundTripUs: { min, max } }: NetworkPreset,
): { readonly min: number; readonly max: number; readonly middle: number } {
  assertWhole('calls', calls, 0, 1e9);
  return { min: (calls * min) / 1_000, max: (calls * max) / 1_000, middle: (calls * (min + max)) / 2_000 };
}
