import { finish, mix } from '@holdfast/plain';

/**
 * A rolling 64-bit digest of everything that happened: two independent 32-bit hashes fed with the same words.
 * Equal digests mean equal runs, up to a chance of 2^-64; the order of events counts.
 */
export class Digest {
  private high = 0x2545f491;
  private low = 0x6c62272e;
  /** Words folded so far. */
  count = 0;

  fold(word: number): void {
    this.high = mix(this.high, word);
    this.low = mix(this.low, Math.imul(word, 0x9e3779b1) ^ this.count);
    this.count++;
  }

  /** Folds one event: its time, what and where it was, and a hash of what it carried. */
  event(timeUs: number, what: number, content: number): void {
    // Microseconds exceed 32 bits after 71 minutes: the upper half counts too. One multiplication and rotation a lane.
    const upper = timeUs < 0x1_0000_0000 ? 0 : Math.imul(timeUs / 0x1_0000_0000, 0xc2b2ae35);
    const word = (timeUs | 0) ^ Math.imul(what, 0x85ebca6b) ^ upper;
    const high = Math.imul(this.high ^ word, 0xcc9e2d51);
    this.high = (((high << 15) | (high >>> 17)) + content) | 0;
    const low = Math.imul(this.low ^ content, 0x1b873593);
    this.low = (((low << 13) | (low >>> 19)) + word) | 0;
    this.count++;
  }

  /** Sixteen hexadecimal digits. */
  text(): string {
    const high = finish(this.high ^ this.count) >>> 0;
    const low = finish(this.low) >>> 0;
    return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
  }
}
