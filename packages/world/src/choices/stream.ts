import { finish, hashString } from '@holdfast/plain';

const RESOLUTION = 0x1_0000_0000;

/**
 * One stream of choices: every random decision of one consumer (a host, a link, the faults), in order. A seed
 * only generates it; a recording can replace it. By convention 0 is the calmest answer everywhere (no loss, the
 * shortest delay, the first alternative), so that shrinking means moving answers towards 0.
 */
export class Stream {
  readonly name: string;
  /** Choices drawn so far; the position of the next one. */
  position = 0;
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;
  private calmFrom: number = Number.POSITIVE_INFINITY;
  private readonly sink: ((name: string, label: string, value: number, among: number) => void) | undefined;
  private script: readonly number[] | undefined;
  /** Nothing replaces or records the seed's answers: the short way. */
  private seedOnly: boolean;

  constructor(
    name: string,
    seed: number,
    sink?: (name: string, label: string, value: number, among: number) => void,
  ) {
    this.name = name;
    this.sink = sink;
    this.seedOnly = sink === undefined;
    // Three seed words from the run's seed and the stream's name: streams never shift one another.
    this.a = hashString(name, seed | 0);
    this.b = hashString(name, finish(seed ^ 0x9e3779b9));
    this.c = finish(this.a ^ Math.imul(seed | 0, 0x85ebca6b)) ^ Math.floor(seed / 0x1_0000_0000);
    for (let i = 0; i < 12; i++) this.bits();
  }

  /** Replaces the first draws by recorded ones, given as answers; after them the seed goes on. */
  replay(script: readonly number[]): void {
    this.script = script;
    this.seedOnly = false;
  }

  /** From this position on every answer is 0, the calmest. */
  calm(fromPosition = 0): void {
    this.calmFrom = fromPosition;
    this.seedOnly = false;
  }

  /** sfc32: 32 fresh bits, unsigned. */
  private bits(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** A whole number in [0, among); `among` from 1 to 2^32. */
  below(among: number, label: string): number {
    const fresh = Math.floor((this.bits() / RESOLUTION) * among);
    if (this.seedOnly) {
      this.position++;
      return fresh;
    }
    return this.settle(fresh, among, label);
  }

  /** True with the given probability (resolution 2^-32). Answer 0 is "no". Probability 0 draws nothing. */
  chance(probability: number, label: string): boolean {
    if (probability <= 0) return false;
    const threshold = RESOLUTION - probability * RESOLUTION;
    const fresh = this.bits();
    if (this.seedOnly) {
      this.position++;
      return fresh >= threshold;
    }
    return this.settle(fresh, RESOLUTION, label) >= threshold;
  }

  /** What the edits make of the seed's answer; it was drawn all the same, so that later answers stay what the seed says. */
  private settle(fresh: number, among: number, label: string): number {
    const position = this.position++;
    let value = fresh;
    const scripted = this.script?.[position];
    if (scripted !== undefined) value = scripted < among ? scripted : among - 1;
    if (position >= this.calmFrom) value = 0;
    this.sink?.(this.name, label, value, among);
    return value;
  }

  /** A fraction in [0, 1), resolution 2^-32. */
  fraction(label: string): number {
    return this.below(RESOLUTION, label) / RESOLUTION;
  }

  /** A whole number in [min, max], both included. */
  between(min: number, max: number, label: string): number {
    return max <= min ? min : min + this.below(max - min + 1, label);
  }

  /** One of the items; the first is the calmest. */
  pick<T>(items: readonly T[], label: string): T {
    const item = items[this.below(items.length, label)];
    if (item === undefined) throw new RangeError(`Cannot pick '${label}' from an empty list`);
    return item;
  }
}
