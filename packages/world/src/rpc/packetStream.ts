import { StreamReceiver } from '../transport/index.ts';
import type { BrokenStream, MuxEvents, MuxStream } from './mux.ts';

/** A part of a stream in a packet; or a word about it: room up to `limit`, or that it is called off. */
export type StreamFrame =
  | {
      readonly kind: 'data';
      readonly id: number;
      readonly at: number;
      readonly data: string;
      readonly fin: boolean;
    }
  | { readonly kind: 'room'; readonly id: number; readonly limit: number }
  | { readonly kind: 'reset'; readonly id: number };

/** What a stream asks of the connection it belongs to. */
export interface PacketStreamHome {
  readonly streamWindow: number;
  readonly sendBuffer: number;
  flush(): void;
  tell(frame: StreamFrame): void;
  forget(id: number): void;
}

/** A stream with an order of its own: what another stream has lost does not hold it back. */
export class PacketStream implements MuxStream {
  readonly id: number;
  events: MuxEvents = {};
  hasEnded = false;
  private readonly home: PacketStreamHome;
  private readonly receiver: StreamReceiver;
  private outbox = '';
  /** Where `outbox` begins, and up to where the other side has room. */
  private at = 0;
  private limit: number;
  private told: number;
  private ending = false;
  private saidEnd = false;
  private isBroken = false;
  private wantsRoom = false;

  constructor(home: PacketStreamHome, id: number) {
    this.home = home;
    this.id = id;
    this.limit = this.told = home.streamWindow;
    this.receiver = new StreamReceiver(0, home.streamWindow, null);
  }

  get readable(): number {
    return this.receiver.readable;
  }

  get waiting(): number {
    return this.outbox.length;
  }

  get window(): number {
    return this.limit - this.at;
  }

  write(data: string): number {
    if (this.ending || this.isBroken) return 0;
    const taken = data.slice(0, Math.max(0, this.home.sendBuffer - this.outbox.length));
    this.wantsRoom = taken.length < data.length;
    this.outbox += taken;
    this.home.flush();
    return taken.length;
  }

  read(most: number = Number.POSITIVE_INFINITY): string {
    const read = this.receiver.read(most);
    const limit = this.receiver.next + this.receiver.window;
    if ((limit - this.told) * 2 >= this.home.streamWindow && !this.hasEnded && !this.isBroken) {
      this.told = limit;
      this.home.tell({ kind: 'room', id: this.id, limit });
    }
    return read;
  }

  end(): void {
    if (this.ending || this.isBroken) return;
    this.ending = true;
    this.home.flush();
  }

  cancel(): void {
    if (this.isBroken || (this.saidEnd && this.hasEnded)) return;
    this.isBroken = true;
    this.home.tell({ kind: 'reset', id: this.id });
    this.home.forget(this.id);
  }

  /** Up to `most` bytes that may be sent now, perhaps with the end; undefined when there is nothing. */
  take(most: number): StreamFrame | undefined {
    if (this.isBroken || this.saidEnd) return undefined;
    const data = this.outbox.slice(0, Math.max(0, Math.min(most, this.window)));
    const fin = this.ending && data.length === this.outbox.length;
    if (data === '' && !fin) return undefined;
    const frame: StreamFrame = { kind: 'data', id: this.id, at: this.at, data, fin };
    this.outbox = this.outbox.slice(data.length);
    this.at += data.length;
    this.saidEnd = fin;
    this.forgetWhenOver();
    return frame;
  }

  /** What was taken is on its way: there may be room for whoever wanted to write more. */
  wake(): void {
    if (!this.wantsRoom || this.outbox.length >= this.home.sendBuffer) return;
    this.wantsRoom = false;
    this.events.writable?.();
  }

  came(at: number, data: string, fin: boolean): void {
    if (this.isBroken || this.hasEnded) return;
    const isNew = this.receiver.take(at, data, fin);
    if (isNew && this.receiver.readable > 0) this.events.readable?.();
    if (!this.receiver.ended) return;
    this.hasEnded = true;
    this.events.ended?.();
    this.forgetWhenOver();
  }

  opened(limit: number): void {
    this.limit = Math.max(this.limit, limit);
    this.home.flush();
  }

  calledOff(why: BrokenStream): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.outbox = '';
    this.home.forget(this.id);
    this.events.broken?.(why);
  }

  private forgetWhenOver(): void {
    if (this.saidEnd && this.hasEnded) this.home.forget(this.id);
  }
}
