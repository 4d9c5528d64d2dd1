import type { Host, HostId } from '@holdfast/world';
import { isIP } from 'node:net';
import type { Timers } from '../modules/timers.ts';
import type { Segment } from './segment.ts';
import { SimulatedSocket, type SocketOptions, systemError } from './socket.ts';

const FIRST_OWN_PORT = 49_152;
const LAST_PORT = 65_535;

/** Accepts the connections of one port. */
export type Listener = (socket: SimulatedSocket) => void;

/** The network of one running program: ports, names and connections. Gone with the process. */
export class Stack {
  private readonly host: Host;
  private readonly timers: Timers;
  private readonly alive: () => boolean;
  private readonly listeners = new Map<number, Listener>();
  private readonly sockets = new Map<string, SimulatedSocket>();
  private nextPort = FIRST_OWN_PORT;

  /** `alive` tells whether the process still runs: what is left of a dead one sends nothing. */
  constructor(host: Host, timers: Timers, alive: () => boolean) {
    this.host = host;
    this.alive = alive;
    this.timers = timers;
  }

  /** The IPv4 address of a host of this world. */
  static addressOf(host: HostId): string {
    return `10.0.${(host + 1) >> 8}.${(host + 1) & 255}`;
  }

  /** Takes connections on a port (0: any free one) and returns its number; undefined when it is taken. */
  listen(port: number, listener: Listener): number | undefined {
    const wanted = port === 0 ? this.ownPort() : port;
    if (this.listeners.has(wanted)) return undefined;
    this.listeners.set(wanted, listener);
    return wanted;
  }

  /** Takes no more connections on a port; those that stand go on. */
  unlisten(port: number): void {
    this.listeners.delete(port);
  }

  /** Opens a connection. What goes wrong is the socket's `error`: unknown names, refusals, silence. */
  connect(name: string, port: number): SimulatedSocket {
    const peer = this.resolve(name);
    const connection = this.host.choices.below(0x1_0000_0000, 'connection');
    const address = { source: this.ownPort(), target: port, connection };
    const socket = this.socket(peer ?? -1, address, true);
    if (peer === undefined) {
      socket.connection.abort();
      this.sockets.delete(keyOf(-1, address));
      const error = Object.assign(systemError('ENOTFOUND', 'getaddrinfo', name), { hostname: name });
      this.timers.set(() => socket.destroy(error), 1, []);
    }
    return socket;
  }

  /** A message from another host, or from this one. */
  receive(from: HostId, segment: Segment): void {
    const key = keyOf(from, { ...segment, source: segment.target, target: segment.source });
    const known = this.sockets.get(key);
    if (known !== undefined) {
      known.connection.receive(segment);
      return;
    }
    const listener = segment.kind === 'open' ? this.listeners.get(segment.target) : undefined;
    if (listener !== undefined) {
      const { source, target, connection } = segment;
      const socket = this.socket(from, { source: target, target: source, connection }, false);
      listener(socket);
      socket.connection.receive(segment);
    } else if (segment.kind !== 'reset') {
      const { source, target, connection } = segment;
      const answer = { kind: 'reset', source: target, target: source, connection } as const;
      this.host.send(from, { ...answer, sequence: 0, acknowledged: 0, room: true, text: '' });
    }
  }

  /** The link refuses what was sent: its connection is over. */
  refused(to: HostId, segment: Segment): void {
    const { source, target, connection } = segment;
    const back = { kind: 'reset', source: target, target: source, connection } as const;
    this.receive(to, { ...back, sequence: 0, acknowledged: 0, room: true, text: '' });
  }

  private socket(peer: HostId, address: SocketOptions['address'], opens: boolean): SimulatedSocket {
    const { host, timers } = this;
    const key = keyOf(peer, address);
    let timer: unknown;
    const socket: SimulatedSocket = new SimulatedSocket({
      address,
      localAddress: Stack.addressOf(host.id),
      remoteAddress: Stack.addressOf(peer),
      opens,
      timers,
      allowHalfOpen: !opens,
      port: {
        send: (segment) => {
          if (peer >= 0 && this.alive()) host.send(peer, segment);
        },
        setTimer: (delayUs) => {
          timers.clear(timer);
          timer =
            delayUs === undefined ? undefined : timers.setUs(() => socket.connection.timeout(), delayUs);
        },
      },
      forget: () => this.sockets.delete(key),
    });
    this.sockets.set(key, socket);
    return socket;
  }

  private ownPort(): number {
    const port = this.nextPort++;
    if (this.nextPort > LAST_PORT) this.nextPort = FIRST_OWN_PORT;
    return port;
  }

  private resolve(name: string): HostId | undefined {
    const { hosts } = this.host.world;
    if (name === 'localhost' || name === '127.0.0.1') return this.host.id;
    if (isIP(name) !== 0) return hosts.find(({ id }) => Stack.addressOf(id) === name)?.id;
    return hosts.find((host) => host.name === name)?.id;
  }
}

function keyOf(peer: HostId, { source, target, connection }: SocketOptions['address']): string {
  return `${peer} ${source} ${target} ${connection}`;
}
