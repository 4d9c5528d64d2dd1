import http from 'node:http';
import { type SimulatedSocket, systemError } from '../stream/socket.ts';
import type { Stack } from '../stream/stack.ts';
import { UnsupportedError } from '../unsupported.ts';
import type { Timers } from './timers.ts';

/** What `node:http` needs of the program it is for. */
export interface HttpParts {
  readonly stack: Stack;
  readonly timers: Timers;
  /** The host's own address. */
  readonly address: string;
  readonly Date: DateConstructor;
}

interface ListenOptions {
  readonly port?: unknown;
  readonly path?: unknown;
  readonly fd?: unknown;
}

/** A server of one program: Node's own, on a port of the simulated network. */
export function serverFor(parts: HttpParts, args: readonly unknown[]): http.Server {
  return new SimulatedServer(parts, args);
}

class SimulatedServer extends http.Server {
  private readonly parts: HttpParts;
  private port = 0;
  private readonly open = new Map<SimulatedSocket, number>();

  constructor(parts: HttpParts, args: readonly unknown[]) {
    super(...(args as []));
    this.parts = parts;
    // Node's own listener would start a real timer and read the real clock.
    this.removeAllListeners('listening');
    Object.defineProperty(this, 'listening', { get: () => this.port > 0 });
    this.prependListener('request', (req, res) => {
      // The real header is cached from the real clock.
      res.sendDate = false;
      res.setHeader('Date', new parts.Date().toUTCString());
      this.count(req.socket as unknown as SimulatedSocket, 1);
      res.once('close', () => this.count(req.socket as unknown as SimulatedSocket, -1));
    });
  }

  override listen(...args: unknown[]): this {
    const first = typeof args[0] === 'function' ? undefined : args[0];
    const options = (typeof first === 'object' && first !== null ? first : { port: first }) as ListenOptions;
    if (options.path !== undefined || options.fd !== undefined) {
      throw new UnsupportedError('http.Server.listen without a port number');
    }
    const wanted = Number(options.port ?? 0);
    if (!Number.isInteger(wanted)) throw new UnsupportedError('http.Server.listen on a path');
    const callback = args.at(-1);
    if (typeof callback === 'function') this.once('listening', callback as () => void);
    const port = this.parts.stack.listen(wanted, (socket) => this.accept(socket));
    if (port === undefined) {
      const error = systemError('EADDRINUSE', 'listen', `address already in use :::${wanted}`);
      process.nextTick(() => this.emit('error', error));
      return this;
    }
    this.port = port;
    process.nextTick(() => this.emit('listening'));
    return this;
  }

  override address(): { address: string; family: string; port: number } | null {
    return this.port === 0 ? null : { address: this.parts.address, family: 'IPv4', port: this.port };
  }

  override close(callback?: (error?: Error) => void): this {
    if (callback !== undefined) this.once('close', () => callback());
    this.parts.stack.unlisten(this.port);
    this.port = 0;
    this.closeIdleConnections();
    this.closeWhenEmpty();
    return this;
  }

  override closeAllConnections(): void {
    for (const socket of this.open.keys()) socket.destroy();
  }

  override closeIdleConnections(): void {
    for (const [socket, requests] of this.open) if (requests === 0) socket.destroy();
  }

  override getConnections(): this {
    throw new UnsupportedError('http.Server.getConnections');
  }

  private accept(socket: SimulatedSocket): void {
    this.open.set(socket, 0);
    socket.once('close', () => {
      this.open.delete(socket);
      this.closeWhenEmpty();
    });
    this.emit('connection', socket);
  }

  private count(socket: SimulatedSocket, change: number): void {
    const requests = this.open.get(socket);
    if (requests !== undefined) this.open.set(socket, requests + change);
  }

  private closeWhenEmpty(): void {
    if (this.port === 0 && this.open.size === 0) this.parts.timers.setUs(() => this.emit('close'), 0);
  }
}
