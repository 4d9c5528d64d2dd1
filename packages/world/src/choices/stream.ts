import { finish, hashString } from '@holdfast/plain';
import { Moment } from './moment.ts';

const RESOLUTION = 0x1_0000_0000;

/**
 * One stream of choices: every random decision of one consumer (a host, a link, the faults), in order. A seed
 * only generates it; a recording can replace it. By convention 0 is the calmest answer everywhere (no loss, the
 * shortest delay, the first alternative), so that shrinking means moving answers towards 0.
 *
 * An answer depends on the seed, the stream's name, the instant, and how many answers the stream gave at that instant; on nothing that
 * happened before. So a run from which something is taken away goes on with the same luck wherever it is not touched by it.
 */
export class Stream {
  readonly name: string;
  /** Choices drawn so far; the position of the next one. */
  position = 0;
  private readonly a: number;
  private readonly b: number;
  private readonly moment: Moment;
  /** The instant of the last answer, and how many answers it has had. */
  private lastUs = -1;
  private count = 0;
  /** The instant's own word. */
  private base = 0;
  private calmFrom: number = Number.POSITIVE_INFINITY;
  private readonly sink: ((name: string, label: string, value: number, among: number) => void) | undefined;
  private script: readonly number[] | undefined;
  /** Nothing replaces or records the seed's answers: the short way, by which alone `word` and `part` may be asked. */
  seedOnly: boolean;

  constructor(
    name: string,
    seed: number,
    sink?: (name: string, label: string, value: number, among: number) => void,
    moment: Moment = new Moment(),
  ) {
    this.name = name;
    this.sink = sink;
    this.moment = moment;
    this.seedOnly = sink === undefined;
    // Two words from the run's seed and the stream's name: streams never shift one another.
    const high = Math.floor(seed / RESOLUTION);
    this.a = hashString(name, finish((seed | 0) ^ Math.imul(high, 0xc2b2ae35)));
    this.b = hashString(name, finish((seed ^ 0x9e3779b9) + Math.imul(high, 0x27d4eb2f)));
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

  /** 32 fresh bits, unsigned: a counter of answers at an instant, spread twice (the murmur3 finaliser). */
  private bits(): number {
    const { us } = this.moment;
    if (us !== this.lastUs) this.turn(us);
    const count = (this.count + 0x9e3779b9) | 0;
    this.count = count;
    return finish((this.base + count) ^ this.b) >>> 0;
  }

  /** A new instant has come. */
  private turn(us: number): void {
    this.lastUs = us;
    this.count = 0;
    const upper = us < RESOLUTION ? 0 : Math.imul(us / RESOLUTION, 0xc2b2ae35);
    this.base = finish((us ^ this.a) + upper);
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

  /** `below(2^32)` of a stream that is `seedOnly`. */
  word(): number {
    this.position++;
    return this.bits();
  }

  /** `below(among)` of a stream that is `seedOnly`. */
  part(among: number): number {
    this.position++;
    return Math.floor((this.bits() / RESOLUTION) * among);
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
