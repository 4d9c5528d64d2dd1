import type { StreamConnection } from '../transport/index.ts';
import { FramedStream } from './framedStream.ts';
import type { Mux, MuxOptions, MuxStream } from './mux.ts';

/** Type, stream and length of a frame, as a text of fixed width. */
const HEAD_BYTES = 12;
/** The most that one frame carries: small, so that streams take turns. */
const FRAME_BYTES = 4_096;

type FrameType = 'D' | 'E' | 'R' | 'W';

/**
 * Streams over one ordered connection, frame by frame, in turns. What is lost of the connection holds back all of them. Each has a window of its own, so
 * that one slow reader stops one stream; with one stream at a time (`concurrent` 1) the connection's window serves.
 */
export class FramedMux implements Mux {
  onRoom: () => void = () => undefined;
  onClosed: (why: string) => void = () => undefined;
  isClosed = false;
  readonly options: MuxOptions;
  private readonly connection: StreamConnection;
  private readonly streams = new Map<number, FramedStream>();
  /** What waits to be written before anything else: ends, resets, windows. */
  private readonly control: string[] = [];
  private readonly isClient: boolean;
  private arrived: ((stream: MuxStream) => void) | undefined;
  private inbox = '';
  private skip: number;
  private nextId: number;
  private turn = 0;
  private pumping = false;
  private nextTheirs = 0;

  /** `skip`: bytes that come before the first frame. */
  constructor(connection: StreamConnection, isClient: boolean, options: MuxOptions, skip = 0) {
    this.connection = connection;
    this.isClient = isClient;
    this.options = options;
    this.nextId = isClient ? 1 : 2;
    this.skip = skip;
    connection.events = {
      readable: () => this.pump(),
      writable: () => this.flush(),
      ended: () => this.lost('ended'),
      closed: (why) => this.lost(why),
    };
    if (connection.why === undefined) this.pump();
    else this.lost(connection.why);
  }

  /** Streams that have come before are told of at once. */
  set onStream(arrived: (stream: MuxStream) => void) {
    this.arrived = arrived;
    this.pump();
  }

  get onStream(): (stream: MuxStream) => void {
    return this.arrived ?? ((): void => undefined);
  }

  get openStreams(): readonly MuxStream[] {
    return [...this.streams.values()];
  }

  open(): MuxStream | undefined {
    const own = [...this.streams.keys()].filter((id) => id % 2 === this.nextId % 2).length;
    if (this.isClosed || own >= this.options.concurrent) return undefined;
    const stream = this.begin(this.nextId);
    this.nextId += 2;
    return stream;
  }

  close(): void {
    this.connection.close();
  }

  /** Whether windows of streams are kept: with one at a time the connection's own serves. */
  get hasWindows(): boolean {
    return this.options.concurrent > 1;
  }

  /** Reads the frames that have come, as long as there is room for what they carry. */
  pump(): void {
    // Whoever reads in an event of a frame makes room while the frames behind it are being looked at.
    if (this.pumping) return;
    this.pumping = true;
    this.takeFrames();
    this.pumping = false;
  }

  private takeFrames(): void {
    while (this.skip > 0 && this.connection.readable > 0) this.skip -= this.connection.read(this.skip).length;
    // Nobody opens streams towards a client before it asks; a server must be told whom to hand them to.
    if (!this.isClient && this.arrived === undefined) return;
    for (;;) {
      if (!this.hasWindows && [...this.streams.values()].some((stream) => stream.isFull)) return;
      if (this.inbox.length < HEAD_BYTES || this.inbox.length < HEAD_BYTES + this.lengthOfFirst()) {
        const more = this.connection.read(FRAME_BYTES);
        if (more === '') return;
        this.inbox += more;
        continue;
      }
      this.takeFrame();
    }
  }

  /** Writes whatever may be written, stream by stream in turns. */
  flush(): void {
    while (this.control.length > 0 && this.connection.room >= (this.control[0]?.length ?? 0))
      this.connection.write(this.control.shift() ?? '');
    const all = [...this.streams.values()];
    for (let idle = 0; this.control.length === 0 && idle < all.length; idle++) {
      const stream = all[this.turn++ % all.length];
      const room = this.connection.room - HEAD_BYTES;
      const data = stream?.take(Math.min(FRAME_BYTES, room)) ?? '';
      if (data === '' || stream === undefined) continue;
      this.connection.write(frame('D', stream.id, data));
      stream.wake();
      idle = -1;
    }
    if (this.control.length > 0 || this.connection.room < HEAD_BYTES + 1) this.connection.wakeWhenRoom();
    for (const stream of all) if (stream.isReadyToEnd) this.sayEnd(stream);
  }

  say(type: FrameType, id: number, data = ''): void {
    this.control.push(frame(type, id, data));
    this.flush();
  }

  forget(id: number): void {
    if (!this.streams.delete(id)) return;
    this.onRoom();
  }

  private sayEnd(stream: FramedStream): void {
    stream.endSaid();
    this.say('E', stream.id);
    stream.forgetWhenOver();
  }

  private begin(id: number): FramedStream {
    const stream = new FramedStream(this, id);
    this.streams.set(id, stream);
    return stream;
  }

  private lengthOfFirst(): number {
    return Number(this.inbox.slice(7, HEAD_BYTES));
  }

  private takeFrame(): void {
    const type = this.inbox[0] as FrameType;
    const id = Number(this.inbox.slice(1, 7));
    const end = HEAD_BYTES + this.lengthOfFirst();
    const data = this.inbox.slice(HEAD_BYTES, end);
    this.inbox = this.inbox.slice(end);
    const isTheirs = id % 2 === (this.isClient ? 0 : 1);
    let stream = this.streams.get(id);
    if (stream === undefined) {
      // What is still under way for a stream that was called off is of no use.
      if (!isTheirs || type !== 'D' || id < this.nextTheirs) return;
      this.nextTheirs = id + 1;
      stream = this.begin(id);
      this.arrived?.(stream);
    }
    if (type === 'D') stream.came(data);
    else if (type === 'E') stream.theirEnd();
    else if (type === 'W') stream.opened(Number(data));
    else stream.calledOff('cancelled');
  }

  private lost(why: string): void {
    this.pump();
    if (this.isClosed) return;
    this.isClosed = true;
    for (const stream of this.streams.values()) stream.calledOff('connection-lost');
    this.connection.close();
    this.onClosed(why);
  }
}

function frame(type: FrameType, id: number, data: string): string {
  return `${type}${String(id).padStart(6, '0')}${String(data.length).padStart(5, '0')}${data}`;
}
