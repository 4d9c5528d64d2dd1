import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { ExchangeError } from '../../wire/exchange.ts';
import { type NatsFrame, publishFrame, statusIn, takeNats } from './protocol.ts';

/** What a client says of itself. */
export const HELLO: Readonly<Record<string, string | number | boolean>> = {
  verbose: false,
  pedantic: false,
  headers: true,
  no_responders: true,
  protocol: 1,
  lang: 'holdfast',
  version: '0.1.0',
};

/** An answer to a request. */
export interface NatsReply {
  readonly status: number | undefined;
  readonly payload: Buffer;
}

interface Waiter {
  resolve(reply: NatsReply): void;
  reject(error: ExchangeError): void;
}

/** Requests to one server, each answered by whoever listens to its subject. It connects when first used and again after it broke. */
export class NatsClient {
  private readonly host: string;
  private readonly port: number;
  private socket: Socket | undefined;
  /** Whether the present connection was ever open: before that nothing can have arrived. */
  private link = { isOpen: false };
  private inbox = '';
  private readonly waiting = new Map<string, Waiter>();
  private next = 0;

  constructor(address: string) {
    const at = address.lastIndexOf(':');
    this.host = address.slice(0, at);
    this.port = Number(address.slice(at + 1));
  }

  /** Sends a request and waits for its answer. Rejects with `ExchangeError`; `sent` is false only when nothing can have arrived. */
  request(
    subject: string,
    payload: string,
    deadlineMs: number,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<NatsReply> {
    const socket = this.connected();
    const { link } = this;
    const replyTo = `${this.inbox}.${++this.next}`;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.waiting.delete(replyTo);
      };
      const timer = setTimeout(() => {
        end();
        reject(new ExchangeError(`no answer in ${deadlineMs} ms`, link.isOpen));
      }, deadlineMs);
      this.waiting.set(replyTo, {
        resolve: (reply) => {
          end();
          resolve(reply);
        },
        reject: (error) => {
          end();
          reject(new ExchangeError(error.message, link.isOpen));
        },
      });
      socket.write(publishFrame(subject, replyTo, Buffer.from(payload), headers));
    });
  }

  /** Closes the connection; what is in flight ends as sent. */
  close(): void {
    this.socket?.destroy();
  }

  private connected(): Socket {
    if (this.socket !== undefined && !this.socket.destroyed) return this.socket;
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    this.socket = socket;
    const link = { isOpen: false };
    this.link = link;
    socket.once('connect', () => {
      link.isOpen = true;
    });
    this.inbox = `_INBOX.${randomBytes(8).toString('hex')}`;
    const { inbox } = this;
    socket.write(`CONNECT ${JSON.stringify(HELLO)}\r\nSUB ${inbox}.* 1\r\n`);
    let held: Buffer = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      held = Buffer.concat([held, bytes]);
      for (let taken = takeNats(held); taken !== undefined; taken = takeNats(held)) {
        held = held.subarray(taken.length);
        this.hear(socket, taken.frame);
      }
    });
    let why = 'the connection ended';
    socket.on('error', (error) => {
      why = error.message;
    });
    socket.on('close', () => {
      // Only what was asked on this connection ends with it.
      for (const [replyTo, waiter] of Array.from(this.waiting))
        if (replyTo.startsWith(`${inbox}.`)) waiter.reject(new ExchangeError(why, true));
    });
    return socket;
  }

  private hear(socket: Socket, frame: NatsFrame): void {
    if (frame.kind === 'ping') socket.write('PONG\r\n');
    else if (frame.kind === 'error') socket.destroy(new Error(frame.text));
    else if (frame.kind === 'message') {
      const { headers, payload } = frame;
      this.waiting.get(frame.subject)?.resolve({ status: statusIn(headers), payload });
    }
  }
}
