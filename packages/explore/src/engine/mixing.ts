/*
 * The hash of a state is the sum, modulo 2^32 and in two independent halves, of one well-mixed word for each (place, value)
 * it holds. A sum commutes, so a step changes it by what it takes away and what it adds, and a bag needs no order.
 */

/** Places below this are slots of the vector; messages in flight are mixed at this place. */
export const BAG: number = 1 << 20;

/** The low half of the word that stands for `value` at `place`. */
export function mixLow(place: number, value: number): number {
  let x = Math.imul(place + 0x7f4a7c15, 0x9e3779b1) ^ Math.imul(value + 0x3c6ef372, 0x85ebca77);
  x ^= x >>> 15;
  x = Math.imul(x, 0x2c1b3c6d);
  x ^= x >>> 12;
  x = Math.imul(x, 0x297a2d39);
  return x ^ (x >>> 15);
}

/** The high half, mixed by other constants. */
export function mixHigh(place: number, value: number): number {
  let x = Math.imul(place + 0x165667b1, 0xc2b2ae3d) ^ Math.imul(value + 0x27d4eb2f, 0xcc9e2d51);
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ (x >>> 16);
}
