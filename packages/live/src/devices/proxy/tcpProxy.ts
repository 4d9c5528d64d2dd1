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

/**
 * A TCP proxy on loopback that knows no protocol, with toxics by name that strike connections while they are open. It lives and ends with this
 * process, so there is nothing to undo.
 */
export class TcpProxy {
  private readonly host: string;
  private readonly upstreamPort: number;
  private readonly port: number;
  private readonly random: () => number;
  private readonly toxics = new Map<string, Toxic>();
  private readonly open = new Set<Socket>();
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
    return `127.0.0.1:${this.listening}`;
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
    for (const socket of this.open) socket.destroy();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Puts a toxic in force, also on connections that are open; returns how to take it away. Throws `LiveError` for one that makes no sense. */
  add(toxic: Toxic): () => void {
    assertToxic(toxic);
    this.toxics.set(toxic.name, toxic);
    return () => void this.toxics.delete(toxic.name);
  }

  /** Takes all toxics away and listens again: Toxiproxy's reset. */
  async reset(): Promise<void> {
    this.toxics.clear();
    await this.enable();
  }

  private serve(client: Socket): void {
    const server = connect({ host: this.host, port: this.upstreamPort, allowHalfOpen: true });
    const luck = this.random();
    const toxicsOf = (stream: Toxic['stream']): Toxic[] =>
      [...this.toxics.values()].filter((toxic) => toxic.stream === stream && luck < (toxic.toxicity ?? 1));
    for (const socket of [client, server]) {
      this.open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
    }
    // What ended in good order still has bytes on the way to the other side, whose end follows them.
    client.on('close', (failed) => {
      this.open.delete(client);
      if (failed) server.destroy();
    });
    server.on('close', (failed) => {
      this.open.delete(server);
      if (failed) client.destroy();
    });
    new Pipe(client, server, () => toxicsOf('upstream'), this.random).begin();
    new Pipe(server, client, () => toxicsOf('downstream'), this.random).begin();
  }
}
