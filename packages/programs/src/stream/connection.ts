import { SEGMENT_BYTES, type Segment } from './segment.ts';

/** First wait for an acknowledgement; doubles each time up to the longest. Linux starts at 200 ms too. */
const FIRST_TIMEOUT_US = 200_000;
const LONGEST_TIMEOUT_US = 1_600_000;
/** Timeouts in a row after which the other end counts as gone: about nine seconds here, minutes on a real machine. */
export const MAX_TIMEOUTS = 8;
/** Segments on their way at once. */
const WINDOW = 32;
/** Bytes not yet acknowledged above which a writer waits. */
const HIGH_WATER_BYTES = 65_536;

/** What a connection does to the world around it. */
export interface ConnectionPort {
  send(segment: Segment): void;
  /** Replaces the timer set before; undefined only stops it. */
  setTimer(delayUs: number | undefined): void;
  /** The other end has answered: the connection stands. */
  connected(): void;
  /** In order, each byte once. False when there is no room for more until `roomAgain`. */
  received(text: string): boolean;
  /** The other end has nothing more to say. */
  ended(): void;
  /** Over at once: `ECONNREFUSED`, `ECONNRESET` or `ETIMEDOUT`. */
  failed(code: string): void;
  /** Both ends have said all and heard all. */
  closed(): void;
}

type Outgoing = Pick<Segment, 'kind' | 'sequence' | 'text'>;

/**
 * One end of a stream over packets that may be lost, doubled and reordered: go-back retransmission on a timer, cumulative
 * acknowledgement, a window, and a reset where nobody knows the connection. No congestion control, no round-trip estimate.
 */
export class Connection {
  private readonly port: ConnectionPort;
  private readonly address: Pick<Segment, 'source' | 'target' | 'connection'>;
  /** Segments not acknowledged yet, in order; the first `flying` of them have been sent. */
  private readonly outgoing: Outgoing[] = [];
  private flying = 0;
  private nextSequence = 0;
  private unacknowledgedBytes = 0;
  private waitingWriter: (() => void) | undefined;
  private expected: number;
  private readonly early = new Map<number, Segment>();
  private room = true;
  private otherHasRoom = true;
  private timeouts = 0;
  private standing: boolean;
  private endSent = false;
  private endReceived = false;
  private over = false;

  /** `opens` is the end that asks for the connection; the other one is made when that request arrives. */
  constructor(
    port: ConnectionPort,
    address: Pick<Segment, 'source' | 'target' | 'connection'>,
    opens: boolean,
  ) {
    this.port = port;
    this.address = address;
    this.standing = !opens;
    this.expected = 1;
    this.nextSequence = opens ? 0 : 1;
    if (opens) this.enqueue('open', '');
  }

  /** Sends bytes; `done` is called once there is room for more. */
  write(text: string, done: () => void): void {
    for (let at = 0; at < text.length; at += SEGMENT_BYTES) {
      this.enqueue('data', text.slice(at, at + SEGMENT_BYTES));
    }
    this.unacknowledgedBytes += text.length;
    if (this.unacknowledgedBytes <= HIGH_WATER_BYTES) done();
    else this.waitingWriter = done;
  }

  /** Nothing more will be written. */
  end(): void {
    if (this.endSent) return;
    this.endSent = true;
    this.enqueue('end', '');
  }

  /** The reader has taken what was received: the other end may go on. */
  roomAgain(): void {
    if (this.room) return;
    this.room = true;
    this.acknowledge();
  }

  /** Ends at once and tells the other end. */
  abort(): void {
    if (this.over) return;
    this.transmit({ kind: 'reset', sequence: 0, text: '' });
    this.stop();
  }

  /** A segment of this connection has arrived. */
  receive(segment: Segment): void {
    if (this.over) return;
    if (segment.kind === 'reset') {
      this.fail(this.standing ? 'ECONNRESET' : 'ECONNREFUSED');
      return;
    }
    this.timeouts = 0;
    this.otherHasRoom = segment.room;
    if (!this.standing) {
      this.standing = true;
      this.port.connected();
    }
    this.confirm(segment.acknowledged);
    if (segment.kind !== 'ack') {
      this.accept(segment);
      this.acknowledge();
    }
    this.pump();
    this.checkOver();
  }

  /** The timer set last is due: whatever is on its way is sent again. */
  timeout(): void {
    if (this.over) return;
    if (++this.timeouts > MAX_TIMEOUTS) {
      this.fail('ETIMEDOUT');
      return;
    }
    if (this.flying === 0) this.transmit({ kind: 'ask', sequence: 0, text: '' });
    for (const segment of this.outgoing.slice(0, this.flying)) this.transmit(segment);
    this.setTimer();
  }

  private enqueue(kind: Segment['kind'], text: string): void {
    if (this.over) return;
    this.outgoing.push({ kind, sequence: this.nextSequence++, text });
    this.pump();
  }

  /** Sends what the window has room for. */
  private pump(): void {
    // The opening goes alone: nothing else means anything before it is answered.
    const window = !this.standing ? 1 : this.otherHasRoom ? WINDOW : this.flying;
    const quiet = this.flying === 0;
    while (this.flying < Math.min(window, this.outgoing.length)) {
      this.transmit(this.outgoing[this.flying++] as Outgoing);
    }
    if (quiet && this.outgoing.length > 0) this.setTimer();
  }

  private confirm(acknowledged: number): void {
    let progress = false;
    for (let first = this.outgoing[0]; first !== undefined; first = this.outgoing[0]) {
      if (this.flying === 0 || first.sequence >= acknowledged) break;
      this.outgoing.shift();
      this.flying--;
      this.unacknowledgedBytes -= first.text.length;
      progress = true;
    }
    if (!progress) return;
    if (this.outgoing.length === 0) this.port.setTimer(undefined);
    else this.setTimer();
    const writer = this.waitingWriter;
    if (writer === undefined || this.unacknowledgedBytes > HIGH_WATER_BYTES) return;
    this.waitingWriter = undefined;
    writer();
  }

  private accept(segment: Segment): void {
    if (segment.kind !== 'data' && segment.kind !== 'end') return;
    if (segment.sequence >= this.expected) this.early.set(segment.sequence, segment);
    for (let next = this.early.get(this.expected); next !== undefined; next = this.early.get(this.expected)) {
      this.early.delete(this.expected);
      this.expected++;
      if (next.kind === 'end') {
        this.endReceived = true;
        this.port.ended();
      } else if (!this.port.received(next.text)) this.room = false;
    }
  }

  private acknowledge(): void {
    if (!this.over) this.transmit({ kind: 'ack', sequence: 0, text: '' });
  }

  private transmit(segment: Outgoing): void {
    this.port.send({ ...this.address, ...segment, acknowledged: this.expected, room: this.room });
  }

  private setTimer(): void {
    this.port.setTimer(Math.min(LONGEST_TIMEOUT_US, FIRST_TIMEOUT_US * 2 ** this.timeouts));
  }

  private checkOver(): void {
    if (this.over || !this.endSent || !this.endReceived || this.outgoing.length > 0) return;
    this.stop();
    this.port.closed();
  }

  private fail(code: string): void {
    this.stop();
    // All was said and heard on both sides: that the last acknowledgement was lost troubles nobody.
    if (this.endSent && this.endReceived) this.port.closed();
    else this.port.failed(code);
  }

  private stop(): void {
    this.over = true;
    this.outgoing.length = 0;
    this.port.setTimer(undefined);
  }
}
