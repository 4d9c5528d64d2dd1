/** A small seeded generator (sfc32) for tests that need many thousands of histories. */
export class TestRandom {
  private a: number;
  private b = 0x9e3779b9;
  private c = 0x243f6a88;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    for (let i = 0; i < 12; i++) this.bits();
  }

  bits(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** A whole number in [0, among). */
  below(among: number): number {
    return Math.floor((this.bits() / 0x1_0000_0000) * among);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}
