import type { StreamOptions } from './options.ts';

/** The measured round trip and the time after which silence means loss (RFC 6298; Karn: what was sent again measures nothing). */
export class RoundTrip {
  /** Smoothed round trip and its deviation, microseconds; undefined before the first sample. */
  smoothedUs: number | undefined;
  private deviationUs = 0;
  private baseUs: number;
  private factor = 1;
  private timedSeq: number | undefined;
  private timedAtUs = 0;
  private readonly options: StreamOptions;

  constructor(options: StreamOptions) {
    this.options = options;
    this.baseUs = options.initialRtoUs;
  }

  /** How long to wait for an acknowledgement now, repetitions counted. */
  get rtoUs(): number {
    return Math.min(this.options.maxRtoUs, Math.round(this.baseUs * this.factor));
  }

  /** A segment that ends at `seq` is sent for the first time. */
  timed(seq: number, nowUs: number): void {
    if (this.timedSeq !== undefined) return;
    this.timedSeq = seq;
    this.timedAtUs = nowUs;
  }

  /** What is being timed was sent again. */
  forget(): void {
    this.timedSeq = undefined;
  }

  acknowledged(ack: number, nowUs: number): void {
    this.factor = 1;
    if (this.timedSeq === undefined || ack < this.timedSeq) return;
    this.sample(nowUs - this.timedAtUs);
    this.timedSeq = undefined;
  }

  /** One measured round trip. */
  sample(us: number): void {
    if (this.smoothedUs === undefined) {
      this.smoothedUs = us;
      this.deviationUs = us / 2;
    } else {
      this.deviationUs = 0.75 * this.deviationUs + 0.25 * Math.abs(this.smoothedUs - us);
      this.smoothedUs = 0.875 * this.smoothedUs + 0.125 * us;
    }
    const wanted = this.smoothedUs + 4 * this.deviationUs;
    this.baseUs = Math.min(this.options.maxRtoUs, Math.max(this.options.minRtoUs, wanted));
  }

  backOff(): void {
    this.forget();
    this.factor *= this.options.backoff;
  }

  /** The path has changed: waiting begins anew. */
  restart(): void {
    this.factor = 1;
  }
}
