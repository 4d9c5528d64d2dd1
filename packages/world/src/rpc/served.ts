import type { Host } from '../world/host.ts';
import { LazyTimer } from '../transport/index.ts';
import { CALL_HEAD_BYTES, readHead } from './call.ts';
import type { Mux, MuxStream } from './mux.ts';

/** What whoever serves a call hears. */
export interface ServedEvents {
  readable?(): void;
  /** The request is whole. */
  asked?(): void;
  writable?(): void;
  /** Nobody waits for the answer any more. */
  calledOff?(why: 'cancelled' | 'deadline-exceeded' | 'connection-lost'): void;
}

/** A call under way, seen by whoever serves it. */
export class ServedCall {
  readonly method: string;
  /** When the caller gives up, in true time; Infinity when it did not say. */
  readonly deadlineUs: number;
  events: ServedEvents = {};
  /** Whether anybody still waits for the answer. */
  isOver = false;
  readonly stream: MuxStream;
  private readonly deadline: LazyTimer;
  private begun = false;

  constructor(host: Host, stream: MuxStream, headText: string) {
    const { method, leftUs } = readHead(headText);
    this.method = method;
    this.stream = stream;
    const nowUs = host.world.nowUs;
    this.deadlineUs = leftUs === 0 ? Number.POSITIVE_INFINITY : nowUs + leftUs;
    this.deadline = new LazyTimer(host, 'deadline', () => {
      stream.cancel();
      this.over('deadline-exceeded');
    });
    if (leftUs > 0) this.deadline.set(leftUs);
    stream.events = {
      readable: () => this.events.readable?.(),
      ended: () => this.events.asked?.(),
      writable: () => this.events.writable?.(),
      broken: (why) => this.over(why),
    };
  }

  read(most?: number): string {
    return this.stream.read(most);
  }

  /** Takes a part of the answer: how many bytes there was room for. */
  write(data: string): number {
    this.say('+');
    return this.stream.write(data);
  }

  /** The answer is whole. */
  end(): void {
    this.say('+');
    this.finish();
  }

  /** The answer is no. */
  fail(): void {
    this.say('-');
    this.finish();
  }

  private say(verdict: string): void {
    if (this.begun) return;
    this.begun = true;
    this.stream.write(verdict);
  }

  private finish(): void {
    this.isOver = true;
    this.deadline.clear();
    this.stream.end();
  }

  private over(why: 'cancelled' | 'deadline-exceeded' | 'connection-lost'): void {
    if (this.isOver) return;
    this.isOver = true;
    this.deadline.clear();
    this.events.calledOff?.(why);
  }
}

/** Has every call that comes over a connection served. */
export function serve(host: Host, mux: Mux, handle: (call: ServedCall) => void): void {
  mux.onStream = (stream) => {
    let head = '';
    const begin = (): void => {
      head += stream.read(CALL_HEAD_BYTES - head.length);
      if (head.length < CALL_HEAD_BYTES) return;
      const call = new ServedCall(host, stream, head);
      handle(call);
      if (stream.readable > 0) call.events.readable?.();
      if (stream.hasEnded) call.events.asked?.();
    };
    stream.events = { readable: begin };
  };
}
