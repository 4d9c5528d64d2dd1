import type { Host } from '../world/host.ts';
import { LazyTimer } from '../transport/index.ts';
import type { Mux, MuxStream } from './mux.ts';

/** How a call ended, in the words of gRPC. */
export type CallStatus =
  | 'ok'
  /** The caller's time was over; what the callee did is not known. */
  | 'deadline-exceeded'
  /** The caller called it off. */
  | 'cancelled'
  /** The connection was lost, or there was none. */
  | 'unavailable'
  /** As many calls are under way as may be. */
  | 'resource-exhausted'
  /** The callee said no. */
  | 'failed';

/** What is asked of whom, and how long the caller waits. */
export interface CallRequest {
  readonly method: string;
  readonly body: string;
  /** Time that is left for the whole call, microseconds. */
  readonly withinUs: number;
  /** Whether the callee is told how long the caller waits. Default true; false is the broken way. */
  readonly sendsDeadline?: boolean;
}

/** What a caller hears. */
export interface CallEvents {
  /** Something of the answer can be read. */
  readable?(): void;
  done?(status: CallStatus): void;
}

/** A call under way, seen by the caller. */
export class ClientCall {
  status: CallStatus | undefined;
  /** When the first byte of the answer came, and when the call was over; -1 before. */
  firstUs = -1;
  doneUs = -1;
  readonly events: CallEvents;
  private readonly host: Host;
  private readonly stream: MuxStream | undefined;
  private readonly deadline: LazyTimer;
  private readonly request: string;
  private at = 0;
  private verdict = '';

  constructor(host: Host, mux: Mux, request: CallRequest, events: CallEvents) {
    this.host = host;
    this.events = events;
    const { method, body, withinUs, sendsDeadline = true } = request;
    this.request = `${head(method, sendsDeadline ? withinUs : 0)}${body}`;
    this.deadline = new LazyTimer(host, 'deadline', () => this.callOff('deadline-exceeded'));
    this.stream = mux.isClosed ? undefined : mux.open();
    if (this.stream === undefined) {
      // Heard after the caller has the call in hand.
      host.after(0, 'refused', () => this.end(mux.isClosed ? 'unavailable' : 'resource-exhausted'));
      return;
    }
    this.deadline.set(withinUs);
    this.stream.events = {
      readable: () => this.heard(),
      writable: () => this.write(),
      ended: () => this.ended(),
      broken: (why) => this.end(why === 'cancelled' ? 'failed' : 'unavailable'),
    };
    this.write();
  }

  get readable(): number {
    return this.verdict === '' ? 0 : (this.stream?.readable ?? 0);
  }

  /** The stream's own state, for those who look for what holds a call up. */
  get underlying(): MuxStream | undefined {
    return this.stream;
  }

  /** Takes a part of the answer out, which makes room for more of it. */
  read(most?: number): string {
    const read = this.stream?.read(most) ?? '';
    this.settle();
    return read;
  }

  /** The caller does not want the answer any more; the callee is told. */
  cancel(): void {
    this.callOff('cancelled');
  }

  private write(): void {
    const { stream } = this;
    if (stream === undefined) return;
    this.at += stream.write(this.request.slice(this.at));
    if (this.at === this.request.length) stream.end();
  }

  private heard(): void {
    const { stream } = this;
    if (stream === undefined || stream.readable === 0) return;
    if (this.firstUs < 0) this.firstUs = this.host.world.nowUs;
    if (this.verdict === '') this.verdict = stream.read(1);
    if (stream.readable > 0) this.events.readable?.();
    this.settle();
  }

  private ended(): void {
    this.heard();
    this.settle();
  }

  /** It is over once all of the answer has been read. */
  private settle(): void {
    const { stream } = this;
    if (stream === undefined || !stream.hasEnded || stream.readable > 0) return;
    this.end(this.verdict === '+' ? 'ok' : 'failed');
  }

  private callOff(status: CallStatus): void {
    if (this.status !== undefined) return;
    this.stream?.cancel();
    this.end(status);
  }

  private end(status: CallStatus): void {
    if (this.status !== undefined) return;
    this.status = status;
    this.doneUs = this.host.world.nowUs;
    this.deadline.clear();
    this.events.done?.(status);
  }
}

/** What a call begins with: its method and the time left, of fixed width. */
function head(method: string, leftUs: number): string {
  return `${method.padEnd(16).slice(0, 16)}${String(Math.max(0, Math.round(leftUs))).padStart(12, '0')}`;
}

/** Bytes of `head`. */
export const CALL_HEAD_BYTES = 28;

/** Reads a head again. Time left 0: none was sent. */
export function readHead(text: string): { readonly method: string; readonly leftUs: number } {
  return { method: text.slice(0, 16).trimEnd(), leftUs: Number(text.slice(16, CALL_HEAD_BYTES)) };
}
