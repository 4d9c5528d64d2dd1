const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

/** Above this many deviations the tail is computed as a continued fraction; below it from the power series. */
const FAR = 3.5;

/**
 * The base-10 logarithm of the probability that a standard normal variable exceeds `z`; relative error of the
 * probability below 1e-9. Finite for every finite `z`: a tail of 1e-400 is -400, not -Infinity.
 */
export function log10NormalTail(z: number): number {
  if (z > FAR) return -(z * z) / 2 / Math.LN10 - Math.log10(SQRT_TWO_PI * continued(z));
  if (z < -FAR) return Math.log1p(-(10 ** log10NormalTail(-z))) / Math.LN10;
  return Math.log10(0.5 - (Math.exp((-z * z) / 2) / SQRT_TWO_PI) * series(z));
}

/** z + z^3/3 + z^5/15 + ...: the area between 0 and z over the density at z. */
function series(z: number): number {
  let term = z;
  let sum = z;
  for (let i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) {
    term *= (z * z) / i;
    sum += term;
  }
  return sum;
}

/** z + 1/(z + 2/(z + 3/(z + ...))): the density at z over the tail (Laplace). */
function continued(z: number): number {
  let value = z;
  for (let i = 30; i >= 1; i--) value = z + i / value;
  return value;
}
