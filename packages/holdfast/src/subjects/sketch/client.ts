import type { Host, HostId, Program } from '@holdfast/world';
import type { Call, OperationEnd } from '../../experiment/subject.ts';
import type { SketchAnswer, SketchRequest } from './options.ts';

/** What travels between a client and a node. */
export type ClientWords =
  | { readonly type: 'ask'; readonly request: SketchRequest }
  | ({ readonly type: 'answer'; readonly id: number } & SketchAnswer);

/** What clients talk on. */
export const CLIENT_CHANNEL = 1;

interface Open {
  readonly call: Call;
  readonly done: (end: OperationEnd) => void;
  attempt: number;
}

/** How a client asks. */
export interface ClientHow {
  readonly entry: readonly HostId[];
  readonly timeoutMs: number;
  readonly attempts: number;
  /** Called for each attempt. */
  readonly onAttempt: () => void;
}

/** Asks, waits, asks the next node, and gives up with the outcome unknown. */
export class SketchClient implements Program {
  private readonly host: Host;
  private readonly how: ClientHow;
  private readonly open = new Map<number, Open>();

  constructor(host: Host, how: ClientHow) {
    this.host = host;
    this.how = how;
  }

  ask(id: number, call: Call, done: (end: OperationEnd) => void): void {
    this.open.set(id, { call, done, attempt: 0 });
    this.attempt(id);
  }

  onMessage(_from: HostId, payload: unknown): void {
    const words = payload as ClientWords;
    if (words.type !== 'answer') return;
    const { id, outcome, output } = words;
    // An earlier attempt that was never answered may have been done all the same.
    const isSure = outcome === 'ok' || this.open.get(id)?.attempt === 1;
    this.end(id, isSure ? { outcome, output } : { outcome: 'unknown', output });
  }

  onTimer(timer: unknown): void {
    const [id = 0, attempt] = String(timer).split('/').map(Number);
    if (this.open.get(id)?.attempt === attempt) this.attempt(id);
  }

  onRefused(_to: HostId, payload: unknown): void {
    const words = payload as ClientWords;
    if (words.type !== 'ask') return;
    const { id, attempt } = words.request;
    if (this.open.get(id)?.attempt !== attempt) return;
    // Nothing has happened there: the next node is asked at once.
    if (attempt >= this.how.attempts) this.end(id, { outcome: 'fail', output: 'refused' });
    else this.attempt(id);
  }

  private attempt(id: number): void {
    const { entry, timeoutMs, attempts, onAttempt } = this.how;
    const open = this.open.get(id);
    if (open === undefined) return;
    if (open.attempt >= attempts) {
      this.end(id, { outcome: 'unknown', output: 'no answer' });
      return;
    }
    const to = entry[open.attempt % entry.length] ?? 0;
    open.attempt++;
    onAttempt();
    const { f, key, input } = open.call;
    const request: SketchRequest = { id, attempt: open.attempt, f, key, input };
    this.host.send(to, { type: 'ask', request } satisfies ClientWords, CLIENT_CHANNEL);
    this.host.setTimer(timeoutMs * 1_000, `${id}/${open.attempt}`);
  }

  private end(id: number, end: OperationEnd): void {
    const open = this.open.get(id);
    this.open.delete(id);
    open?.done(end);
  }
}
