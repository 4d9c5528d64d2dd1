import type { Plain } from '@holdfast/plain';
import type { Host, HostId, Program, TimerHandle } from '@holdfast/world';
import { type Body, ERROR, errorWords, isDefinite } from './protocol.ts';
import { programFailed } from './stdioProcess.ts';
import type { Asked, Load } from './workloads/workload.ts';

/** How an operation of a client ended. */
export interface Ended {
  readonly outcome: 'ok' | 'fail' | 'unknown';
  readonly output: Plain;
}

/** What is open at a client. */
interface Open {
  readonly id: number;
  readonly asked: Asked;
  readonly timer: TimerHandle;
  readonly done: (ended: Ended) => void;
}

/** A client: one request at a time to one node; late answers are not heard. */
export class Client implements Program {
  private readonly host: Host;
  private readonly load: Load;
  private readonly index: number;
  private readonly timeoutUs: number;
  private open: Open | undefined;
  private lastId = 0;

  constructor(
    host: Host,
    options: { readonly load: Load; readonly index: number; readonly timeoutUs: number },
  ) {
    this.host = host;
    this.load = options.load;
    this.index = options.index;
    this.timeoutUs = options.timeoutUs;
  }

  get isBusy(): boolean {
    return this.open !== undefined;
  }

  ask(node: HostId, channel: number, asked: Asked, done: (ended: Ended) => void): void {
    const id = ++this.lastId;
    this.open = { id, asked, done, timer: this.host.setTimer(this.timeoutUs, 'timeout') };
    this.host.send(node, { ...asked.body, msg_id: id }, channel);
  }

  onMessage(_from: HostId, payload: unknown): void {
    const body = payload as Body;
    const { open } = this;
    if (open === undefined || body.in_reply_to !== open.id) return;
    this.host.cancelTimer(open.timer);
    this.end(open, this.read(open.asked, body));
  }

  onTimer(): void {
    const { open } = this;
    if (open === undefined) return;
    this.end(open, { outcome: this.unanswered(open.asked), output: 'timeout' });
  }

  private end(open: Open, ended: Ended): void {
    this.open = undefined;
    open.done(ended);
  }

  private read(asked: Asked, body: Body): Ended {
    if (body.type !== 'error') return { outcome: 'ok', output: this.output(asked, body) };
    // That a key does not exist is what the read saw.
    if (asked.f === 'read' && asked.key !== undefined && body['code'] === ERROR.noSuchKey)
      return { outcome: 'ok', output: null };
    const outcome = isDefinite(Number(body['code'])) ? 'fail' : this.unanswered(asked);
    return { outcome, output: errorWords(body) };
  }

  private output(asked: Asked, body: Body): Plain {
    try {
      return this.load.output(asked, body, this.index);
    } catch (error) {
      if (error instanceof TypeError) throw programFailed(error.message);
      throw error;
    }
  }

  private unanswered({ f }: Asked): 'fail' | 'unknown' {
    return this.load.isIdempotent(f) ? 'fail' : 'unknown';
  }
}
