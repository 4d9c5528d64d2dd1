/**
 * Quantile functions built from addition, multiplication, division and square root only. IEEE 754 fixes the result of
 * each of these to the last bit, which it does not do for `Math.log` and `Math.exp` (engines differ and change), so a
 * drawn delay is the same integer on every platform and in every version of an engine.
 */

const RESOLUTION = 0x1_0000_0000;
const LN2 = 0.6931471805599453;
const TWO_LN2_32 = 32 * LN2;

/** ln(m) for m in [1, 2): the series of 2 artanh((m-1)/(m+1)), good to 1e-10; never above the true value. */
function logMantissa(m: number): number {
  const s = (m - 1) / (m + 1);
  const q = s * s;
  let sum = 1 / 19;
  sum = sum * q + 1 / 17;
  sum = sum * q + 1 / 15;
  sum = sum * q + 1 / 13;
  sum = sum * q + 1 / 11;
  sum = sum * q + 1 / 9;
  sum = sum * q + 1 / 7;
  sum = sum * q + 1 / 5;
  sum = sum * q + 1 / 3;
  sum = sum * q + 1;
  return 2 * s * sum;
}

/** ln(n) for a whole n in [1, 2^32]. */
function logWhole(n: number): number {
  if (n >= RESOLUTION) return TWO_LN2_32;
  const exponent = 31 - Math.clz32(n);
  // Division by a power of two is exact.
  return exponent * LN2 + logMantissa(n / (POWERS[exponent + MIDDLE] as number));
}

// 2^-64 .. 2^64, exact, without relying on the precision of `**`.
const MIDDLE = 64;
const POWERS: readonly number[] = powersOfTwo();

function powersOfTwo(): number[] {
  const powers: number[] = new Array<number>(2 * MIDDLE + 1).fill(1);
  for (let i = 1; i <= MIDDLE; i++) {
    powers[MIDDLE + i] = (powers[MIDDLE + i - 1] as number) * 2;
    powers[MIDDLE - i] = (powers[MIDDLE - i + 1] as number) / 2;
  }
  return powers;
}

/**
 * The quantile of the exponential distribution with mean 1 at k / 2^32: 0 for k = 0, 22.18 for the largest. Never
 * decreasing in k.
 */
export function exponentialQuantile(k: number): number {
  return TWO_LN2_32 - logWhole(RESOLUTION - k);
}

/**
 * The quantile of the standard normal distribution at (k + 1/2) / 2^32, from -6.34 to 6.34, good to 5e-4.
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23.
 */
export function normalQuantile(k: number): number {
  const upper = k >= RESOLUTION / 2;
  const tail = upper ? RESOLUTION - 1 - k : k;
  // -ln(p) with p = (tail + 1/2) / 2^32 = (2 tail + 1) / 2^33.
  const t = Math.sqrt(2 * (33 * LN2 - logWhole(2 * tail + 1)));
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  const denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  const z = t - numerator / denominator;
  return upper ? z : -z;
}

/** e^x for x in [-40, 40], good to 1e-12 relative. */
export function exponential(x: number): number {
  const scaled = x / LN2;
  const whole = Math.floor(scaled);
  const y = (scaled - whole) * LN2;
  let sum = 1;
  for (let i = 16; i >= 1; i--) sum = 1 + (y * sum) / i;
  return sum * (POWERS[whole + MIDDLE] as number);
}
