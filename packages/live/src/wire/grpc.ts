import type { IncomingHttpHeaders } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { decodeMessage, type Message } from './protobuf.ts';

/** Status codes of gRPC that decide whether a request can have had an effect. */
export const GRPC_STATUS = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** How a call ended badly. `sent` is false only when no byte of it can have left. */
export class GrpcError extends Error {
  readonly code = 'GRPC';
  readonly status: number;
  readonly sent: boolean;
  constructor(status: number, message: string, sent: boolean) {
    super(message);
    this.name = 'GrpcError';
    this.status = status;
    this.sent = sent;
  }
}

/** A stream of answers that stays open. */
export interface GrpcStream {
  send(message: Uint8Array): void;
  close(): void;
}

/**
 * A client of one gRPC server over clear-text HTTP/2 with deadlines and nothing else: no retries, no balancing, because what a client does
 * on its own is part of what a history must show.
 */
export class GrpcClient {
  private readonly authority: string;
  private session: ClientHttp2Session | undefined;

  constructor(address: string) {
    this.authority = `http://${address}`;
  }

  /** One request, one answer. Rejects with `GrpcError`; after `deadlineMs` the call is cancelled. */
  call(path: string, request: Uint8Array, deadlineMs: number): Promise<Message> {
    return new Promise((resolve, reject) => {
      const session = this.connected();
      let isOpen = !session.connecting;
      if (session.connecting)
        session.once('connect', () => {
          isOpen = true;
        });
      const stream = session.request(headers(path));
      const chunks: Buffer[] = [];
      const status = statusOf(stream);
      let failure: Error | undefined;
      const timer = setTimeout(() => {
        failure = new GrpcError(GRPC_STATUS.deadlineExceeded, `no answer in ${deadlineMs} ms`, true);
        stream.close(constants.NGHTTP2_CANCEL);
        // A server that does not even read takes no notice of the cancellation.
        if (!isOpen) session.destroy();
        reject(failure);
      }, deadlineMs);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', (error: Error) => {
        failure ??= new GrpcError(GRPC_STATUS.unavailable, error.message, isOpen);
      });
      stream.on('close', () => {
        clearTimeout(timer);
        const { code, message } = status();
        if (failure !== undefined) reject(failure);
        else if (code === GRPC_STATUS.ok)
          resolve(decodeMessage(frames(Buffer.concat(chunks)).messages[0] ?? new Uint8Array()));
        else reject(new GrpcError(code ?? GRPC_STATUS.unavailable, message, isOpen));
      });
      stream.end(framed(request));
    });
  }

  /** A call whose answers keep coming until it is closed; `onEnd` hears once why it ended. */
  open(path: string, onMessage: (message: Message) => void, onEnd: (error: GrpcError) => void): GrpcStream {
    const session = this.connected();
    const stream = session.request(headers(path));
    const status = statusOf(stream);
    let rest: Buffer = Buffer.alloc(0);
    let failure = '';
    stream.on('data', (chunk: Buffer) => {
      const read = frames(Buffer.concat([rest, chunk]));
      rest = read.rest;
      for (const bytes of read.messages) onMessage(decodeMessage(bytes));
    });
    stream.on('error', (error: Error) => {
      failure = error.message;
    });
    stream.on('close', () => {
      const { code, message } = status();
      onEnd(new GrpcError(code ?? GRPC_STATUS.unavailable, failure || message, true));
    });
    return {
      send: (message) => void stream.write(framed(message)),
      close: () => stream.close(constants.NGHTTP2_CANCEL),
    };
  }

  /** Closes the connection; calls in flight end as unavailable. */
  close(): void {
    this.session?.destroy();
    this.session = undefined;
  }

  private connected(): ClientHttp2Session {
    const { session } = this;
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    const fresh = connect(this.authority);
    fresh.setMaxListeners(0);
    // What ends a session ends its streams with an error of their own.
    fresh.on('error', () => undefined);
    this.session = fresh;
    return fresh;
  }
}

function headers(path: string): Record<string, string> {
  return { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
}

function statusOf(stream: ClientHttp2Stream): () => { code: number | undefined; message: string } {
  let code: number | undefined;
  let message = 'the connection ended';
  const read = (fields: IncomingHttpHeaders): void => {
    if (fields['grpc-status'] === undefined) return;
    code = Number(fields['grpc-status']);
    message = decodeURIComponent([fields['grpc-message'] ?? ''].flat().join(' '));
  };
  stream.on('response', read);
  stream.on('trailers', read);
  return () => ({ code, message });
}

/** A message behind its five-byte head: not compressed, and its length. */
function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function frames(bytes: Buffer): { messages: Uint8Array[]; rest: Buffer } {
  const messages: Uint8Array[] = [];
  let at = 0;
  while (at + 5 <= bytes.length) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    if (end > bytes.length) break;
    messages.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return { messages, rest: bytes.subarray(at) };
}
