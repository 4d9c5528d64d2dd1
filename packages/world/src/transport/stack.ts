import type { Host } from '../world/host.ts';
import type { HostId } from '../world/program.ts';
import { checksumOf } from './checksum.ts';
import { type ConnectionPort, StreamConnection } from './connection.ts';
import type { StreamEvents } from './events.ts';
import { Listener } from './listener.ts';
import { type StreamOptions, streamOptions } from './options.ts';
import {
  ACK,
  type Address,
  type Datagram,
  flowKey,
  type Flow,
  type Packet,
  RST,
  type Segment,
  SYN,
  turned,
} from './packet.ts';

/** No local port is free for another connection to that address and port. */
export class NoPortLeftError extends Error {
  readonly code = 'NO_PORT_LEFT';
  readonly address: Address;
  readonly port: number;
  constructor(address: Address, port: number, taken: number) {
    super(
      `Cannot connect to ${address}:${port} as a local port must be free: all ${taken} are taken; close connections, wait for them to leave ` +
        'time-wait, or use more addresses',
    );
    this.name = 'NoPortLeftError';
    this.address = address;
    this.port = port;
  }
}

/** What a stack counts. */
export interface StackCounters {
  badChecksums: number;
  /** SYNs dropped as a backlog or accept queue was full, and finished handshakes for which there was no room. */
  synsDropped: number;
  acceptsOverflowed: number;
  /** Segments of connections that nobody knows, answered by a reset. */
  strangers: number;
  /** Connections refused as no port was left. */
  portsExhausted: number;
}

/** Where a stack sends, and what it answers to. */
export interface StackPlace {
  /** The next host on the way. Default: straight to it. */
  readonly nextHop?: (dst: Address) => HostId;
  /** Addresses besides the host's own id. */
  readonly addresses?: readonly Address[];
}

/** The transport of one host: listeners, connections, datagrams. Hand it every packet the host's program gets. */
export class TransportStack implements ConnectionPort {
  readonly host: Host;
  readonly options: StreamOptions;
  readonly counters: StackCounters = {
    badChecksums: 0,
    synsDropped: 0,
    acceptsOverflowed: 0,
    strangers: 0,
    portsExhausted: 0,
  };
  private readonly place: StackPlace;
  private readonly connections = new Map<string, StreamConnection>();
  private readonly listeners = new Map<number, Listener>();
  private readonly inboxes = new Map<number, (datagram: Datagram) => void>();
  private nextPort: number;

  constructor(host: Host, turned: Partial<StreamOptions> = {}, place: StackPlace = {}) {
    this.host = host;
    this.options = streamOptions(turned);
    this.place = place;
    this.nextPort = this.options.ephemeralPorts[0];
  }

  /** Takes connections to a port. `arrived` is called when one can be accepted. */
  listen(port: number, arrived: (listener: Listener) => void = () => undefined): Listener {
    const listener = new Listener(this.options, arrived);
    this.listeners.set(port, listener);
    return listener;
  }

  /** Connections to a port are refused from now on. */
  unlisten(port: number): void {
    this.listeners.delete(port);
  }

  /** Opens a connection. Throws `NoPortLeftError`. What it is told before it is open is sent when it is. */
  connect(dst: Address, dstPort: number, events: StreamEvents = {}): StreamConnection {
    const flow = { src: this.host.id, dst, srcPort: this.freePort(dst, dstPort), dstPort };
    const connection = new StreamConnection(this, flow, undefined);
    connection.events = events;
    this.connections.set(flowKey(flow), connection);
    return connection;
  }

  /** Hears datagrams to a port. */
  bind(port: number, hear: (datagram: Datagram) => void): void {
    this.inboxes.set(port, hear);
  }

  sendDatagram(to: Flow, data: unknown, bytes: number): void {
    this.pass({ kind: 'datagram', ...to, data, bytes, df: false });
  }

  /** A packet has arrived at the host; what is not for it is left alone. */
  receive(packet: Packet): void {
    const isMine = packet.dst === this.host.id || this.place.addresses?.includes(packet.dst) === true;
    if (!isMine) return;
    if (packet.kind === 'datagram') this.inboxes.get(packet.dstPort)?.(packet);
    else if (packet.kind === 'too-big')
      this.connections.get(flowKey(turned(packet)))?.tooBig(packet.mtuBytes);
    else this.receiveSegment(packet);
  }

  /** Connections that are not closed, those in time-wait included. */
  get open(): readonly StreamConnection[] {
    return [...this.connections.values()];
  }

  transmit(segment: Omit<Segment, 'checksum' | 'kind'>): void {
    const whole = { kind: 'segment' as const, ...segment };
    this.pass({ ...whole, checksum: checksumOf(whole) });
  }

  admitted(connection: StreamConnection): boolean {
    const listener = this.listeners.get(connection.flow.srcPort);
    const isAdmitted = listener?.admit(connection) === true;
    if (!isAdmitted) this.counters.acceptsOverflowed++;
    return isAdmitted;
  }

  released(connection: StreamConnection): void {
    const key = flowKey(connection.flow);
    // Its name may have been given to another one while it waited.
    if (this.connections.get(key) === connection) this.connections.delete(key);
    this.listeners.get(connection.flow.srcPort)?.forget(connection);
  }

  private receiveSegment(segment: Segment): void {
    const { checksum, ...rest } = segment;
    if (this.options.defect !== 'trusts-every-segment' && checksumOf(rest) !== checksum) {
      this.counters.badChecksums++;
      return;
    }
    const flow = turned(segment);
    const known = this.connections.get(flowKey(flow));
    const isOpening = (segment.flags & (SYN | ACK | RST)) === SYN;
    if (known !== undefined && !(isOpening && known.state === 'time-wait')) return known.receive(segment);
    const listener = this.listeners.get(segment.dstPort);
    if (isOpening && listener !== undefined) this.welcome(listener, flow, segment);
    else if ((segment.flags & RST) === 0) this.refuse(flow, segment);
  }

  private welcome(listener: Listener, flow: Flow, opening: Segment): void {
    if (listener.isFull) {
      this.counters.synsDropped++;
      return;
    }
    const connection = new StreamConnection(this, flow, opening);
    listener.begun(connection);
    this.connections.set(flowKey(flow), connection);
  }

  private refuse(flow: Flow, { ack, seq, data, flags }: Segment): void {
    this.counters.strangers++;
    const next = seq + data.length + ((flags & SYN) === 0 ? 0 : 1);
    const df = false;
    this.transmit({ ...flow, flags: RST | ACK, seq: ack, ack: next, window: 0, data: '', mss: 0, df });
  }

  private freePort(dst: Address, dstPort: number): number {
    const [first, last] = this.options.ephemeralPorts;
    const count = last - first + 1;
    for (let i = 0; i < count; i++) {
      const port = this.nextPort;
      this.nextPort = port === last ? first : port + 1;
      if (!this.connections.has(flowKey({ src: this.host.id, dst, srcPort: port, dstPort }))) return port;
    }
    this.counters.portsExhausted++;
    throw new NoPortLeftError(dst, dstPort, count);
  }

  private pass(packet: Packet): void {
    this.host.send(this.place.nextHop?.(packet.dst) ?? packet.dst, packet);
  }
}
