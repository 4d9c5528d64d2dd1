import { connect, type Socket } from 'node:net';
import { ByteQueue } from './bytes.ts';
import { appendFrames, type FrameReader, messageFrames } from './frames.ts';
import type { Link } from './link.ts';
import type { MessageHead } from './messageHead.ts';
import { type RaftMessage, readRaftMessage } from './raftMessage.ts';
import { StreamRelay } from './streamRelay.ts';

/** What a connection through the mesh needs to know of it. */
export interface Crossing {
  readonly target: { readonly host: string; readonly port: number };
  /** The place of the member with that id in hexadecimal; undefined for strangers. */
  placeOf(id: string): number | undefined;
  idOf(place: number): bigint;
  /** Both directions between the member that dials and the one this proxy stands for. */
  links(from: number): { readonly there: Link; readonly back: Link };
  readonly place: number;
  /** A message goes on to that member as it came; `bytes` are those its head was read from. */
  passing(to: number, head: MessageHead, bytes: Uint8Array): void;
}

/** Bytes of a request's head, at most. */
const HEAD_MAX = 64 * 1024;

/** A message posted on its own is read whole to be recognised, up to this size; larger ones (snapshots) pass as they come. */
const POST_MAX = 16 * 1024 * 1024;

/** Serves one connection from a member to the one this proxy stands for. It carries one request: reuse is declined. */
export function serve(dialer: Socket, crossing: Crossing): void {
  const request = new ByteQueue();
  dialer.on('error', () => dialer.destroy());
  const onData = (bytes: Buffer): void => {
    request.push(bytes);
    const head = request.takeThrough('\r\n\r\n');
    if (head === undefined) {
      if (request.length > HEAD_MAX) dialer.destroy();
      return;
    }
    dialer.off('data', onData);
    new Exchange(dialer, crossing, head.toString('latin1')).begin(request.take(request.length));
  };
  dialer.on('data', onData);
}

/** One request and its answer. */
class Exchange {
  private readonly dialer: Socket;
  private readonly crossing: Crossing;
  private readonly head: string;
  private readonly from: number | undefined;
  private readonly path: string;
  private readonly there: Link | undefined;
  private readonly back: Link | undefined;
  private upstream: Socket | undefined;

  constructor(dialer: Socket, crossing: Crossing, head: string) {
    this.dialer = dialer;
    this.crossing = crossing;
    this.head = head.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    this.path = head.split(' ')[1] ?? '';
    this.from = crossing.placeOf(/^x-server-from: *(\S+)/im.exec(head)?.[1] ?? '');
    const links = this.from === undefined ? undefined : crossing.links(this.from);
    this.there = links?.there;
    this.back = links?.back;
  }

  begin(body: Buffer): void {
    const length = Number(/^content-length: *(\d+)/im.exec(this.head)?.[1] ?? 0);
    const { dialer } = this;
    if (this.path !== '/raft' || length === 0 || length > POST_MAX) {
      this.send(undefined, Buffer.concat([Buffer.from(this.head, 'latin1'), body]));
      dialer.on('data', (bytes: Buffer) => this.send(undefined, bytes));
    } else {
      const content = new ByteQueue();
      const collect = (bytes: Buffer): void => {
        content.push(bytes);
        if (content.length < length) return;
        const message = content.take(length);
        this.send(messageIn(message), Buffer.concat([Buffer.from(this.head, 'latin1'), message]));
      };
      dialer.on('data', collect);
      collect(body);
    }
    dialer.on('close', () => this.end());
  }

  private send(message: RaftMessage | undefined, bytes: Buffer): void {
    const deliver = (): void => void this.connected().write(bytes);
    if (this.there === undefined) deliver();
    else this.there.arrive({ message, deliver, connection: this });
  }

  private connected(): Socket {
    if (this.upstream !== undefined) return this.upstream;
    const upstream = connect(this.crossing.target);
    this.upstream = upstream;
    upstream.setNoDelay(true);
    this.dialer.setNoDelay(true);
    upstream.on('error', () => upstream.destroy());
    upstream.on('close', () => this.closeDialer());
    this.relayAnswer(upstream);
    return upstream;
  }

  /** Bytes of the answer that wait on a cut link still go before the end. */
  private closeDialer(): void {
    this.reply(undefined, () => this.dialer.end());
  }

  private relayAnswer(upstream: Socket): void {
    const frames = this.framesOfStream();
    if (frames === undefined) {
      upstream.on('data', (bytes: Buffer) => this.reply(undefined, () => void this.dialer.write(bytes)));
      return;
    }
    const queue = new ByteQueue();
    const { from, back: link } = this;
    const relay = new StreamRelay({
      frames,
      link,
      connection: this,
      write: (bytes) => void this.dialer.write(bytes),
      passing: (head, bytes) => {
        if (from !== undefined) this.crossing.passing(from, head, bytes);
      },
    });
    let form: 'head' | 'frames' | 'words' = 'head';
    upstream.on('data', (bytes: Buffer) => {
      let content = bytes;
      if (form === 'head') {
        queue.push(bytes);
        const head = queue.takeThrough('\r\n\r\n');
        if (head === undefined) return;
        // An error is answered in words instead of a stream.
        form = /^transfer-encoding: *chunked/im.test(head.toString('latin1')) ? 'frames' : 'words';
        this.reply(undefined, () => void this.dialer.write(head));
        content = queue.take(queue.length);
      }
      if (form === 'words') this.reply(undefined, () => void this.dialer.write(content));
      else relay.take(content);
    });
  }

  private reply(message: RaftMessage | undefined, deliver: (lossy: boolean) => void): void {
    if (this.back === undefined) deliver(false);
    else this.back.arrive({ message, deliver, connection: this });
  }

  /** How the answer is framed, when it is a stream of messages. */
  private framesOfStream(): FrameReader | undefined {
    if (this.path.startsWith('/raft/stream/message')) return messageFrames();
    if (!this.path.startsWith('/raft/stream/msgapp') || this.from === undefined) return undefined;
    const { crossing } = this;
    return appendFrames({ from: crossing.idOf(crossing.place), to: crossing.idOf(this.from) });
  }

  private end(): void {
    this.there?.forget(this);
    this.back?.forget(this);
    this.upstream?.destroy();
  }
}

function messageIn(bytes: Uint8Array): RaftMessage | undefined {
  try {
    return readRaftMessage(bytes);
  } catch {
    return undefined;
  }
}
