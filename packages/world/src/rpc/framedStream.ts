import type { FramedMux } from './framed.ts';
import type { BrokenStream, MuxEvents, MuxStream } from './mux.ts';

/** A stream of a `FramedMux`. */
export class FramedStream implements MuxStream {
  readonly id: number;
  events: MuxEvents = {};
  hasEnded = false;
  private readonly mux: FramedMux;
  private inbox = '';
  private outbox = '';
  private ending = false;
  private saidEnd = false;
  private isBroken = false;
  private wantsRoom = false;
  /** What the other side has room for, and what has been read and not told it yet. */
  window: number;
  private untold = 0;

  constructor(mux: FramedMux, id: number) {
    this.mux = mux;
    this.id = id;
    this.window = mux.hasWindows ? mux.options.streamWindow : Number.POSITIVE_INFINITY;
  }

  get readable(): number {
    return this.inbox.length;
  }

  get waiting(): number {
    return this.outbox.length;
  }

  get isFull(): boolean {
    return this.inbox.length >= this.mux.options.streamWindow;
  }

  write(data: string): number {
    if (this.ending || this.isBroken) return 0;
    const taken = data.slice(0, Math.max(0, this.mux.options.sendBuffer - this.outbox.length));
    this.wantsRoom = taken.length < data.length;
    this.outbox += taken;
    this.mux.flush();
    return taken.length;
  }

  read(most: number = Number.POSITIVE_INFINITY): string {
    const read = this.inbox.slice(0, most);
    this.inbox = this.inbox.slice(read.length);
    if (this.mux.hasWindows) this.tell(read.length);
    else if (read !== '') this.mux.pump();
    return read;
  }

  end(): void {
    if (this.ending || this.isBroken) return;
    this.ending = true;
    this.mux.flush();
  }

  cancel(): void {
    if (this.isBroken || (this.saidEnd && this.hasEnded)) return;
    this.isBroken = true;
    this.mux.say('R', this.id);
    this.mux.forget(this.id);
  }

  /** Up to `most` bytes that may be sent now. */
  take(most: number): string {
    const data = this.outbox.slice(0, Math.max(0, Math.min(most, this.window)));
    this.outbox = this.outbox.slice(data.length);
    this.window -= data.length;
    return data;
  }

  /** What was taken is on its way: there may be room for whoever wanted to write more. */
  wake(): void {
    if (!this.wantsRoom || this.outbox.length >= this.mux.options.sendBuffer) return;
    this.wantsRoom = false;
    this.events.writable?.();
  }

  get isReadyToEnd(): boolean {
    return this.ending && !this.saidEnd && this.outbox === '';
  }

  endSaid(): void {
    this.saidEnd = true;
  }

  came(data: string): void {
    if (this.isBroken) return;
    this.inbox += data;
    this.events.readable?.();
  }

  theirEnd(): void {
    this.hasEnded = true;
    this.events.ended?.();
    this.forgetWhenOver();
  }

  opened(bytes: number): void {
    this.window += bytes;
    this.mux.flush();
  }

  calledOff(why: BrokenStream): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.outbox = '';
    this.mux.forget(this.id);
    this.events.broken?.(why);
  }

  forgetWhenOver(): void {
    if (this.saidEnd && this.hasEnded) this.mux.forget(this.id);
  }

  /** The other side hears of room once it is worth a frame. */
  private tell(read: number): void {
    this.untold += read;
    if (this.untold * 2 < this.mux.options.streamWindow || this.isBroken || this.hasEnded) return;
    this.mux.say('W', this.id, String(this.untold));
    this.untold = 0;
  }
}
