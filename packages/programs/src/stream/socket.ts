import { Duplex } from 'node:stream';
import type { Timers } from '../modules/timers.ts';
import { Connection, type ConnectionPort } from './connection.ts';
import type { Segment } from './segment.ts';

/** Who is at the other end, and how the stack carries segments and timers for a socket. */
export interface SocketOptions {
  readonly address: Pick<Segment, 'source' | 'target' | 'connection'>;
  readonly localAddress: string;
  readonly remoteAddress: string;
  /** This end asks for the connection. */
  readonly opens: boolean;
  readonly timers: Timers;
  /** Both sides of the stream end on their own; an opened socket ends with its reading side, as `net.connect` has it. */
  readonly allowHalfOpen: boolean;
  readonly port: Pick<ConnectionPort, 'send' | 'setTimer'>;
  /** The connection is over and can be forgotten. */
  readonly forget: () => void;
}

type Callback = (error?: Error | null) => void;

/** An error as the operating system gives it, with `code` and `syscall`. */
export function systemError(code: string, syscall: string, where: string): Error {
  return Object.assign(new Error(`${syscall} ${code} ${where}`.trim()), { code, syscall });
}

/** One end of a simulated stream, as a duplex with what `node:http` wants of a socket. */
export class SimulatedSocket extends Duplex {
  connecting: boolean;
  timeout = 0;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly remoteFamily = 'IPv4';
  /** Runs segments and timeouts into the connection. */
  readonly connection: Connection;
  private readonly timers: Timers;
  private idle: unknown;

  constructor(options: SocketOptions) {
    super({ allowHalfOpen: options.allowHalfOpen });
    this.connecting = options.opens;
    this.timers = options.timers;
    this.localAddress = options.localAddress;
    this.localPort = options.address.source;
    this.remoteAddress = options.remoteAddress;
    this.remotePort = options.address.target;
    const port: ConnectionPort = {
      ...options.port,
      connected: () => {
        this.connecting = false;
        this.emit('connect');
        this.emit('ready');
      },
      received: (text) => {
        this.touch();
        return this.destroyed || this.push(Buffer.from(text, 'latin1'));
      },
      ended: () => {
        if (!this.destroyed) this.push(null);
      },
      failed: (code) => {
        options.forget();
        const where = code === 'ECONNREFUSED' ? `${this.remoteAddress}:${this.remotePort}` : '';
        this.destroy(systemError(code, this.connecting ? 'connect' : 'read', where));
      },
      closed: options.forget,
    };
    this.connection = new Connection(port, options.address, options.opens);
  }

  /** Emits `timeout` after so many idle milliseconds; 0 never. */
  setTimeout(ms: number, listener?: () => void): this {
    this.timeout = ms;
    if (listener !== undefined) {
      if (ms === 0) this.off('timeout', listener);
      else this.once('timeout', listener);
    }
    this.touch();
    return this;
  }

  address(): { address: string; family: string; port: number } {
    return { address: this.localAddress, family: 'IPv4', port: this.localPort };
  }

  // Packets leave at once here, and programs do not end by having nothing open: these change nothing.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  /** Ends, and destroys once everything written has left. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  override _write(chunk: Buffer, _encoding: string, done: Callback): void {
    this.touch();
    this.connection.write(chunk.toString('latin1'), done);
  }

  override _final(done: Callback): void {
    this.connection.end();
    done();
  }

  override _read(): void {
    // Called in the constructor of the base class of some subclasses, before there is a connection.
    this.connection?.roomAgain();
  }

  override _destroy(error: Error | null, done: Callback): void {
    this.timers.clear(this.idle);
    // What has been written still arrives; the other end sees the end of the stream.
    this.connection.end();
    done(error);
  }

  private touch(): void {
    this.timers.clear(this.idle);
    this.idle = undefined;
    if (this.timeout > 0 && !this.destroyed) {
      this.idle = this.timers.set(() => this.emit('timeout'), this.timeout, []);
    }
  }
}
