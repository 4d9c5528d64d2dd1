import { RoundTrip, type StreamOptions } from '../transport/index.ts';
import type { StreamFrame } from './packetStream.ts';

/** Packets acknowledged after one that is not, before that one counts as lost (RFC 9002, section 6.1.1). */
const REORDER = 3;

interface Sent {
  readonly frames: readonly StreamFrame[];
  readonly bytes: number;
  readonly atUs: number;
}

/** Numbers of packets that have come, as stretches from low to high, both included. */
export type Stretches = readonly (readonly [number, number])[];

/** What is under way in numbered packets, what of it is lost, and how much may be under way (RFC 9002). Numbers are never used twice. */
export class PacketRecovery {
  readonly roundTrip: RoundTrip;
  congestionWindow: number;
  inFlight = 0;
  next = 0;
  /** Packets counted as lost, and the times when silence alone said so. */
  lost = 0;
  /** Packets known to have come. */
  arrived = 0;
  timeouts = 0;
  private threshold = Number.POSITIVE_INFINITY;
  /** A loss of a packet before this number belongs to a reduction that has been made. */
  private reducedAt = 0;
  private readonly sent = new Map<number, Sent>();
  private readonly packetBytes: number;

  constructor(options: StreamOptions, packetBytes: number) {
    this.roundTrip = new RoundTrip(options);
    this.packetBytes = packetBytes;
    this.congestionWindow = options.initialWindowSegments * packetBytes;
  }

  get room(): number {
    return this.congestionWindow - this.inFlight;
  }

  /** A packet that wants an acknowledgement leaves: its number. */
  sends(frames: readonly StreamFrame[], bytes: number, atUs: number): number {
    this.sent.set(this.next, { frames, bytes, atUs });
    this.inFlight += bytes;
    return this.next++;
  }

  /** Packets have come at the other side: what was in those that are lost by that. */
  acknowledged(stretches: Stretches, nowUs: number): StreamFrame[] {
    let largest = -1;
    for (const [from, to] of stretches)
      for (let number = from; number <= to; number++) {
        const packet = this.sent.get(number);
        if (packet === undefined) continue;
        this.sent.delete(number);
        this.inFlight -= packet.bytes;
        this.arrived++;
        if (number > largest) largest = number;
        if (number === to) this.roundTrip.sample(nowUs - packet.atUs);
        this.grow(packet.bytes);
      }
    if (largest < 0) return [];
    this.roundTrip.restart();
    const gone = [...this.sent.keys()].filter((number) => number <= largest - REORDER);
    if (gone.some((number) => number >= this.reducedAt)) this.reduce();
    return gone.flatMap((number) => this.lose(number));
  }

  /** Nothing was acknowledged for as long as `roundTrip.rtoUs`: what was in the oldest packet is sent again. */
  timedOut(): readonly StreamFrame[] {
    this.timeouts++;
    this.roundTrip.backOff();
    this.congestionWindow = 2 * this.packetBytes;
    const [oldest] = this.sent.keys();
    return oldest === undefined ? [] : this.lose(oldest);
  }

  private lose(number: number): readonly StreamFrame[] {
    const packet = this.sent.get(number);
    this.sent.delete(number);
    this.inFlight -= packet?.bytes ?? 0;
    this.lost++;
    return packet?.frames ?? [];
  }

  private grow(bytes: number): void {
    if (this.congestionWindow < this.threshold) this.congestionWindow += bytes;
    else this.congestionWindow += (this.packetBytes * bytes) / this.congestionWindow;
  }

  private reduce(): void {
    this.reducedAt = this.next;
    this.threshold = Math.max(2 * this.packetBytes, this.congestionWindow / 2);
    this.congestionWindow = this.threshold;
  }
}
