import { connect, type Socket } from 'node:net';

/** How an exchange over a plain connection ended badly. `sent` is false only when nothing can have arrived. */
export class ExchangeError extends Error {
  readonly code = 'EXCHANGE';
  readonly sent: boolean;
  constructor(message: string, sent: boolean) {
    super(message);
    this.name = 'ExchangeError';
    this.sent = sent;
  }
}

/** Takes one whole reply off the front of what has arrived: the reply and its length, or undefined while it is not whole. */
export type TakeReply<R> = (bytes: Buffer) => { readonly reply: R; readonly length: number } | undefined;

interface Waiter<R> {
  resolve(reply: R): void;
  reject(error: ExchangeError): void;
}

/**
 * A connection on which replies come in the order of the requests. It connects when first used and again after it broke. A request that is
 * not answered in time breaks it, since what comes later could no longer be told apart. One that connects only once rejects, unsent, all that is asked behind its end.
 */
export class Exchange<R> {
  private readonly host: string;
  private readonly port: number;
  private readonly take: TakeReply<R>;
  private readonly hello: readonly Buffer[];
  private readonly once: boolean;
  private socket: Socket | undefined;
  private waiting: Waiter<R>[] = [];

  /** `hello` are the requests sent first on every connection, each of which has one reply. */
  constructor(
    address: string,
    take: TakeReply<R>,
    hello: readonly Buffer[] = [],
    { once = false }: { readonly once?: boolean } = {},
  ) {
    const at = address.lastIndexOf(':');
    this.host = address.slice(0, at);
    this.port = Number(address.slice(at + 1));
    this.take = take;
    this.hello = hello;
    this.once = once;
  }

  /** Sends a request and waits for its reply. Rejects with `ExchangeError`. */
  async request(bytes: Buffer, deadlineMs: number): Promise<R> {
    const socket = this.connected();
    let isOpen = !socket.connecting;
    if (socket.connecting) {
      socket.once('connect', () => {
        isOpen = true;
      });
    }
    return new Promise<R>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new ExchangeError(`no answer in ${deadlineMs} ms`, isOpen));
        socket.destroy();
      }, deadlineMs);
      this.waiting.push({
        resolve: (reply) => {
          clearTimeout(timer);
          resolve(reply);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(new ExchangeError(error.message, isOpen));
        },
      });
      socket.write(bytes);
    });
  }

  /** Closes the connection; what is in flight ends as sent. */
  close(): void {
    this.socket?.destroy();
  }

  private connected(): Socket {
    if (this.socket !== undefined && !this.socket.destroyed) return this.socket;
    if (this.socket !== undefined && this.once) throw new ExchangeError('the connection has ended', false);
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    let held: Buffer = Buffer.alloc(0);
    const waiting: Waiter<R>[] = [];
    this.socket = socket;
    this.waiting = waiting;
    socket.on('data', (bytes: Buffer) => {
      held = Buffer.concat([held, bytes]);
      for (let taken = this.take(held); taken !== undefined; taken = this.take(held)) {
        held = held.subarray(taken.length);
        waiting.shift()?.resolve(taken.reply);
      }
    });
    let why = 'the connection ended';
    socket.on('error', (error) => {
      why = error.message;
    });
    socket.on('close', () => {
      for (const waiter of waiting.splice(0)) waiter.reject(new ExchangeError(why, true));
    });
    for (const greeting of this.hello) {
      waiting.push({ resolve: () => undefined, reject: () => undefined });
      socket.write(greeting);
    }
    return socket;
  }
}
