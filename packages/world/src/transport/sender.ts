import type { StreamOptions } from './options.ts';
import { RoundTrip } from './roundTrip.ts';

/** What is to be sent next. */
export interface Outgoing {
  readonly seq: number;
  readonly data: string;
  readonly fin: boolean;
}

/** The smallest segment that probing goes down to (RFC 4821 calls it the base). */
export const LEAST_MSS = 512;
/** Repetitions of a large segment after which probing takes it for too large. */
const VANISHED = 2;
/** Acknowledgements of the same byte that mean a loss (RFC 5681, section 3.2). */
const DUPLICATE_ACKS = 3;

/**
 * The sending half of a stream: what is not acknowledged yet, how much of it may be under way (the lesser of the receiver's window and the
 * congestion window), and what is sent again. NewReno: RFC 5681 and 6582, without limited transmit.
 */
export class StreamSender {
  /** The first byte not acknowledged; the next to be sent; and the one after the last ever sent. */
  una: number;
  next: number;
  sent: number;
  /** Bytes from `una` to `end`, the place after the last one written. */
  private buffer = '';
  private end: number;
  private finishing = false;
  peerWindow: number;
  congestionWindow: number;
  slowStartThreshold: number;
  mss: number;
  readonly roundTrip: RoundTrip;
  /** Repetitions of the segment at `una` so far. */
  repeated = 0;
  private duplicates = 0;
  private recovering = false;
  private recover: number;
  private hole = false;
  private readonly options: StreamOptions;
  /** Segments sent again, by the timer and before it; and all bytes handed to the network. */
  timeouts = 0;
  fastRetransmits = 0;
  retransmittedBytes = 0;
  sentBytes = 0;

  constructor(first: number, mss: number, peerWindow: number, options: StreamOptions) {
    this.una = this.next = this.sent = this.recover = this.end = first;
    this.mss = mss;
    this.peerWindow = peerWindow;
    this.options = options;
    this.congestionWindow = options.initialWindowSegments * mss;
    this.slowStartThreshold = options.slowStart ? Number.POSITIVE_INFINITY : this.congestionWindow;
    this.roundTrip = new RoundTrip(options);
  }

  /** Bytes that `write` would take. */
  get room(): number {
    return this.finishing ? 0 : Math.max(0, this.options.sendBufferBytes - this.buffer.length);
  }

  /** Takes as many bytes as there is room for, and says how many. */
  write(data: string): number {
    const taken = data.slice(0, this.room);
    this.buffer += taken;
    this.end += taken.length;
    return taken.length;
  }

  /** Nothing more will be written. */
  finish(): void {
    this.finishing = true;
  }

  /** Bytes, and perhaps the end, that have been sent and not acknowledged. */
  get inFlight(): number {
    return this.sent - this.una;
  }

  /** Everything written, and the end, has been acknowledged. */
  get isDone(): boolean {
    return this.finishing && this.una === this.end + 1;
  }

  /** Whether there are bytes that only the receiver's window keeps back. */
  get isBlockedByWindow(): boolean {
    return this.peerWindow === 0 && this.next === this.una && (this.next < this.end || this.unsentEnd);
  }

  private get unsentEnd(): boolean {
    return this.finishing && this.next === this.end;
  }

  /** What may be sent now; undefined when nothing may. To be asked until it says so. */
  take(nowUs: number): Outgoing | undefined {
    if (this.hole) {
      this.hole = false;
      return this.repeat();
    }
    const { defect } = this.options;
    const window = defect === 'ignores-window' ? Number.POSITIVE_INFINITY : this.peerWindow;
    const limit = this.una + Math.min(window, this.allowed);
    const left = this.end - this.next;
    const length = Math.min(this.mss, left, Math.floor(limit - this.next));
    // A small segment is worth sending when it is all there is, or nothing is under way.
    if (length > 0 && (length === this.mss || length === left || this.inFlight === 0))
      return this.emit(length, nowUs);
    if (this.unsentEnd && limit - this.next >= 1) return this.emit(0, nowUs);
    return undefined;
  }

  private get allowed(): number {
    return this.options.congestion === 'none' ? Number.POSITIVE_INFINITY : this.congestionWindow;
  }

  private emit(length: number, nowUs: number): Outgoing {
    const { next: seq } = this;
    const data = this.buffer.slice(seq - this.una, seq - this.una + length);
    const fin = this.finishing && seq + length === this.end;
    this.next = seq + length + (fin ? 1 : 0);
    if (seq < this.sent) this.retransmittedBytes += Math.min(this.sent, seq + length) - seq;
    else this.roundTrip.timed(this.next, nowUs);
    this.sent = Math.max(this.sent, this.next);
    this.sentBytes += length;
    return { seq, data, fin };
  }

  /** The segment at `una` once more. */
  private repeat(): Outgoing {
    const data = this.buffer.slice(0, Math.min(this.mss, this.sent - this.una));
    const fin = this.finishing && this.una + data.length === this.end && this.sent > this.end;
    this.retransmittedBytes += data.length;
    this.sentBytes += data.length;
    this.roundTrip.forget();
    return { seq: this.una, data, fin };
  }

  /** The other side has everything before `ack`, and room for `window` bytes after it; `pure`: the segment carried nothing else. */
  acknowledged(ack: number, window: number, pure: boolean, nowUs: number): void {
    if (ack > this.sent || ack < this.una) return;
    const opened = window !== this.peerWindow;
    this.peerWindow = window;
    if (ack > this.una) this.advance(ack, nowUs);
    else if (pure && !opened && this.inFlight > 0) this.duplicate();
  }

  private advance(ack: number, nowUs: number): void {
    const newly = ack - this.una;
    this.buffer = this.buffer.slice(newly);
    this.una = ack;
    this.next = Math.max(this.next, ack);
    this.repeated = 0;
    this.duplicates = 0;
    this.roundTrip.acknowledged(ack, nowUs);
    if (!this.recovering) this.grow(newly);
    else if (ack >= this.recover) {
      this.recovering = false;
      this.congestionWindow = this.slowStartThreshold;
    } else {
      // A partial acknowledgement: the next hole is at `una`.
      this.congestionWindow = Math.max(this.mss, this.congestionWindow - newly + this.mss);
      this.hole = this.options.defect !== 'never-resends';
      this.fastRetransmits++;
    }
  }

  private grow(newly: number): void {
    if (this.congestionWindow < this.slowStartThreshold) this.congestionWindow += Math.min(newly, this.mss);
    else this.congestionWindow += (this.mss * this.mss) / this.congestionWindow;
  }

  private duplicate(): void {
    this.duplicates++;
    if (this.recovering) this.congestionWindow += this.mss;
    if (this.duplicates !== DUPLICATE_ACKS || this.recovering || this.una < this.recover) return;
    this.slowStartThreshold = Math.max(this.inFlight / 2, 2 * this.mss);
    this.congestionWindow = this.slowStartThreshold + DUPLICATE_ACKS * this.mss;
    this.recovering = true;
    this.recover = this.sent;
    if (this.options.defect === 'never-resends') return;
    this.hole = true;
    this.fastRetransmits++;
  }

  /** Nothing was acknowledged for as long as `roundTrip.rtoUs`: everything from `una` on is sent again, slowly. */
  timedOut(): void {
    if (this.repeated === 0) this.slowStartThreshold = Math.max(this.inFlight / 2, 2 * this.mss);
    this.repeated++;
    this.congestionWindow = this.mss;
    this.recovering = false;
    this.duplicates = 0;
    this.recover = this.sent;
    this.timeouts++;
    this.roundTrip.backOff();
    if (this.options.pathMtu === 'probing' && this.repeated === VANISHED && this.mss > LEAST_MSS) {
      this.shrink(Math.max(LEAST_MSS, Math.floor(this.mss / 2)));
      this.repeated = 0;
      this.roundTrip.restart();
    }
    if (this.options.defect !== 'never-resends') this.next = this.una;
  }

  /** Segments carry at most so much from now on; what is under way is sent again in smaller ones. */
  shrink(mss: number): void {
    if (mss >= this.mss) return;
    this.mss = mss;
    this.next = this.una;
    this.roundTrip.forget();
  }

  /** One byte beyond a window of zero, to hear whether it has opened. */
  probe(): Outgoing {
    const data = this.buffer.slice(0, 1);
    this.sent = Math.max(this.sent, this.una + 1);
    return { seq: this.una, data, fin: data === '' };
  }
}
