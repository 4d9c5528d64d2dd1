import { connect, createServer, type Server, type Socket } from 'node:net';
import { portOf } from '../../processes/ports.ts';
import { Pipe } from './pipe.ts';
import { assertToxic, type Toxic } from './toxics.ts';

/** What a proxy is made with. */
export interface TcpProxyOptions {
  /** Where connections go: `host:port`. */
  readonly upstream: string;
  /** The loopback port to listen on; any free one unless told. */
  readonly port?: number;
  /** Chances in [0, 1), for toxicity and jitter; `Math.random` unless told. */
  readonly random?: () => number;
}

/** Bytes that came in and went out, by direction. */
export interface ProxyTraffic {
  readonly upstream: { received: number; sent: number };
  readonly downstream: { received: number; sent: number };
}

interface Connection {
  readonly sockets: readonly Socket[];
  /** Which share of toxicities strikes it. */
  readonly luck: number;
}

/**
 * A TCP proxy on loopback that knows no protocol, with toxics by name that strike connections while they are open. It lives and ends with this
 * process, so there is nothing to undo.
 */
export class TcpProxy {
  readonly traffic: ProxyTraffic = {
    upstream: { received: 0, sent: 0 },
    downstream: { received: 0, sent: 0 },
  };
  private readonly host: string;
  private readonly upstreamPort: number;
  private readonly port: number;
  private readonly random: () => number;
  private readonly toxics = new Map<string, Toxic>();
  private readonly open = new Set<Connection>();
  private server: Server | undefined;
  private listening = 0;

  constructor(options: TcpProxyOptions) {
    const at = options.upstream.lastIndexOf(':');
    this.host = options.upstream.slice(0, at);
    this.upstreamPort = Number(options.upstream.slice(at + 1));
    this.port = options.port ?? 0;
    this.random = options.random ?? Math.random;
  }

  /** Where clients connect. */
  get address(): string {
    return `127.0.0.1:${this.listening || this.port}`;
  }

  /** Whether it listens. */
  get isEnabled(): boolean {
    return this.server !== undefined;
  }

  /** Begins to listen, on the same port as before when it was disabled. */
  async enable(): Promise<void> {
    if (this.server !== undefined) return;
    const server = createServer({ allowHalfOpen: true }, (client) => this.serve(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.listening || this.port, '127.0.0.1', resolve);
    });
    this.server = server;
    this.listening = portOf(server);
  }

  /** Stops to listen and breaks every connection: Toxiproxy's `down`. */
  async disable(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const { sockets } of this.open) for (const socket of sockets) socket.destroy();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /**
   * Puts a toxic in force, in the place of one of its name, also on connections that are open; returns how to take it away. Throws `LiveError` for one that
   * makes no sense.
   */
  add(toxic: Toxic): () => void {
    assertToxic(toxic);
    this.toxics.set(toxic.name, toxic);
    for (const connection of this.open) this.arm(connection, toxic);
    return () => {
      if (this.toxics.get(toxic.name) === toxic) this.toxics.delete(toxic.name);
    };
  }

  /** Takes a toxic away; says whether there was one. */
  remove(name: string): boolean {
    return this.toxics.delete(name);
  }

  /** The toxics in force, in the order they came. */
  inForce(): Toxic[] {
    return [...this.toxics.values()];
  }

  /** Takes all toxics away and listens again: Toxiproxy's reset. */
  async reset(): Promise<void> {
    this.toxics.clear();
    await this.enable();
  }

  private serve(client: Socket): void {
    const server = connect({ host: this.host, port: this.upstreamPort, allowHalfOpen: true });
    const connection = { sockets: [client, server], luck: this.random() };
    this.open.add(connection);
    for (const socket of connection.sockets) {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
    }
    // What ended in good order still has bytes on the way to the other side, whose end follows them.
    const ended = (socket: Socket, other: Socket): void => {
      socket.on('close', (failed) => {
        if (failed) other.destroy();
        if (other.destroyed) this.open.delete(connection);
      });
    };
    ended(client, server);
    ended(server, client);
    const toxicsOf = (stream: Toxic['stream']): Toxic[] =>
      this.inForce().filter((toxic) => toxic.stream === stream && connection.luck < (toxic.toxicity ?? 1));
    const { random, traffic } = this;
    new Pipe(client, server, {
      toxics: () => toxicsOf('upstream'),
      random,
      traffic: traffic.upstream,
    }).begin();
    new Pipe(server, client, {
      toxics: () => toxicsOf('downstream'),
      random,
      traffic: traffic.downstream,
    }).begin();
    for (const toxic of this.toxics.values()) this.arm(connection, toxic);
  }

  /** A toxic that ends connections after a while does so whether anything is sent or not, unless it is taken away before. */
  private arm({ sockets, luck }: Connection, toxic: Toxic): void {
    const isReset = toxic.type === 'reset_peer';
    if (!isReset && toxic.type !== 'timeout') return;
    const afterMs = toxic.attributes.timeout;
    if (luck >= (toxic.toxicity ?? 1) || (!isReset && afterMs === 0)) return;
    const timer = setTimeout(() => {
      if (this.toxics.get(toxic.name) !== toxic) return;
      for (const socket of sockets) {
        if (isReset) socket.resetAndDestroy();
        else socket.destroy();
      }
    }, afterMs);
    sockets[0]?.once('close', () => clearTimeout(timer));
  }
}
