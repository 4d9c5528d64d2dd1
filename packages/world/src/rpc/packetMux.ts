import {
  type Datagram,
  type Flow,
  flowKey,
  LazyTimer,
  type TransportStack,
  turned,
} from '../transport/index.ts';
import type { Mux, MuxOptions, MuxStream } from './mux.ts';
import { PacketStream, type PacketStreamHome, type StreamFrame } from './packetStream.ts';
import { PacketRecovery, type Stretches } from './recovery.ts';

/** What a datagram of a connection holds. */
interface Words {
  readonly number: number;
  /** `hello` opens, `welcome` answers; certificates go with it unless the client has a ticket. */
  readonly word: '' | 'hello' | 'welcome' | 'bye';
  readonly came: Stretches;
  readonly frames: readonly StreamFrame[];
}

/** What one packet carries at most, and what its own fields and those of each frame take. */
const PACKET_BYTES = 1_200;
const HEAD_BYTES = 30;
const FRAME_HEAD_BYTES = 10;
const CERTIFICATES = 2_400;
/** Stretches of numbers that an acknowledgement names. */
const MOST_STRETCHES = 32;
const MOST_TIMEOUTS = 8;

/** How a connection of packets begins. */
export interface PacketOpening {
  /** With a ticket of an earlier connection requests go with the first packet. */
  readonly resumes: boolean;
}

/**
 * Streams over datagrams, each with an order of its own (RFC 9000): packets are numbered and acknowledged, what was in a lost one is sent in another, and
 * only the streams it spoke of wait. Opening and security are one round trip, or none with a ticket.
 */
export class PacketMux implements Mux, PacketStreamHome {
  onStream: (stream: MuxStream) => void = () => undefined;
  onRoom: () => void = () => undefined;
  onClosed: (why: string) => void = () => undefined;
  isClosed = false;
  readonly recovery: PacketRecovery;
  readonly streamWindow: number;
  readonly sendBuffer: number;
  private readonly stack: TransportStack;
  private readonly flow: Flow;
  private readonly isClient: boolean;
  private readonly concurrent: number;
  private readonly streams = new Map<number, PacketStream>();
  private readonly owed: StreamFrame[] = [];
  private came: [number, number][] = [];
  private readonly retry: LazyTimer;
  private mayAsk: boolean;
  private heard = false;
  private nextId: number;
  private nextTheirs = 0;
  private turn = 0;

  constructor(
    stack: TransportStack,
    flow: Flow,
    isClient: boolean,
    options: MuxOptions,
    { resumes }: PacketOpening,
  ) {
    this.stack = stack;
    this.flow = flow;
    this.isClient = isClient;
    this.concurrent = options.concurrent;
    this.streamWindow = options.streamWindow;
    this.sendBuffer = options.sendBuffer;
    this.nextId = isClient ? 1 : 2;
    this.recovery = new PacketRecovery(stack.options, PACKET_BYTES);
    this.retry = new LazyTimer(stack.host, 'packets', () => this.timedOut());
    this.mayAsk = !isClient || resumes;
    if (isClient) this.sayHello();
  }

  get openStreams(): readonly MuxStream[] {
    return [...this.streams.values()];
  }

  open(): MuxStream | undefined {
    const own = [...this.streams.keys()].filter((id) => id % 2 === this.nextId % 2).length;
    if (this.isClosed || own >= this.concurrent) return undefined;
    const stream = new PacketStream(this, this.nextId);
    this.streams.set(this.nextId, stream);
    this.nextId += 2;
    return stream;
  }

  close(): void {
    if (this.isClosed) return;
    this.send('bye', []);
    this.lost('finished');
  }

  tell(frame: StreamFrame): void {
    this.owed.push(frame);
    this.flush();
  }

  forget(id: number): void {
    if (this.streams.delete(id)) this.onRoom();
  }

  /** Sends whatever may be sent now. */
  flush(): void {
    if (!this.mayAsk || this.isClosed) return;
    while (this.recovery.room >= PACKET_BYTES) {
      const frames = this.pack();
      if (frames.length === 0) return;
      this.sendFrames(frames);
      for (const stream of this.streams.values()) stream.wake();
    }
  }

  receive(datagram: Datagram): void {
    const { number, word, came, frames } = datagram.data as Words;
    this.heard = true;
    if (word === 'bye') return this.lost('finished');
    if (word === 'hello') this.send('welcome', []);
    if (word === 'welcome') this.mayAsk = true;
    const before = this.recovery.arrived;
    for (const frame of this.recovery.acknowledged(came, this.stack.host.world.nowUs)) this.owe(frame);
    if (number >= 0) this.note(number);
    for (const frame of frames) this.take(frame);
    if (number >= 0) this.send('', []);
    if (this.recovery.inFlight === 0) this.retry.clear();
    else if (this.recovery.arrived > before || !this.retry.isSet)
      this.retry.set(this.recovery.roundTrip.rtoUs);
    this.flush();
  }

  private sayHello(): void {
    this.send('hello', []);
    this.retry.set(this.recovery.roundTrip.rtoUs);
  }

  /** What was lost goes first, then streams in turns. */
  private pack(): StreamFrame[] {
    const frames: StreamFrame[] = [];
    let room = PACKET_BYTES - HEAD_BYTES;
    while (this.owed.length > 0 && room >= sizeOf(this.owed[0])) {
      const frame = this.owed.shift() as StreamFrame;
      room -= sizeOf(frame);
      frames.push(frame);
    }
    const all = [...this.streams.values()];
    for (let idle = 0; idle < all.length && this.owed.length === 0 && room > FRAME_HEAD_BYTES; idle++) {
      const frame = all[this.turn++ % all.length]?.take(room - FRAME_HEAD_BYTES);
      if (frame === undefined) continue;
      room -= sizeOf(frame);
      frames.push(frame);
    }
    return frames;
  }

  private sendFrames(frames: readonly StreamFrame[]): void {
    const bytes = HEAD_BYTES + frames.reduce((sum, frame) => sum + sizeOf(frame), 0);
    const number = this.recovery.sends(frames, bytes, this.stack.host.world.nowUs);
    this.send('', frames, number, bytes);
    if (!this.retry.isSet) this.retry.set(this.recovery.roundTrip.rtoUs);
  }

  private send(word: Words['word'], frames: readonly StreamFrame[], number = -1, bytes = HEAD_BYTES): void {
    const came = this.came.map(([from, to]) => [from, to] as const);
    const words: Words = { number, word, came, frames };
    const extra = word === 'welcome' ? CERTIFICATES : 0;
    this.stack.sendDatagram(this.flow, words, bytes + extra);
  }

  /** A lost frame is said again, unless its stream is of no use any more. */
  private owe(frame: StreamFrame): void {
    if (frame.kind !== 'room' || this.streams.has(frame.id)) this.owed.push(frame);
  }

  private note(number: number): void {
    const [last] = this.came;
    if (last !== undefined && last[1] + 1 === number) last[1] = number;
    else if (!this.came.some(([from, to]) => number >= from && number <= to))
      this.came = [[number, number] as [number, number], ...this.came].slice(0, MOST_STRETCHES);
  }

  private take(frame: StreamFrame): void {
    let stream = this.streams.get(frame.id);
    if (stream === undefined) {
      const isTheirs = frame.id % 2 === (this.isClient ? 0 : 1);
      if (!isTheirs || frame.kind !== 'data' || frame.id < this.nextTheirs) return;
      // Streams begin in order, though what opens one may come before what opens an earlier one.
      for (let id = Math.max(this.nextTheirs, this.isClient ? 2 : 1); id <= frame.id; id += 2) {
        const begun = new PacketStream(this, id);
        this.streams.set(id, begun);
        this.onStream(begun);
      }
      this.nextTheirs = frame.id + 2;
      stream = this.streams.get(frame.id);
    }
    if (frame.kind === 'data') stream?.came(frame.at, frame.data, frame.fin);
    else if (frame.kind === 'room') stream?.opened(frame.limit);
    else stream?.calledOff('cancelled');
  }

  private timedOut(): void {
    if (this.isClosed) return;
    const frames = this.recovery.timedOut();
    if (this.recovery.timeouts > MOST_TIMEOUTS) return this.lost(this.heard ? 'timeout' : 'connect-timeout');
    if (!this.heard && this.isClient) this.sayHello();
    if (frames.length > 0) this.sendFrames(frames);
    this.retry.set(this.recovery.roundTrip.rtoUs);
  }

  private lost(why: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.retry.clear();
    for (const stream of this.streams.values()) stream.calledOff('connection-lost');
    this.onClosed(why);
  }
}

function sizeOf(frame: StreamFrame | undefined): number {
  return FRAME_HEAD_BYTES + (frame?.kind === 'data' ? frame.data.length : 0);
}

/** Opens a connection of packets from a local port. */
export function connectPackets(
  stack: TransportStack,
  to: Flow,
  options: MuxOptions,
  opening: PacketOpening,
): PacketMux {
  const mux = new PacketMux(stack, to, true, options, opening);
  stack.bind(to.srcPort, (datagram) => mux.receive(datagram));
  return mux;
}

/** Takes connections of packets to a port: one for each flow that is new. */
export function listenPackets(
  stack: TransportStack,
  port: number,
  options: MuxOptions,
  arrived: (mux: PacketMux) => void,
): void {
  const known = new Map<string, PacketMux>();
  stack.bind(port, (datagram) => {
    const key = flowKey(datagram);
    let mux = known.get(key);
    if (mux === undefined) {
      mux = new PacketMux(stack, turned(datagram), false, options, { resumes: true });
      known.set(key, mux);
      arrived(mux);
    }
    mux.receive(datagram);
  });
}
