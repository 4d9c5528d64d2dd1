import type { Host } from '../world/host.ts';
import type { CloseReason, StreamEvents, StreamFigures, StreamState } from './events.ts';
import { LazyTimer } from './lazyTimer.ts';
import type { StreamOptions } from './options.ts';
import { ACK, FIN, type Flow, RST, type Segment, SEGMENT_HEADER_BYTES, SYN } from './packet.ts';
import { StreamReceiver } from './receiver.ts';
import { type Outgoing, StreamSender } from './sender.ts';

/** What a connection asks of its stack. */
export interface ConnectionPort {
  readonly host: Host;
  readonly options: StreamOptions;
  transmit(segment: Omit<Segment, 'checksum' | 'kind'>): void;
  /** A passive connection has heard the last of the handshake: whether there is room for it. */
  admitted(connection: StreamConnection): boolean;
  released(connection: StreamConnection): void;
}

/**
 * One end of a stream connection (RFC 9293): ordered bytes, each once, without boundaries between messages, for as long as the connection lasts.
 * What was sent and not acknowledged when it ends may or may not have arrived.
 */
export class StreamConnection {
  /** Seen from this end: `src` is here. */
  readonly flow: Flow;
  state: StreamState;
  events: StreamEvents = {};
  sender: StreamSender;
  receiver: StreamReceiver;
  /** Why it was closed. */
  why: CloseReason | undefined;
  openedUs = -1;
  private readonly port: ConnectionPort;
  private readonly first: number;
  private readonly retry: LazyTimer;
  private readonly persist: LazyTimer;
  private readonly keepalive: LazyTimer;
  private readonly idle: LazyTimer;
  private synRepeats = 0;
  private windowProbes = 0;
  private windowProbesUnanswered = 0;
  private probesUnanswered = 0;
  private closedFirst = false;
  private wantsRoom = false;
  private lastDataUs: number;
  private windowClosedSinceUs = -1;
  private windowClosedUs = 0;

  constructor(port: ConnectionPort, flow: Flow, opening: Segment | undefined) {
    const { host, options } = port;
    this.port = port;
    this.flow = flow;
    this.first = host.choices.below(0x1_0000_0000, 'first sequence number');
    this.state = opening === undefined ? 'syn-sent' : 'syn-received';
    const own = options.mtuBytes - SEGMENT_HEADER_BYTES;
    const mss = opening === undefined ? own : Math.min(own, opening.mss);
    this.sender = new StreamSender(this.first + 1, mss, opening?.window ?? 0, options);
    this.receiver = this.receiverFrom(opening);
    this.lastDataUs = host.world.nowUs;
    this.retry = new LazyTimer(host, 'retransmit', () => this.retransmit());
    this.persist = new LazyTimer(host, 'persist', () => this.probeWindow());
    this.keepalive = new LazyTimer(host, 'keepalive', () => this.probePeer());
    this.idle = new LazyTimer(host, 'idle', () => this.abort('idle'));
    this.sayOpening();
  }

  private receiverFrom(opening: Segment | undefined): StreamReceiver {
    const { receiveBufferBytes, defect } = this.port.options;
    return new StreamReceiver(opening === undefined ? 0 : opening.seq + 1, receiveBufferBytes, defect);
  }

  /** Hands bytes to the transport: how many it took, as many as its buffer has room for. Taken does not mean arrived. */
  write(data: string): number {
    if (this.state === 'closed' || this.state === 'time-wait') return 0;
    const taken = this.sender.write(data);
    this.wantsRoom = taken < data.length;
    if (taken > 0) this.touched();
    this.flush();
    return taken;
  }

  /** Bytes that a write would take now. */
  get room(): number {
    return this.state === 'closed' || this.state === 'time-wait' ? 0 : this.sender.room;
  }

  /** `writable` is called when there is room again. */
  wakeWhenRoom(): void {
    this.wantsRoom = true;
  }

  get readable(): number {
    return this.receiver.readable;
  }

  /** Takes up to `most` bytes that have come; however they were written, any part of them may have come so far. */
  read(most: number = Number.POSITIVE_INFINITY): string {
    const before = this.receiver.window;
    const read = this.receiver.read(most);
    const step = Math.min(this.sender.mss, this.port.options.receiveBufferBytes / 2);
    // The other side hears of more room once it is worth a segment.
    if (read !== '' && before < step && this.receiver.window >= step && this.isOpen) this.say(ACK);
    return read;
  }

  /** This side has said all; it goes on reading. */
  close(): void {
    if (this.state === 'closed' || this.state === 'time-wait') return;
    if (!this.receiver.ended) this.closedFirst = true;
    this.sender.finish();
    this.flush();
  }

  /** Ends it at once: the other side is told by a reset. */
  abort(why: CloseReason = 'aborted'): void {
    if (this.state === 'closed') return;
    this.say(RST | ACK);
    this.end(why);
  }

  private get isOpen(): boolean {
    return this.state === 'established';
  }

  get figures(): StreamFigures {
    const { sender, receiver, port } = this;
    const nowUs = port.host.world.nowUs;
    const closedUs = this.windowClosedSinceUs < 0 ? 0 : nowUs - this.windowClosedSinceUs;
    return {
      retransmits: sender.timeouts + sender.fastRetransmits,
      timeouts: sender.timeouts,
      sentBytes: sender.sentBytes,
      retransmittedBytes: sender.retransmittedBytes,
      duplicateBytes: receiver.duplicateBytes,
      congestionWindow: sender.congestionWindow,
      peerWindow: sender.peerWindow,
      mss: sender.mss,
      smoothedUs: sender.roundTrip.smoothedUs ?? 0,
      openedUs: this.openedUs,
      idleUs: nowUs - this.lastDataUs,
      windowClosedUs: this.windowClosedUs + closedUs,
    };
  }

  /** A segment of this connection has arrived. */
  receive(segment: Segment): void {
    if ((segment.flags & RST) !== 0) return this.wasReset(segment);
    if (this.state === 'syn-sent') return this.heardAnswer(segment);
    if ((segment.flags & SYN) !== 0) return this.heardOpeningAgain();
    if (this.state === 'time-wait') return this.say(ACK);
    if (this.state === 'syn-received' && !this.heardLast(segment)) return;
    this.probesUnanswered = 0;
    this.armKeepalive();
    const { flags, data, seq } = segment;
    const carries = data !== '' || (flags & FIN) !== 0;
    const wasEnded = this.receiver.ended;
    if ((flags & ACK) !== 0) this.heardAck(segment, !carries);
    if (carries) this.heardData(segment);
    // A probe of a silent connection asks for an answer.
    else if (seq < this.receiver.next) this.say(ACK);
    this.flush();
    if (!wasEnded && this.receiver.ended) this.events.ended?.();
    this.finishWhenDone();
  }

  /** A router could not pass on a packet of ours. */
  tooBig(mtuBytes: number): void {
    if (this.port.options.pathMtu === 'fragment') return;
    this.sender.shrink(Math.max(1, mtuBytes - SEGMENT_HEADER_BYTES));
    this.flush();
  }

  private heardAnswer(segment: Segment): void {
    if ((segment.flags & (SYN | ACK)) !== (SYN | ACK) || segment.ack !== this.first + 1) return;
    this.receiver = this.receiverFrom(segment);
    this.sender.shrink(Math.min(this.sender.mss, segment.mss));
    this.sender.peerWindow = segment.window;
    this.open();
    this.say(ACK);
    this.events.opened?.();
    this.flush();
  }

  /** The other side repeats its opening: it has not heard our answer. */
  private heardOpeningAgain(): void {
    if (this.state === 'syn-received') this.sayOpening();
    else this.say(ACK);
  }

  private heardLast(segment: Segment): boolean {
    if ((segment.flags & ACK) === 0 || segment.ack < this.first + 1) return false;
    if (!this.port.admitted(this)) {
      if (this.port.options.acceptOverflow === 'reset') this.abort('aborted');
      return false;
    }
    this.open();
    this.sender.peerWindow = segment.window;
    return true;
  }

  private open(): void {
    this.state = 'established';
    this.openedUs = this.port.host.world.nowUs;
    this.retry.clear();
    // A handshake that was repeated measures nothing.
    if (this.synRepeats === 0) this.sender.roundTrip.sample(this.openedUs - this.lastDataUs);
    this.armKeepalive();
    this.touched();
  }

  private wasReset(segment: Segment): void {
    if (this.state === 'syn-sent') {
      if (segment.ack === this.first + 1) this.end('refused');
      return;
    }
    const { next, window } = this.receiver;
    // A reset that does not stand where bytes are awaited is an old one, or a forged one.
    if (segment.seq < next || segment.seq > next + window) return;
    this.end('reset');
  }

  private heardAck({ ack, window }: Segment, pure: boolean): void {
    const { sender, port } = this;
    const before = sender.una;
    sender.acknowledged(ack, window, pure, port.host.world.nowUs);
    this.windowProbesUnanswered = 0;
    if (sender.inFlight === 0 || sender.isBlockedByWindow) this.retry.clear();
    // Only what is acknowledged anew puts the timer off: a busy other side must not keep a lost segment waiting (RFC 6298, 5.3).
    else if (sender.una > before || !this.retry.isSet) this.retry.set(sender.roundTrip.rtoUs);
    this.watchWindow();
    if (this.wantsRoom && sender.room > 0) {
      this.wantsRoom = false;
      this.events.writable?.();
    }
  }

  private watchWindow(): void {
    const nowUs = this.port.host.world.nowUs;
    if (this.sender.isBlockedByWindow) {
      if (this.windowClosedSinceUs < 0) this.windowClosedSinceUs = nowUs;
      if (!this.persist.isSet) this.persist.set(this.sender.roundTrip.rtoUs);
      return;
    }
    if (this.windowClosedSinceUs >= 0) this.windowClosedUs += nowUs - this.windowClosedSinceUs;
    this.windowClosedSinceUs = -1;
    this.windowProbes = 0;
    this.persist.clear();
  }

  private heardData({ seq, data, flags }: Segment): void {
    this.touched();
    const isNew = this.receiver.take(seq, data, (flags & FIN) !== 0);
    this.say(ACK);
    if (isNew && this.receiver.readable > 0) this.events.readable?.();
  }

  private finishWhenDone(): void {
    if (!this.isOpen || !this.sender.isDone || !this.receiver.ended) return;
    if (!this.closedFirst || this.port.options.timeWaitUs === 0) return this.end('finished');
    this.state = 'time-wait';
    this.stopTimers();
    this.events.closed?.('finished');
    this.why = 'finished';
    this.idle.clear();
    this.port.host.after(this.port.options.timeWaitUs, 'time wait', () => this.end('finished'));
  }

  /** Sends whatever may be sent now. */
  private flush(): void {
    if (!this.isOpen) return;
    const { sender, port } = this;
    for (;;) {
      const outgoing = sender.take(port.host.world.nowUs);
      if (outgoing === undefined) break;
      this.sayOutgoing(outgoing);
      if (!this.retry.isSet) this.retry.set(sender.roundTrip.rtoUs);
    }
    this.watchWindow();
  }

  private retransmit(): void {
    const { options } = this.port;
    if (this.state === 'syn-sent' || this.state === 'syn-received') {
      if (this.synRepeats++ >= options.synRetries) return this.end('connect-timeout');
      this.sayOpening();
      return;
    }
    if (this.sender.repeated >= options.maxRetransmits) return this.end('timeout');
    this.sender.timedOut();
    this.flush();
    this.retry.set(this.sender.roundTrip.rtoUs);
  }

  private probeWindow(): void {
    if (!this.isOpen || !this.sender.isBlockedByWindow) return;
    const { backoff, maxRtoUs, maxRetransmits } = this.port.options;
    if (this.windowProbesUnanswered++ >= maxRetransmits) return this.end('timeout');
    this.sayOutgoing(this.sender.probe());
    this.persist.set(Math.min(maxRtoUs, this.sender.roundTrip.rtoUs * backoff ** ++this.windowProbes));
  }

  private probePeer(): void {
    const { keepalive } = this.port.options;
    if (keepalive === null || !this.isOpen) return;
    if (this.probesUnanswered >= keepalive.probes) return this.abort('keepalive');
    this.probesUnanswered++;
    this.transmit(ACK, this.sender.next - 1, '');
    this.keepalive.set(keepalive.intervalUs);
  }

  private armKeepalive(): void {
    const { keepalive } = this.port.options;
    if (keepalive !== null) this.keepalive.set(keepalive.idleUs);
  }

  /** There was data in one direction or the other. */
  private touched(): void {
    const { host, options } = this.port;
    this.lastDataUs = host.world.nowUs;
    if (options.idleTimeoutUs > 0) this.idle.set(options.idleTimeoutUs);
  }

  private sayOpening(): void {
    const { options } = this.port;
    this.transmit(this.state === 'syn-sent' ? SYN : SYN | ACK, this.first, '');
    this.retry.set(Math.min(options.maxRtoUs, options.initialRtoUs * options.backoff ** this.synRepeats));
  }

  private sayOutgoing({ seq, data, fin }: Outgoing): void {
    this.transmit(fin ? ACK | FIN : ACK, seq, data);
  }

  private say(flags: number): void {
    this.transmit(flags, this.sender.next, '');
  }

  private transmit(flags: number, seq: number, data: string): void {
    const { next: ack, window } = this.receiver;
    const mss = (flags & SYN) === 0 ? 0 : this.port.options.mtuBytes - SEGMENT_HEADER_BYTES;
    const df = this.port.options.pathMtu !== 'fragment';
    this.port.transmit({ ...this.flow, flags, seq, ack, window, data, mss, df });
  }

  private stopTimers(): void {
    for (const timer of [this.retry, this.persist, this.keepalive, this.idle]) timer.clear();
  }

  private end(why: CloseReason): void {
    const told = this.why !== undefined;
    this.why ??= why;
    this.state = 'closed';
    this.stopTimers();
    this.port.released(this);
    if (!told) this.events.closed?.(why);
  }
}
