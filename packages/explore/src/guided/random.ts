/** A small generator of pseudo-random numbers (xorshift, Marsaglia 2003): the same numbers for the same seed. */
export class Random {
  private a: number;
  private b: number;

  constructor(seed: number) {
    this.a = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x6a09e667) | 1;
    this.b = Math.imul(seed ^ 0x3c6ef372, 0x85ebca77) | 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  /** A whole number from 0 to `among` - 1. */
  below(among: number): number {
    return (this.next() >>> 0) % among;
  }

  private next(): number {
    let t = this.a;
    this.a = this.b;
    t ^= t << 11;
    t ^= t >>> 8;
    t ^= this.b ^ (this.b >>> 19);
    this.b = t;
    return t;
  }
}
